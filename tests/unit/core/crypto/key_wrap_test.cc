#include "core/crypto/key_wrap.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"

using namespace kms;
using namespace kms::crypto;

TEST_SUITE("crypto/key_wrap") {
  TEST_CASE("RFC 5649 section 6: its two examples") {
    const auto kek = SecretBytes::copy_of(decode_hex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8").value());
    for (const auto& [key, wrapped] : {std::pair("c37b7e6492584340bed12207808941155068f738",
                                                 "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"),
                                       std::pair("466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f")}) {
      const auto secret = SecretBytes::copy_of(decode_hex(key).value());
      CHECK(encode_hex(wrap_key_with_padding(kek, secret)) == wrapped);
      CHECK(unwrap_key_with_padding(kek, decode_hex(wrapped).value()) == secret);
    }
  }

  TEST_CASE("every length comes back, and every changed byte is refused") {
    SecretBytes kek(32);
    for (std::size_t size = 1; size <= 40; ++size) {
      SecretBytes key(size);
      key.reveal()[0] = 7;
      Bytes wrapped = wrap_key_with_padding(kek, key);
      CHECK(unwrap_key_with_padding(kek, wrapped) == key);
      for (std::uint8_t& byte : wrapped) {
        byte ^= 1U;
        CHECK_FALSE(unwrap_key_with_padding(kek, wrapped));
        byte ^= 1U;
      }
    }
  }

  TEST_CASE("what cannot be a wrapped key is refused") {
    const SecretBytes kek(32);
    for (const std::size_t size : {0U, 1U, 8U, 15U, 17U, 24U, 1U << 20U}) {
      CHECK_FALSE(unwrap_key_with_padding(kek, Bytes(size)));
    }
    const Bytes wrapped = wrap_key_with_padding(kek, SecretBytes(16));
    CHECK_FALSE(unwrap_key_with_padding(SecretBytes(31), wrapped));
    CHECK_FALSE(unwrap_key_with_padding(SecretBytes(), wrapped));
    CHECK_THROWS_AS(wrap_key_with_padding(SecretBytes(8), SecretBytes(16)), Error);
    CHECK_THROWS_AS(wrap_key_with_padding(kek, SecretBytes()), Error);
  }
}
