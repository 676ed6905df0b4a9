#pragma once
// A number and its unit, as in 15m, 90d and 10G: the one reader of what options give so. What a unit means, each says.
#include <cstdint>
#include <optional>
#include <string_view>

namespace kms::cli {

struct Measure {
  std::int64_t number = 0;
  std::string_view unit;  // of the text that was read; empty where there is none
};
// Nothing where the text begins with no number, or with one that is too large.
std::optional<Measure> measure_of(std::string_view text);

}  // namespace kms::cli
