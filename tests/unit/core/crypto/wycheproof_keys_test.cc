// Key agreement and key wrap against the vectors of project Wycheproof.
#include <doctest/doctest.h>

#include "core/crypto/key_pair.h"
#include "core/crypto/key_wrap.h"
#include "formats/pem.h"
#include "tests/unit/core/crypto/wycheproof.h"

using namespace kms;
using namespace kms::crypto;
using namespace wycheproof;

namespace {

bool shares(const SecretBytes& own, ByteView peer_der, const Json& test) {
  const auto pair = KeyPair::from_private_der(own);
  REQUIRE(pair);
  const auto peer = KeyPair::from_public_der(peer_der);
  if (!peer) return false;
  const auto shared = pair->agreement()->derive(*peer);
  if (shared) CHECK(*shared == secret_hex(test["shared"]));  // whoever accepts must get it right
  return shared.has_value();
}

std::function<bool(const Json&, const Json&)> agrees(const char* curve_oid, std::size_t field_size) {
  return [=](const Json&, const Json& test) {
    return shares(pkcs8_of(hex(test["private"]), hex(curve_oid), field_size), hex(test["public"]), test);
  };
}

}  // namespace

TEST_SUITE("crypto/wycheproof") {
  TEST_CASE("ECDH") {
    const auto p256 = run("ecdh_secp256r1", agrees("06082a8648ce3d030107", 32));
    CHECK(p256.valid == 165);
    CHECK(p256.invalid == 27);
    const auto p384 = run("ecdh_secp384r1", agrees("06052b81040022", 48));
    CHECK(p384.valid == 385);
    CHECK(p384.invalid == 25);
    const auto p521 = run("ecdh_secp521r1", agrees("06052b81040023", 66));
    CHECK(p521.valid == 316);
    CHECK(p521.invalid == 28);
  }

  TEST_CASE("ECDH with keys in PEM") {
    const auto count = run("ecdh_secp256r1_pem", [](const Json&, const Json& test) {
      std::string text = test["private"];
      text = text.substr(text.find('\n') + 1);
      text.erase(text.find("-----END"));
      std::erase(text, '\n');
      const auto peer = formats::decode_public_key(as_bytes(test["public"].get_ref<const std::string&>()));
      return peer && shares(SecretBytes::copy_of(decode_base64(text).value()), *peer, test);
    });
    CHECK(count.valid == 166);
    CHECK(count.invalid == 25);
  }

  TEST_CASE("AES key wrap with padding") {
    const auto count = run("aes_kwp", [](const Json&, const Json& test) {
      const SecretBytes kek = secret_hex(test["key"]);
      const Bytes wrapped = hex(test["ct"]);
      const auto key = unwrap_key_with_padding(kek, wrapped);
      if (!key) return false;
      CHECK(wrap_key_with_padding(kek, *key) == wrapped);
      return *key == secret_hex(test["msg"]);
    });
    CHECK(count.valid == 38);
    CHECK(count.invalid == 88);
  }
}
