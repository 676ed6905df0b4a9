#include "core/crypto/gf256.h"

#include <doctest/doctest.h>

#include <vector>

using namespace kms;
using namespace kms::crypto;

TEST_SUITE("crypto/gf256") {
  TEST_CASE("products are those of the field of AES") {
    CHECK(gf256_product(0x57, 0x83) == 0xc1);  // FIPS 197 section 4.2
    CHECK(gf256_product(0x57, 0x13) == 0xfe);
    CHECK(gf256_product(0x53, 0xca) == 1);
    CHECK(gf256_product(0, 0xff) == 0);
  }

  TEST_CASE("every element but 0 has one inverse") {
    CHECK(gf256_inverse(0) == 0);
    for (unsigned a = 1; a < 256; ++a) {
      const auto element = static_cast<std::uint8_t>(a);
      CHECK(gf256_product(element, gf256_inverse(element)) == 1);
    }
  }

  TEST_CASE("a polynomial goes through the points that it was made of, and others find it again") {
    const Bytes first{1, 2, 3};
    const Bytes second{200, 0, 7};
    const Bytes third{9, 99, 255};
    const std::vector<Gf256Point> points{{0, first}, {5, second}, {255, third}};
    Bytes out(3);
    for (const Gf256Point& point : points) {
      gf256_interpolate(points, point.x, out);
      CHECK(out == to_bytes(point.y));
    }
    Bytes at_seven(3);
    gf256_interpolate(points, 7, at_seven);
    gf256_interpolate({{7, at_seven}, {5, second}, {255, third}}, 0, out);
    CHECK(out == first);
  }
}
