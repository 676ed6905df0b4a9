#include "cli/measure.h"

#include <charconv>

namespace kms::cli {

std::optional<Measure> measure_of(std::string_view text) {
  Measure measure;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, measure.number);
  if (error != std::errc()) return std::nullopt;
  measure.unit = {rest, static_cast<std::size_t>(end - rest)};
  return measure;
}

}  // namespace kms::cli
