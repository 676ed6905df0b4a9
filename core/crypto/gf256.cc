#include "core/crypto/gf256.h"

#include <algorithm>

namespace kms::crypto {
namespace {

constexpr unsigned kModulus = 0x11b;
constexpr unsigned kBits = 8;

unsigned all_ones_if(unsigned bit) {
  return 0U - bit;
}

}  // namespace

std::uint8_t gf256_product(std::uint8_t a, std::uint8_t b) {
  unsigned product = 0;
  unsigned shifted = a;  // times x for each bit of b
  for (unsigned bit = 0; bit < kBits; ++bit) {
    product ^= all_ones_if((static_cast<unsigned>(b) >> bit) & 1U) & shifted;
    shifted <<= 1U;
    shifted ^= all_ones_if(shifted >> kBits) & kModulus;
  }
  return static_cast<std::uint8_t>(product);
}

// a^254, as a^255 is 1: the product of a^2, a^4, ... a^128.
std::uint8_t gf256_inverse(std::uint8_t a) {
  std::uint8_t product = 1;
  std::uint8_t power = a;
  for (unsigned bit = 1; bit < kBits; ++bit) {
    power = gf256_product(power, power);
    product = gf256_product(product, power);
  }
  return product;
}

void gf256_interpolate(const std::vector<Gf256Point>& points, std::uint8_t x, MutableBytes out) {
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  for (const Gf256Point& point : points) {
    std::uint8_t weight = 1;  // Lagrange's: 1 at this point, 0 at the others
    for (const Gf256Point& other : points) {
      if (other.x == point.x) continue;
      const auto over = static_cast<std::uint8_t>(x ^ other.x);
      const auto under = static_cast<std::uint8_t>(point.x ^ other.x);
      weight = gf256_product(weight, gf256_product(over, gf256_inverse(under)));
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::uint8_t>(out[i] ^ gf256_product(weight, point.y[i]));
    }
  }
}

}  // namespace kms::crypto
