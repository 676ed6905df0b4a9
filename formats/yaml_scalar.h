#pragma once
// What a plain scalar of YAML 1.2 spells: for readers and writers that agree on it.
#include <cstdint>
#include <string_view>

namespace kms::formats {

enum class PlainScalar : std::uint8_t {
  kText,
  kNull,
  kTrue,
  kFalse,
  kInteger,  // decimal, of digits alone, not beginning with 0
  kNumber,   // any other: with a fraction, an exponent, another base or _ between digits
  kTime,     // a date, perhaps with a time of day
  kSign,     // << and =, which mean something to some readers
};

PlainScalar plain_scalar(std::string_view text);

}  // namespace kms::formats
