#pragma once
// Arithmetic on bytes as elements of GF(256), modulo x^8 + x^4 + x^3 + x + 1 (0x11b, that of AES), and polynomials
// through points of it. A sum is an exclusive or. No branch and no address depends on a byte: neither tables nor
// logarithms. Pure.
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"

namespace kms::crypto {

std::uint8_t gf256_product(std::uint8_t a, std::uint8_t b);
std::uint8_t gf256_inverse(std::uint8_t a);  // of 0 it is 0

// Of as many polynomials as `y` has bytes, their values at x.
struct Gf256Point {
  std::uint8_t x = 0;
  ByteView y;
};
// The values at `x` of the polynomials of the lowest degree through `points`, into `out`. The y are as long as `out`,
// and the x differ from each other: they are no secrets.
void gf256_interpolate(const std::vector<Gf256Point>& points, std::uint8_t x, MutableBytes out);

}  // namespace kms::crypto
