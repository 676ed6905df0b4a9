#include "core/crypto/pbkdf2.h"

#include <doctest/doctest.h>

#include "core/base/bytes.h"
#include "core/base/encoding.h"

using namespace kms;

TEST_SUITE("crypto/pbkdf2") {
  // RFC 7914 section 11.
  TEST_CASE("keys are those of the RFC") {
    const auto derived = [](std::string_view password, std::string_view salt, std::uint32_t iterations) {
      constexpr std::size_t kSize = 64;
      return encode_hex(crypto::pbkdf2_hmac_sha256(SecretBytes::copy_of(as_bytes(password)),
                                                   SecretBytes::copy_of(as_bytes(salt)), iterations, kSize)
                            .reveal());
    };
    CHECK(derived("passwd", "salt", 1) ==
          "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
          "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
    CHECK(derived("Password", "NaCl", 80000) ==
          "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
          "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
  }
}
