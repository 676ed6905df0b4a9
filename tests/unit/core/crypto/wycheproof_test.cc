// Test vectors of the Wycheproof project against core/crypto.
#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/crypto/kdf.h"
#include "core/crypto/key_pair.h"
#include "core/crypto/mac.h"

using namespace kms;
using namespace kms::crypto;

namespace {

Bytes hex(const Json& value) {
  return decode_hex(value.get<std::string>()).value();
}

using Accepts = std::function<bool(const Json& group, const Json& test)>;

// valid must be accepted, invalid refused, acceptable may be either.
void run(const std::string& name, const Accepts& accepts) {
  std::ifstream file(KMSCTL_TEST_VECTORS "/wycheproof/" + name + "_test.json");
  const Json vectors = Json::parse(file);
  int count = 0;
  for (const Json& group : vectors.at("testGroups")) {
    for (const Json& test : group.at("tests")) {
      const std::string result = test.at("result");
      CAPTURE(name);
      CAPTURE(test.at("tcId").get<int>());
      const bool accepted = accepts(group, test);
      if (result != "acceptable") CHECK(accepted == (result == "valid"));
      ++count;
    }
  }
  CHECK(count > 0);
  MESSAGE(name << ": " << count << " cases");
}

Accepts signature(SignatureScheme scheme, const char* key_member) {
  return [=](const Json& group, const Json& test) {
    const auto key = KeyPair::from_public_der(hex(group.at(key_member)));
    if (!key) return false;
    const Bytes message = hex(test.at("msg"));
    return key->verify(scheme, scheme.takes_digest() ? digest(scheme.hash, message) : message, hex(test.at("sig")));
  };
}

}  // namespace

TEST_SUITE("crypto/wycheproof") {
  TEST_CASE("ECDSA") {
    run("ecdsa_secp256r1_sha256", signature({SignatureKind::kEcdsa, Hash::kSha256}, "publicKeyDer"));
    run("ecdsa_secp384r1_sha384", signature({SignatureKind::kEcdsa, Hash::kSha384}, "publicKeyDer"));
    run("ecdsa_secp521r1_sha512", signature({SignatureKind::kEcdsa, Hash::kSha512}, "publicKeyDer"));
    run("ecdsa_secp256k1_sha256", signature({SignatureKind::kEcdsa, Hash::kSha256}, "publicKeyDer"));
  }

  TEST_CASE("Ed25519") {
    run("ed25519", signature({SignatureKind::kEd25519, Hash::kSha512}, "publicKeyDer"));
  }

  TEST_CASE("RSASSA-PKCS1-v1_5 and RSASSA-PSS") {
    run("rsa_signature_2048_sha256", signature({SignatureKind::kRsaPkcs1, Hash::kSha256}, "publicKeyDer"));
    run("rsa_pss_2048_sha256_mgf1_32", signature({SignatureKind::kRsaPss, Hash::kSha256}, "publicKeyDer"));
  }

  TEST_CASE("a PSS signature whose salt is not as long as the digest is refused, as AWS refuses it") {
    const Accepts accepts = signature({SignatureKind::kRsaPss, Hash::kSha256}, "publicKeyDer");
    run("rsa_pss_2048_sha256_mgf1_0", [&](const Json& group, const Json& test) {
      CHECK_FALSE(accepts(group, test));
      return test.at("result") == "valid";
    });
  }

  TEST_CASE("HMAC-SHA-256, with both libraries") {
    run("hmac_sha256", [](const Json& group, const Json& test) {
      const SecretBytes key = SecretBytes::copy_of(hex(test.at("key")));
      Bytes tag = hmac(Hash::kSha256, key, hex(test.at("msg")));
      CHECK(tag == hmac_sha256(key, hex(test.at("msg"))));
      tag.resize(group.at("tagSize").get<std::size_t>() / 8);
      return tag == hex(test.at("tag"));
    });
  }

  TEST_CASE("HKDF-SHA-256") {
    run("hkdf_sha256", [](const Json& /*group*/, const Json& test) {
      const auto size = test.at("size").get<std::size_t>();
      if (size > 255 * 32) return false;
      return hkdf(Hash::kSha256, SecretBytes::copy_of(hex(test.at("ikm"))), hex(test.at("salt")), hex(test.at("info")),
                  size) == SecretBytes::copy_of(hex(test.at("okm")));
    });
  }

  TEST_CASE("the stored form of a pair keeps it, and every scheme verifies what it signed") {
    const std::pair<KeyType, SignatureScheme> rows[] = {
        {KeyType::kRsa2048, {SignatureKind::kRsaPss, Hash::kSha384}},
        {KeyType::kRsa2048, {SignatureKind::kRsaPkcs1, Hash::kSha512}},
        {KeyType::kP256, {SignatureKind::kEcdsa, Hash::kSha256}},
        {KeyType::kP384, {SignatureKind::kEcdsa, Hash::kSha384}},
        {KeyType::kP521, {SignatureKind::kEcdsa, Hash::kSha512}},
        {KeyType::kSecp256k1, {SignatureKind::kEcdsa, Hash::kSha256}},
        {KeyType::kEd25519, {SignatureKind::kEd25519, Hash::kSha512}},
        {KeyType::kEd25519, {SignatureKind::kEd25519Ph, Hash::kSha512}},
    };
    for (const auto& [type, scheme] : rows) {
      const KeyPair made = KeyPair::generate(type);
      const KeyPair loaded = KeyPair::from_stored(type, made.to_stored());
      CHECK(loaded.public_der() == made.public_der());
      const Bytes input(digest_size(scheme.hash), 5);
      Bytes signed_by_loaded = loaded.sign(scheme, input);
      const auto outside = KeyPair::from_public_der(made.public_der());
      REQUIRE(outside);
      CHECK(outside->verify(scheme, input, signed_by_loaded));
      signed_by_loaded[signed_by_loaded.size() / 2] ^= 1U;
      CHECK_FALSE(outside->verify(scheme, input, signed_by_loaded));
    }
  }
}
