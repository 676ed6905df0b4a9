#include "formats/ciphertext_blob.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "tests/unit/formats/counting_random.h"

using namespace kms;
using namespace kms::formats;

namespace {

constexpr std::string_view kAccount = "111122223333";
const EncryptionContext kContext = {{"purpose", "backup"}, {"table", "7"}};

// The worked example of formats/ciphertext_blob.md. Made with Python's hmac, hashlib and cryptography from that page.
constexpr std::string_view kExample =
    "010100641111111111111111111111111111111122222222222222222222222222222222"
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "95dbdec4199c05c9ea12eb0a4d92315499640dbe555645b86446754daba66bd2"
    "3f383652c53b6121da7f355a52a81305e33a5423821b3b3a4f61070420f6";

BlobKey example_key() {
  BlobKey key;
  key.key_id.fill(0x11);
  key.backing_key_id.fill(0x22);
  return key;
}

SecretBytes backing_key(std::uint8_t fill = 0x33) {
  return SecretBytes::copy_of(Bytes(32, fill));
}

Bytes seal(std::string_view plaintext, const BlobKey& key = example_key()) {
  CountingRandom random;
  return seal_blob(key, backing_key(), kAccount, kContext, SecretBytes::copy_of(as_bytes(plaintext)), random);
}

bool opens(ByteView blob) {
  return open_blob(blob, backing_key(), kAccount, kContext).has_value();
}

}  // namespace

TEST_SUITE("formats/ciphertext_blob") {
  TEST_CASE("seals the worked example of the specification") {
    CHECK(encode_hex(seal("attack at dawn")) == kExample);
  }

  TEST_CASE("opens the worked example of the specification") {
    const auto plaintext = open_blob(*decode_hex(kExample), backing_key(), kAccount, kContext);
    REQUIRE(plaintext);
    CHECK(as_text(plaintext->reveal()) == "attack at dawn");
  }

  TEST_CASE("names the key without opening") {
    BlobKey key = example_key();
    key.multi_region = true;
    const Bytes blob = seal("x", key);
    CHECK(blob[1] == 2);
    CHECK(parse_blob(blob) == key);
    CHECK(opens(blob));
  }

  TEST_CASE("takes from nothing up to 4096 bytes, and stays under KMS's limit of 6144") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMaxBlobPlaintext}) {
      const std::string plaintext(size, 'p');
      const Bytes blob = seal(plaintext);
      CHECK(blob.size() == size + kBlobOverhead);
      CHECK(blob.size() <= 6144);
      const auto opened = open_blob(blob, backing_key(), kAccount, kContext);
      REQUIRE(opened);
      CHECK(as_text(opened->reveal()) == plaintext);
    }
    CHECK_THROWS_AS(seal(std::string(kMaxBlobPlaintext + 1, 'p')), Error);
  }

  TEST_CASE("does not open with another backing key, account or context") {
    const Bytes blob = seal("attack at dawn");
    CHECK_FALSE(open_blob(blob, backing_key(0x34), kAccount, kContext));
    CHECK_FALSE(open_blob(blob, backing_key(), "111122223334", kContext));
    CHECK_FALSE(open_blob(blob, backing_key(), "", kContext));
    CHECK_FALSE(open_blob(blob, backing_key(), kAccount, {}));
    CHECK_FALSE(open_blob(blob, backing_key(), kAccount, {{"purpose", "backup"}}));
    CHECK_FALSE(open_blob(blob, backing_key(), kAccount, {{"purpose", "backup"}, {"table", "8"}}));
  }

  TEST_CASE("every changed bit is refused") {
    Bytes blob = seal("attack at dawn");
    for (std::size_t i = 0; i < blob.size() * 8; ++i) {
      const auto mask = static_cast<std::uint8_t>(1U << (i % 8));
      blob[i / 8] ^= mask;
      CAPTURE(i);
      CHECK_FALSE(opens(blob));
      blob[i / 8] ^= mask;
    }
    CHECK(opens(blob));
  }

  TEST_CASE("every truncation and every appended byte is refused") {
    Bytes blob = seal("attack at dawn");
    for (std::size_t size = 0; size < blob.size(); ++size) {
      CAPTURE(size);
      CHECK_FALSE(opens(ByteView(blob).first(size)));
    }
    blob.push_back(0);
    CHECK_FALSE(opens(blob));
  }

  TEST_CASE("two blobs of one plaintext share nothing after the key's names") {
    CountingRandom random;
    const SecretBytes plaintext = SecretBytes::copy_of(as_bytes("same"));
    const Bytes first = seal_blob(example_key(), backing_key(), kAccount, kContext, plaintext, random);
    const Bytes second = seal_blob(example_key(), backing_key(), kAccount, kContext, plaintext, random);
    CHECK(std::equal(first.begin(), first.begin() + 36, second.begin()));
    CHECK_FALSE(std::equal(first.begin() + 68, first.end(), second.begin() + 68));
  }
}
