#pragma once
// For how long something is kept, as the value of an option: 400d, 52w, 2y or forever. A number alone is refused, since
// whoever means years and gets days loses what he meant to keep.
#include <chrono>
#include <optional>

#include "cli/option_fields.h"
#include "cli/option_values.h"

namespace kms::cli {

struct KeepTime {
  std::optional<std::chrono::days> days;  // of years, 365 each; nothing is for ever
};

void read_option(const GivenTexts& given, KeepTime& value, const OptionRule& rule);

template <>
inline constexpr std::string_view kTypeWord<KeepTime> = "DURATION";

}  // namespace kms::cli
