#include "formats/envelope_header.h"

#include <doctest/doctest.h>

#include <functional>

#include "formats/envelope_frames.h"
#include "formats/envelope_signature.h"

using namespace kms;
using namespace kms::formats;

namespace {

EnvelopeHeader example(std::uint16_t id) {
  EnvelopeHeader header;
  header.suite = &suite(id);
  header.message_id = Bytes(header.suite->message_id_size(), 9);
  header.context = {{"a", "1"}, {"b", "2"}};
  header.data_keys = {{"aws-kms", Bytes(5, 1), Bytes(7, 2)}, {"other", {}, Bytes(3, 3)}};
  header.frame_length = 4096;
  if (header.suite->commits()) header.commitment = Bytes(32, 4);
  return header;
}

// With an IV and tag of nothing in particular: the structure does not depend on them.
Bytes message(const EnvelopeHeader& header) {
  Bytes bytes = serialise_header_body(header);
  bytes.resize(bytes.size() + (header.suite->version == 1 ? 12 : 0) + 16, 0xee);
  return bytes;
}

std::optional<ErrorCode> refusal(ByteView bytes, const EnvelopeLimits& limits = {}) {
  try {
    parse_header(bytes, limits);
    return std::nullopt;
  } catch (const Error& error) {
    return error.code();
  }
}

}  // namespace

TEST_SUITE("formats/envelope_header") {
  TEST_CASE("a header of either version comes back, and every shorter piece asks for more") {
    for (const std::uint16_t id : {std::uint16_t{0x0014}, std::uint16_t{0x0378}, kSuiteCommitting}) {
      const EnvelopeHeader header = example(id);
      Bytes bytes = message(header);
      for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(parse_header(ByteView(bytes).first(size), {}));
      }
      const std::size_t header_size = bytes.size();
      bytes.resize(header_size + 100);
      const auto parsed = parse_header(bytes, {});
      REQUIRE(parsed);
      CHECK(parsed->bytes.size() == header_size);
      CHECK(parsed->header.suite->id == id);
      CHECK(parsed->header.message_id == header.message_id);
      CHECK(parsed->header.context == header.context);
      CHECK(parsed->header.data_keys == header.data_keys);
      CHECK(parsed->header.frame_length == 4096);
      CHECK(parsed->header.commitment == header.commitment);
      CHECK(serialise_header_body(parsed->header) == to_bytes(parsed->body()));
    }
  }

  TEST_CASE("the fixed parts are 92 bytes with the tag, as the format states") {
    EnvelopeHeader header = example(kSuiteCommitting);
    header.context.clear();
    header.data_keys = {{"", {}, {}}};
    CHECK(message(header).size() == 92 + 6);
  }

  TEST_CASE("a message is known by its first bytes") {
    for (const Bytes& start : {Bytes{2, 0x04, 0x78, 0}, Bytes{2, 0x05, 0x78, 0}, Bytes{1, 0x80, 0x01, 0x78}}) {
      CHECK(begins_message(start));
      CHECK_FALSE(begins_message(ByteView(start).first(3)));
    }
    for (const Bytes& start : {Bytes{1, 1, 0, 0x6c}, Bytes{1, 0x80, 0x04, 0x78}, Bytes{2, 0x01, 0x78, 0},
                               Bytes{3, 0x04, 0x78, 0}, Bytes{2, 0x99, 0x99, 0}}) {
      CHECK_FALSE(begins_message(start));
    }
  }

  TEST_CASE("a field with an impossible value is refused") {
    struct Row {
      const char* title;
      std::uint16_t suite;
      std::function<void(Bytes&)> change;
    };
    const auto from_end = [](std::size_t back, std::uint8_t value) {
      return [=](Bytes& bytes) { bytes[bytes.size() - back] = value; };
    };
    for (const Row& row : {
             Row{"version", kSuiteCommitting, [](Bytes& bytes) { bytes[0] = 3; }},
             Row{"a suite of another version", kSuiteCommitting, [](Bytes& bytes) { bytes[1] = 1, bytes[2] = 0x78; }},
             Row{"an unknown suite", kSuiteCommitting, [](Bytes& bytes) { bytes[2] = 0x79; }},
             Row{"no key", kSuiteCommitting, [](Bytes& bytes) { bytes[37 + 14 + 1] = 0; }},
             Row{"content type", kSuiteCommitting, from_end(16 + 32 + 4 + 1, 3)},
             Row{"one piece with a frame length", kSuiteCommitting, from_end(16 + 32 + 4 + 1, 1)},
             Row{"frames of no length", kSuiteCommitting, from_end(16 + 32 + 2, 0)},
             Row{"type of version 1", 0x0014, [](Bytes& bytes) { bytes[1] = 0x81; }},
             Row{"a committing suite in version 1", 0x0014, [](Bytes& bytes) { bytes[2] = 4, bytes[3] = 0x78; }},
             Row{"reserved bytes", 0x0014, from_end(28 + 4 + 1 + 1, 1)},
             Row{"IV length", 0x0014, from_end(28 + 4 + 1, 11)},
         }) {
      const std::string title = row.title;
      CAPTURE(title);
      Bytes bytes = message(example(row.suite));
      CHECK_FALSE(refusal(bytes));
      row.change(bytes);
      CHECK(refusal(bytes) == ErrorCode::kInvalidCiphertext);
    }
  }

  TEST_CASE("limits") {
    EnvelopeHeader header = example(kSuiteCommitting);
    header.frame_length = 64U << 20U;
    CHECK_FALSE(refusal(message(header)));
    ++header.frame_length;
    CHECK(refusal(message(header)) == ErrorCode::kLimitExceeded);
    header = example(kSuiteCommitting);
    header.data_keys.assign(64, {"aws-kms", Bytes(100, 1), Bytes(200, 2)});
    CHECK_FALSE(refusal(message(header)));
    header.data_keys.emplace_back();
    CHECK(refusal(message(header)) == ErrorCode::kLimitExceeded);
    header.data_keys.assign(20, {"aws-kms", Bytes(65535, 1), {}});
    CHECK(refusal(message(header)) == ErrorCode::kLimitExceeded);
  }

  TEST_CASE("too many keys are refused as soon as their number is read") {
    const Bytes bytes = message(example(kSuiteCommitting));
    EnvelopeLimits limits;
    limits.max_data_keys = 1;
    CHECK(refusal(ByteView(bytes).first(37 + 14 + 2), limits) == ErrorCode::kLimitExceeded);
  }

  TEST_CASE("what does not fit its field is not written") {
    EnvelopeHeader header = example(kSuiteCommitting);
    header.data_keys.front().provider_info = Bytes(65536, 1);
    CHECK_THROWS_AS(serialise_header_body(header), Error);
    header.data_keys.clear();
    CHECK_THROWS_AS(serialise_header_body(header), Error);
  }

  TEST_CASE("a signed suite needs its public key in the context, and an unsigned one must not have it") {
    const EncryptionContext with_key = {{std::string(kPublicKeyContextName), "AA=="}};
    CHECK_NOTHROW(require_public_key_matches(suite(kSuiteCommittingSigned), with_key));
    CHECK_NOTHROW(require_public_key_matches(suite(kSuiteCommitting), {}));
    CHECK_THROWS_AS(require_public_key_matches(suite(kSuiteCommittingSigned), {}), Error);
    CHECK_THROWS_AS(require_public_key_matches(suite(kSuiteCommitting), with_key), Error);
    CHECK_THROWS_AS(EnvelopeVerifier(*suite(kSuiteCommittingSigned).signature, with_key), Error);
  }

  TEST_CASE("the size of a body is known from the plaintext's") {
    CHECK(framed_body_size(0, 100) == 40);
    CHECK(framed_body_size(1, 100) == 41);
    CHECK(framed_body_size(100, 100) == 140);
    CHECK(framed_body_size(101, 100) == 132 + 41);
    CHECK(framed_body_size(200, 100) == 132 + 140);
  }
}
