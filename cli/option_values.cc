#include "cli/option_values.h"

#include <charconv>

#include "cli/measure.h"
#include "cli/option_fields.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"

namespace kms::cli {
namespace {

// Of a duration: a number of units that `seconds_of` knows, up to `most` of them.
std::int64_t read_duration(const GivenTexts& given, std::int64_t (*size_of)(std::string_view unit), std::int64_t least,
                           std::int64_t most, std::string_view wanted) {
  const auto measure = measure_of(given.last());
  const std::int64_t size = measure ? size_of(measure->unit) : 0;
  if (size == 0 || measure->number < least || measure->number > most) refuse_value(given, wanted);
  return measure->number * size;
}

std::string bounds_of(const OptionRule& rule) {
  if (rule.most == std::numeric_limits<std::int64_t>::max()) return cat("of at least ", std::to_string(rule.least));
  return cat("from ", std::to_string(rule.least), " to ", std::to_string(rule.most));
}

std::int64_t read_number(const GivenTexts& given, const OptionRule& rule, std::int64_t least, std::int64_t most) {
  const auto measure = measure_of(given.last());
  if (!measure || !measure->unit.empty()) refuse_value(given, "a number is wanted");
  const bool fits = measure->number >= std::max(rule.least, least) && measure->number <= std::min(rule.most, most);
  if (!fits)
    refuse_value(given,
                 cat("a number ", bounds_of({.least = std::max(rule.least, least), .most = std::min(rule.most, most)}),
                     " is wanted"));
  return measure->number;
}

}  // namespace

void refuse_value(const GivenTexts& given, std::string_view wanted) {
  throw Error(ErrorCode::kUsage, cat(given.option, " '", given.last(), "': ", wanted));
}

void read_option(const GivenTexts& given, std::string& value, const OptionRule& /*rule*/) {
  value = given.last();
}

void read_option(const GivenTexts& given, std::vector<std::string>& value, const OptionRule& /*rule*/) {
  value = given.texts;
}

void read_option(const GivenTexts& given, bool& value, const OptionRule& /*rule*/) {
  if (given.last() != "true" && given.last() != "false") {
    throw Error(ErrorCode::kUsage, cat(given.option, " takes no value"));
  }
  value = given.last() == "true";
}

void read_option(const GivenTexts& given, std::int32_t& value, const OptionRule& rule) {
  using Limits = std::numeric_limits<std::int32_t>;
  value = static_cast<std::int32_t>(read_number(given, rule, Limits::min(), Limits::max()));
}

void read_option(const GivenTexts& given, std::int64_t& value, const OptionRule& rule) {
  value = read_number(given, rule, rule.least, rule.most);
}

void read_option(const GivenTexts& given, TextMap& value, const OptionRule& /*rule*/) {
  for (const std::string& pair : given.texts) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorCode::kUsage, cat(given.option, " '", pair, "': a pair has the form KEY=VALUE"));
    }
    if (!value.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second) {
      throw Error(ErrorCode::kUsage, cat(given.option, " '", pair, "': the key was given twice"));
    }
  }
}

void read_option(const GivenTexts& given, std::chrono::seconds& value, const OptionRule& /*rule*/) {
  constexpr std::int64_t kMost = 1'000'000;
  const auto size_of = [](std::string_view unit) -> std::int64_t {
    return unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  };
  value = std::chrono::seconds(read_duration(given, size_of, 1, kMost, "no duration: as 15m, 1h or 900"));
}

void read_option(const GivenTexts& given, std::chrono::days& value, const OptionRule& /*rule*/) {
  constexpr std::int64_t kMost = 100'000;
  const auto size_of = [](std::string_view unit) -> std::int64_t {
    return unit.empty() || unit == "d" ? 1 : unit == "w" ? 7 : 0;
  };
  value = std::chrono::days(read_duration(given, size_of, 0, kMost, "days or weeks, as 90d or 12w"));
}

void read_option(const GivenTexts& given, ByteCount& value, const OptionRule& /*rule*/) {
  const auto measure = measure_of(given.last());
  constexpr std::string_view kUnits = "KMGT";
  const std::string_view unit = measure ? measure->unit : std::string_view();
  const std::size_t power = unit.size() == 1 ? kUnits.find(unit.front()) + 1 : 0;
  const auto shift = static_cast<unsigned>(10 * power);
  const bool known = unit.empty() || power > 0;
  if (!measure || !known || measure->number < 1 || measure->number > (std::int64_t{1} << (62U - shift))) {
    refuse_value(given, "no number of bytes: as 10G, 64M or 4096");
  }
  value.bytes = measure->number << shift;
}

void read_option(const GivenTexts& given, FileMode& value, const OptionRule& /*rule*/) {
  constexpr int kOctal = 8;
  constexpr unsigned kMost = 0777;
  const std::string& text = given.last();
  const char* const end = text.data() + text.size();
  unsigned mode = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, mode, kOctal);
  if (error != std::errc() || rest != end || mode > kMost) refuse_value(given, "permissions in octal, as 0640");
  value.bits = mode;
}

void read_option(const GivenTexts& given, Time& value, const OptionRule& /*rule*/) {
  const auto time = parse_time(given.last());
  if (!time) refuse_value(given, "no time; give 2027-12-31 or the like");
  value = *time;
}

}  // namespace kms::cli
