#include "core/base/secret_bytes.h"

#include <doctest/doctest.h>
#include <openssl/crypto.h>

#include <type_traits>
#include <utility>

#include "core/base/error.h"

using namespace kms;

TEST_SUITE("base/secret_bytes") {
  static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);

  TEST_CASE("lives on the secure heap, zeroed") {
    const SecretBytes secret(32);
    CHECK(CRYPTO_secure_allocated(secret.reveal().data()) == 1);
    for (const auto byte : secret.reveal()) CHECK(byte == 0);
  }

  TEST_CASE("gives its memory back, and moves instead of copying") {
    const std::size_t used = CRYPTO_secure_used();
    {
      SecretBytes first(100);
      first.reveal()[99] = 7;
      const SecretBytes second = std::move(first);
      CHECK(second.reveal()[99] == 7);
    }
    CHECK(CRYPTO_secure_used() == used);
  }

  TEST_CASE("compares contents and length") {
    SecretBytes a(3);
    const SecretBytes b(3);
    CHECK(a == b);
    CHECK_FALSE(b == SecretBytes(4));
    a.reveal()[2] = 1;
    CHECK_FALSE(a == b);
    CHECK(SecretBytes() == SecretBytes(0));
  }

  TEST_CASE("throws when the heap is full or not set up, and never uses plain memory") {
    CHECK_THROWS_WITH_AS(SecretBytes(1U << 21U), "the secure heap is full", Error);
    REQUIRE(CRYPTO_secure_malloc_done() == 1);
    CHECK_THROWS_WITH_AS(SecretBytes(1), "the secure heap is not set up", Error);
    (void)init_secure_heap(1U << 16U);
  }
}
