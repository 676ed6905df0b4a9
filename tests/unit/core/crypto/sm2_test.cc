#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "core/crypto/key_pair.h"

using namespace kms;
using namespace kms::crypto;

namespace {

constexpr SignatureScheme kOverDigest{SignatureKind::kSm2, Hash::kSm3};
constexpr SignatureScheme kOverMessage{SignatureKind::kSm2Message, Hash::kSm3};

Bytes bytes_of_hex(const std::string& text) {
  return decode_hex(text).value();
}

// GB/T 32918.5 annexes A and C: one key for signatures and encryption.
KeyPair standard_key() {
  return KeyPair::from_stored(KeyType::kSm2, SecretBytes::copy_of(bytes_of_hex(
                                                 "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
                                                 "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                                                 "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13")));
}

Bytes standard_signature() {
  return bytes_of_hex(
      "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
      "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
}

Bytes standard_ciphertext() {
  return bytes_of_hex(
      "307c022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
      "022100e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
      "042059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
      "041321886ca989ca9c7d58087307ca93092d651efa");
}

}  // namespace

TEST_SUITE("crypto/sm2") {
  TEST_CASE("SM3: the examples of GB/T 32905") {
    CHECK(encode_hex(digest(Hash::kSm3, as_bytes("abc"))) ==
          "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  }

  TEST_CASE("a pair is generated, stored, published and written out as the others are") {
    const KeyPair pair = KeyPair::generate(KeyType::kSm2);
    CHECK(pair.type() == KeyType::kSm2);
    CHECK(pair.to_stored().size() == 97);
    const KeyPair loaded = KeyPair::from_stored(KeyType::kSm2, pair.to_stored());
    CHECK(loaded.public_der() == pair.public_der());
    const auto outside = KeyPair::from_public_der(pair.public_der());
    REQUIRE(outside);
    CHECK(outside->type() == KeyType::kSm2);
    CHECK(outside->public_der() == pair.public_der());
    const auto imported = KeyPair::from_private_der(pair.to_private_der());
    REQUIRE(imported);
    CHECK(imported->type() == KeyType::kSm2);
    CHECK(imported->to_stored() == pair.to_stored());
    CHECK(KeyPair::from_public_point(KeyType::kSm2, pair.public_point(true))->public_der() == pair.public_der());
  }

  TEST_CASE("the signature of GB/T 32918.5 verifies, over the message and over its digest") {
    const KeyPair key = standard_key();
    const Bytes message = to_bytes(as_bytes("message digest"));
    CHECK(key.signing()->verify(kOverMessage, message, standard_signature()));
    const Bytes e = bytes_of_hex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
    CHECK(key.signing()->verify(kOverDigest, e, standard_signature()));
    // The digest has Z in front: that of the message alone is another.
    CHECK_FALSE(key.signing()->verify(kOverDigest, digest(Hash::kSm3, message), standard_signature()));
    CHECK(key.signing()->verify(kOverMessage, message, key.signing()->sign(kOverDigest, e)));
    CHECK(key.signing()->verify(kOverDigest, e, key.signing()->sign(kOverMessage, message)));
  }

  TEST_CASE("other messages, signatures and keys are refused") {
    const KeyPair key = standard_key();
    const Bytes message = to_bytes(as_bytes("message digest"));
    Bytes changed = standard_signature();
    changed[20] ^= 1U;
    CHECK_FALSE(key.signing()->verify(kOverMessage, message, changed));
    Bytes longer = standard_signature();
    longer.push_back(0);
    CHECK_FALSE(key.signing()->verify(kOverMessage, message, longer));
    CHECK_FALSE(key.signing()->verify(kOverMessage, message, Bytes()));
    CHECK_FALSE(key.signing()->verify(kOverMessage, Bytes(), standard_signature()));
    CHECK_FALSE(KeyPair::generate(KeyType::kSm2).signing()->verify(kOverMessage, message, standard_signature()));
    CHECK_FALSE(key.signing()->verify(kOverDigest, Bytes(31), standard_signature()));
    CHECK_THROWS_AS((void)key.signing()->sign(kOverDigest, Bytes(31)), Error);
    CHECK(key.signing()->verify(kOverMessage, Bytes(), key.signing()->sign(kOverMessage, Bytes())));
  }

  TEST_CASE("the ciphertext of GB/T 32918.5 decrypts") {
    const auto plaintext = standard_key().sm2()->decrypt(standard_ciphertext());
    REQUIRE(plaintext);
    CHECK(as_text(plaintext->reveal()) == "encryption standard");
  }

  TEST_CASE("plaintexts of every size come back, and a changed ciphertext does not") {
    const KeyPair pair = KeyPair::generate(KeyType::kSm2);
    const auto outside = KeyPair::from_public_der(pair.public_der());
    for (const std::size_t size : {1U, 31U, 32U, 33U, 1024U}) {
      SecretBytes plaintext(size);
      plaintext.reveal()[size - 1] = 9;
      CHECK(pair.sm2()->decrypt(outside->sm2()->encrypt(plaintext)) == plaintext);
    }
    Bytes ciphertext = standard_ciphertext();
    for (std::uint8_t& byte : ciphertext) {
      byte ^= 1U;
      CHECK_FALSE(standard_key().sm2()->decrypt(ciphertext));
      byte ^= 1U;
    }
    for (std::size_t size = 0; size < ciphertext.size(); ++size) {
      CHECK_FALSE(standard_key().sm2()->decrypt(ByteView(ciphertext).first(size)));
    }
    ciphertext.push_back(0);
    CHECK_FALSE(standard_key().sm2()->decrypt(ciphertext));
    CHECK_FALSE(pair.sm2()->decrypt(standard_ciphertext()));
    CHECK_THROWS_AS((void)pair.sm2()->encrypt(SecretBytes()), Error);
  }
}
