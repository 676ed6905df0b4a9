#include "formats/ciphertext_blob.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "tests/unit/formats/counting_random.h"

using namespace kms;
using namespace kms::formats;

namespace {

const EncryptionContext kContext = {{"purpose", "backup"}, {"table", "7"}};

// The worked example of formats/ciphertext_blob.md. Made with Python's hmac, hashlib and cryptography from that page.
constexpr std::string_view kExample =
    "0101006c00000019df6690e51111111111111111111111111111111122222222222222222222222222222222"
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "cdffd089d543d8638b61b52a5dfc9d1ee6c5391ce34d16d4840f9c7ce1687c65"
    "fc50cc6d7fc172295926450a72034bf7957663892a27ee259430dea65492";

BlobKey example_key() {
  BlobKey key;
  key.account = "111122223333";
  key.key_id.fill(0x11);
  key.backing_key_id.fill(0x22);
  return key;
}

SecretBytes backing_key(std::uint8_t fill = 0x33) {
  return SecretBytes::copy_of(Bytes(32, fill));
}

Bytes seal(std::string_view plaintext, const BlobKey& key = example_key()) {
  CountingRandom random;
  return seal_blob(key, backing_key(), kContext, SecretBytes::copy_of(as_bytes(plaintext)), random);
}

bool opens(ByteView blob) {
  return open_blob(blob, backing_key(), kContext).has_value();
}

}  // namespace

TEST_SUITE("formats/ciphertext_blob") {
  TEST_CASE("seals the worked example of the specification") {
    CHECK(encode_hex(seal("attack at dawn")) == kExample);
  }

  TEST_CASE("opens the worked example of the specification") {
    const auto plaintext = open_blob(*decode_hex(kExample), backing_key(), kContext);
    REQUIRE(plaintext);
    CHECK(as_text(plaintext->reveal()) == "attack at dawn");
  }

  TEST_CASE("is known by its first bytes, and by no fewer than four") {
    const Bytes blob = seal("x");
    CHECK(begins_blob(blob));
    CHECK(begins_blob(ByteView(blob).first(4)));
    CHECK_FALSE(begins_blob(ByteView(blob).first(3)));
    for (std::size_t i = 0; i < 4; ++i) {
      Bytes other = blob;
      other[i] ^= 0x40U;
      CHECK_FALSE(begins_blob(other));
    }
    CHECK_FALSE(begins_blob(as_bytes("%PDF-1.7")));
  }

  TEST_CASE("names the key without opening") {
    BlobKey key = example_key();
    key.multi_region = true;
    const Bytes blob = seal("x", key);
    CHECK(blob[1] == 2);
    CHECK(parse_blob(blob) == key);
    CHECK(opens(blob));
  }

  TEST_CASE("names every account, and no number that is none") {
    for (const char* account : {"000000000000", "000000000001", "999999999999"}) {
      BlobKey key = example_key();
      key.account = account;
      const Bytes blob = seal("x", key);
      REQUIRE(parse_blob(blob));
      CHECK(parse_blob(blob)->account == account);
      CHECK(opens(blob));
    }
    Bytes blob = seal("x");
    std::fill(blob.begin() + 4, blob.begin() + 12, std::uint8_t{0});
    const std::array<std::uint8_t, 5> ten_to_the_twelfth = {0xE8, 0xD4, 0xA5, 0x10, 0x00};
    std::copy(ten_to_the_twelfth.begin(), ten_to_the_twelfth.end(), blob.begin() + 7);
    CHECK_FALSE(parse_blob(blob));
    for (const char* account : {"", "11112222333", "1111222233334", "11112222333x"}) {
      BlobKey key = example_key();
      key.account = account;
      CHECK_THROWS_AS(seal("x", key), Error);
    }
  }

  TEST_CASE("takes from nothing up to 4096 bytes, and stays under KMS's limit of 6144") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMaxBlobPlaintext}) {
      const std::string plaintext(size, 'p');
      const Bytes blob = seal(plaintext);
      CHECK(blob.size() == size + kBlobOverhead);
      CHECK(blob.size() <= 6144);
      const auto opened = open_blob(blob, backing_key(), kContext);
      REQUIRE(opened);
      CHECK(as_text(opened->reveal()) == plaintext);
    }
    CHECK_THROWS_AS(seal(std::string(kMaxBlobPlaintext + 1, 'p')), Error);
  }

  TEST_CASE("does not open with another backing key or context") {
    const Bytes blob = seal("attack at dawn");
    CHECK_FALSE(open_blob(blob, backing_key(0x34), kContext));
    CHECK_FALSE(open_blob(blob, backing_key(), {}));
    CHECK_FALSE(open_blob(blob, backing_key(), {{"purpose", "backup"}}));
    CHECK_FALSE(open_blob(blob, backing_key(), {{"purpose", "backup"}, {"table", "8"}}));
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
    const Bytes first = seal_blob(example_key(), backing_key(), kContext, plaintext, random);
    const Bytes second = seal_blob(example_key(), backing_key(), kContext, plaintext, random);
    CHECK(std::equal(first.begin(), first.begin() + 44, second.begin()));
    CHECK_FALSE(std::equal(first.begin() + 76, first.end(), second.begin() + 76));
  }
}
