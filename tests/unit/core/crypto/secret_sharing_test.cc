#include "core/crypto/secret_sharing.h"

#include <doctest/doctest.h>

#include <bit>
#include <utility>

#include "tests/support/refusal.h"
#include "tests/support/world.h"

using namespace kms;
using namespace kms::crypto;
using kms::testing::TestRandom;

namespace {

std::vector<SecretShare> chosen(const std::vector<SecretShare>& shares, unsigned mask) {
  std::vector<SecretShare> some;
  for (const SecretShare& share : shares) {
    if (((mask >> share.x) & 1U) == 1U) some.push_back({share.x, SecretBytes::copy_of(share.y)});
  }
  return some;
}

bool gives(const std::vector<SecretShare>& shares, const SecretBytes& secret) {
  const auto combined = combine_secret(shares);
  return combined && *combined == secret;
}

ErrorCode code_of_split(std::size_t size, std::size_t threshold, std::size_t count) {
  TestRandom random;
  try {
    (void)split_secret(SecretBytes(size), threshold, count, random);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kDryRun;
}

}  // namespace

TEST_SUITE("crypto/secret_sharing") {
  TEST_CASE("of five shares any three give the secret, and no two do") {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      TestRandom random;
      random.repeat(seed);
      const SecretBytes secret = random.secret(32);
      const auto shares = split_secret(secret, 3, 5, random);
      REQUIRE(shares.size() == 5);
      for (unsigned mask = 1; mask < 32; ++mask) {
        CAPTURE(seed);
        CAPTURE(mask);
        const int count = std::popcount(mask);
        if (count == 3) CHECK(gives(chosen(shares, mask), secret));
        if (count == 2) CHECK_FALSE(combine_secret(chosen(shares, mask)));
        if (count > 3) CHECK(gives(chosen(shares, mask), secret));  // they say the same again
      }
    }
  }

  TEST_CASE("all sixteen may be needed, and one may be enough") {
    TestRandom random;
    const SecretBytes secret = random.secret(16);
    CHECK(gives(split_secret(secret, 16, 16, random), secret));
    CHECK_FALSE(combine_secret(chosen(split_secret(secret, 16, 16, random), 0x7fff)));
    CHECK(gives(split_secret(secret, 1, 1, random), secret));
  }

  TEST_CASE("a share that was changed anywhere is found out") {
    TestRandom random;
    random.repeat(7);
    const SecretBytes secret = random.secret(16);
    auto shares = split_secret(secret, 2, 2, random);
    for (std::size_t byte = 0; byte < 16; ++byte) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        shares[1].y.reveal()[byte] ^= static_cast<std::uint8_t>(1U << bit);
        CHECK_FALSE(combine_secret(shares));
        shares[1].y.reveal()[byte] ^= static_cast<std::uint8_t>(1U << bit);
      }
    }
    CHECK(gives(shares, secret));
  }

  TEST_CASE("what is no set of shares is refused") {
    CHECK(code_of_split(16, 0, 1) == ErrorCode::kInternal);
    CHECK(code_of_split(16, 3, 2) == ErrorCode::kInternal);
    CHECK(code_of_split(16, 2, 17) == ErrorCode::kInternal);
    CHECK(code_of_split(15, 2, 2) == ErrorCode::kInternal);
    CHECK(code_of_split(16, 2, 2) == ErrorCode::kDryRun);
    CHECK_THROWS_AS(combine_secret({}), Error);
    TestRandom random;
    auto shares = split_secret(random.secret(16), 2, 2, random);
    shares[1].x = 0;
    CHECK_THROWS_AS(combine_secret(shares), Error);
    shares[1].x = 1;
    shares[1].y.shrink(15);
    CHECK_THROWS_AS(combine_secret(shares), Error);
  }
}
