#include "core/crypto/public_key_file.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "formats/pem.h"

using kms::as_bytes;
using kms::Bytes;
using kms::ByteView;
using kms::Error;
using kms::ErrorCode;
using kms::crypto::KeyPair;
using kms::crypto::KeyType;
using kms::crypto::read_public_key;

namespace {

// The key inside an SPKI of RSA: behind two sequences, an object identifier and the head of a bit string.
ByteView rsa_key_in(const Bytes& spki) {
  constexpr std::size_t kHead = 24;
  return ByteView(spki).subspan(kHead);
}

// An SPKI that names the algorithm 2.16.840.1.101.3.4.`family`.`number`, with a key of noise.
Bytes spki_of(std::uint8_t family, std::uint8_t number) {
  return {0x30, 0x14, 0x30,   0x0b,   0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
          0x03, 0x04, family, number, 0x03, 0x05, 0x00, 0x01, 0x02, 0x03, 0x04};
}

}  // namespace

TEST_SUITE("crypto/public_key_file") {
  TEST_CASE("a public key is read in each form that programs write") {
    for (const KeyType type : {KeyType::kRsa2048, KeyType::kP256, KeyType::kEd25519}) {
      const Bytes spki = KeyPair::generate(type).public_der();
      const std::string pem = kms::formats::encode_public_key_pem(spki);
      CHECK(read_public_key(spki).value().public_der() == spki);
      CHECK(read_public_key(as_bytes(pem)).value().public_der() == spki);
      CHECK(read_public_key(as_bytes("a line of text\n" + pem + "another\n")).value().public_der() == spki);
    }
    const Bytes spki = KeyPair::generate(KeyType::kRsa2048).public_der();
    const ByteView pkcs1 = rsa_key_in(spki);
    CHECK(read_public_key(pkcs1).value().public_der() == spki);
    const std::string pem =
        "-----BEGIN RSA PUBLIC KEY-----\n" + kms::encode_base64(pkcs1) + "\n-----END RSA PUBLIC KEY-----\n";
    CHECK(read_public_key(as_bytes(pem)).value().public_der() == spki);
  }

  TEST_CASE("what is cut, has more behind it, or is no public key is none") {
    const Bytes spki = KeyPair::generate(KeyType::kRsa2048).public_der();
    for (std::size_t size = 0; size < spki.size(); ++size) {
      CAPTURE(size);
      CHECK_FALSE(read_public_key(ByteView(spki).first(size)));
    }
    Bytes longer = spki;
    longer.push_back(0);
    CHECK_FALSE(read_public_key(longer));
    CHECK_FALSE(read_public_key(as_bytes("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")));
    CHECK_FALSE(read_public_key(as_bytes("no key")));
    CHECK_FALSE(read_public_key(Bytes(std::size_t{1} << 17U, 0x30)));
    CHECK_FALSE(read_public_key(KeyPair::generate(KeyType::kP256).to_private_der().reveal()));
  }

  TEST_CASE("a key of an algorithm that OpenSSL lacks is said to be one") {
    if (kms::crypto::is_available(KeyType::kMlDsa44)) return;
    const auto text = [](const Bytes& spki) -> std::string {
      try {
        return read_public_key(spki) ? "a key" : "none";
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::kUnsupportedOperation);
        return error.what();
      }
    };
    CHECK(text(spki_of(3, 17)) ==
          "a key of ML-DSA-44, which this build's OpenSSL lacks; it needs OpenSSL 3.5 or newer");
    CHECK(text(spki_of(3, 19)).starts_with("a key of ML-DSA-87"));
    CHECK(text(spki_of(4, 2)).starts_with("a key of ML-KEM-768"));
    CHECK(text(spki_of(3, 99)) == "none");
  }
}
