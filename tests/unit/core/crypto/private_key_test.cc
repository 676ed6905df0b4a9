// Private keys in and out: PKCS#8 in DER, and the files that other programs write.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/base/encoding.h"
#include "core/crypto/key_pair.h"
#include "core/crypto/private_key_file.h"
#include "tests/unit/core/crypto/test_private_keys.h"

using namespace kms;
using namespace kms::crypto;
using namespace test_keys;

namespace {

constexpr KeyType kTypes[] = {KeyType::kRsa2048, KeyType::kRsa3072,   KeyType::kP256,   KeyType::kP384,
                              KeyType::kP521,    KeyType::kSecp256k1, KeyType::kEd25519};

SecretBytes text(std::string_view file) {
  return SecretBytes::copy_of(as_bytes(file));
}

Bytes bytes_of(const SecretBytes& secret) {
  return to_bytes(secret.reveal());
}

}  // namespace

TEST_SUITE("crypto/private_key") {
  TEST_CASE("a pair goes out and comes in as PKCS#8") {
    for (const KeyType type : kTypes) {
      const KeyPair pair = KeyPair::generate(type);
      const SecretBytes der = pair.to_private_der();
      const auto again = KeyPair::from_private_der(der);
      REQUIRE(again);
      CHECK(again->type() == type);
      CHECK(again->to_stored() == pair.to_stored());
      CHECK(again->public_der() == pair.public_der());
      CHECK(again->to_private_der() == der);
      CHECK(private_der_of(der, SecretBytes()) == der);
    }
  }

  TEST_CASE("a public key has no private form") {
    const auto pair = KeyPair::from_public_der(KeyPair::generate(KeyType::kP256).public_der());
    REQUIRE(pair);
    CHECK_THROWS_AS((void)pair->to_private_der(), Error);
    CHECK_FALSE(KeyPair::from_private_der(SecretBytes::copy_of(pair->public_der())));
    CHECK_FALSE(private_der_of(SecretBytes::copy_of(pair->public_der()), SecretBytes()));
  }

  TEST_CASE("PKCS#8 is taken whole or not at all") {
    const Bytes der = bytes_of(KeyPair::generate(KeyType::kP256).to_private_der());
    for (std::size_t size = 0; size < der.size(); ++size) {
      CHECK_FALSE(KeyPair::from_private_der(SecretBytes::copy_of(ByteView(der).first(size))));
    }
    Bytes longer = der;
    longer.push_back(0);
    CHECK_FALSE(KeyPair::from_private_der(SecretBytes::copy_of(longer)));
    CHECK_FALSE(private_der_of(SecretBytes::copy_of(longer), SecretBytes()));
    CHECK_FALSE(KeyPair::from_private_der(SecretBytes(30000)));
  }

  TEST_CASE("the halves of a pair must belong together") {
    // The stored forms of two keys, with the public point of one behind the scalar of the other.
    const KeyPair one = KeyPair::generate(KeyType::kP256);
    const Bytes point = KeyPair::generate(KeyType::kP256).public_point(false);
    Bytes der = bytes_of(one.to_private_der());
    const Bytes own = one.public_point(false);
    const auto at = std::search(der.begin(), der.end(), own.begin(), own.end());
    REQUIRE(at != der.end());
    std::copy(point.begin(), point.end(), at);
    CHECK_FALSE(KeyPair::from_private_der(SecretBytes::copy_of(der)));

    const KeyPair rsa = KeyPair::generate(KeyType::kRsa2048);
    Bytes changed = bytes_of(rsa.to_private_der());
    changed[changed.size() - 5] ^= 1U;  // in qInv
    CHECK_FALSE(KeyPair::from_private_der(SecretBytes::copy_of(changed)));
    changed = bytes_of(rsa.to_private_der());
    changed[100] ^= 1U;  // in the modulus
    CHECK_FALSE(KeyPair::from_private_der(SecretBytes::copy_of(changed)));
  }

  TEST_CASE("keys of other types and sizes are refused") {
    for (const std::string_view file : {kRsa1024, kX25519, kRsaPss, kExplicitCurve, kMultiPrime}) {
      const auto der = private_der_of(text(file), SecretBytes());
      REQUIRE(der);
      CHECK_FALSE(KeyPair::from_private_der(*der));
    }
  }

  TEST_CASE("files of every form hold the same key") {
    const auto plain = private_der_of(text(kPlain), SecretBytes());
    REQUIRE(plain);
    const auto pair = KeyPair::from_private_der(*plain);
    REQUIRE(pair);
    CHECK(pair->type() == KeyType::kP256);
    CHECK(encode_base64(pair->public_der()) == kPublic);
    const SecretBytes passphrase = text("correct horse");
    for (const std::string_view file : {kTraditional, kEncrypted, kOldEncrypted}) {
      const auto der = private_der_of(text(file), passphrase);
      REQUIRE(der);
      CHECK(*der == pair->to_private_der());
    }
    const Bytes encrypted_der = decode_base64(kEncryptedDer).value();
    CHECK(private_der_of(SecretBytes::copy_of(encrypted_der), passphrase) == pair->to_private_der());
    CHECK(is_encrypted_private_key(SecretBytes::copy_of(encrypted_der)));
    CHECK_FALSE(private_der_of(SecretBytes::copy_of(encrypted_der), text("wrong")));
    const auto rsa = private_der_of(text(kTraditionalRsa), SecretBytes());
    REQUIRE(rsa);
    CHECK(KeyPair::from_private_der(*rsa)->type() == KeyType::kRsa2048);
  }

  TEST_CASE("an encrypted file opens under its passphrase only, and nobody is asked") {
    for (const std::string_view file : {kEncrypted, kOldEncrypted}) {
      CHECK(is_encrypted_private_key(text(file)));
      CHECK_FALSE(private_der_of(text(file), SecretBytes()));
      CHECK_FALSE(private_der_of(text(file), text("wrong")));
    }
    CHECK_FALSE(is_encrypted_private_key(text(kPlain)));
    CHECK_FALSE(is_encrypted_private_key(text(kTraditional)));
    CHECK_FALSE(is_encrypted_private_key(SecretBytes()));
    CHECK_FALSE(is_encrypted_private_key(KeyPair::generate(KeyType::kEd25519).to_private_der()));
  }

  TEST_CASE("what is no private key is nothing") {
    for (const std::string_view file : {"", "x", "-----BEGIN PRIVATE KEY-----\n", "0", "\x30\x03\x02\x01\x01",
                                        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
      CHECK_FALSE(private_der_of(text(file), text("x")));
    }
    CHECK_FALSE(private_der_of(SecretBytes(30000), SecretBytes()));
  }
}
