#include "cli/keep_time.h"

#include <cstdint>
#include <string_view>

#include "cli/measure.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::int64_t kMostUnits = 36'500;  // so that no number of years is too large to count in days

std::int64_t days_of_unit(std::string_view unit) {
  if (unit == "d") return 1;
  if (unit == "w") return 7;
  if (unit == "y") return 365;
  return 0;
}

}  // namespace

void read_option(const GivenTexts& given, KeepTime& value, const OptionRule& rule) {
  const std::string_view text = given.last();
  if (text == "forever") {
    value.days.reset();
    return;
  }
  const auto measure = measure_of(text);
  const std::int64_t number = measure ? measure->number : 0;
  if (measure && measure->unit.empty() && number > 0) {
    refuse_value(given, cat("days, weeks or years? ", text, "d is ", text, text == "1" ? " day" : " days"));
  }
  const std::int64_t size = measure ? days_of_unit(measure->unit) : 0;
  if (size == 0) refuse_value(given, "days, weeks or years, as 400d, 52w or 2y, or forever");
  if (number < 0 || number > kMostUnits || number * size < rule.least || number * size > rule.most) {
    refuse_value(given, cat("at least ", std::to_string(rule.least), "d and at most ", std::to_string(rule.most),
                            "d, or forever"));
  }
  value.days = std::chrono::days(number * size);
}

}  // namespace kms::cli
