#include "formats/note_key.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "tests/unit/formats/log_texts.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::log_pair;
using kms::testing::log_refusal;

namespace {

// Of the specification's own example.
constexpr std::string_view kPublicVerifierKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

std::string verifier_key_refusal(std::string_view text) {
  return log_refusal([&] { return parse_verifier_key(text); });
}

}  // namespace

TEST_SUITE("formats/note_key") {
  TEST_CASE("the example of C2SP is read and written as it is") {
    const NoteKey key = parse_verifier_key(kPublicVerifierKey);
    CHECK(key.name == "example.com/foo");
    CHECK(key.type == NoteKeyType::kEd25519);
    CHECK(note_key_id(key) == 0x530d903a);
    CHECK(encode_hex(key.public_key) == "e932791ae6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4");
    CHECK(verifier_key_text(key) == kPublicVerifierKey);
  }

  TEST_CASE("keys of a log and of a witness come back from their texts, and have ids of their own") {
    const auto pair = log_pair(7);
    const NoteKey log = make_note_key("example.com/log", NoteKeyType::kEd25519, pair);
    const NoteKey witness = make_note_key("example.com/log", NoteKeyType::kCosignature, pair);
    CHECK(parse_verifier_key(verifier_key_text(log)) == log);
    CHECK(parse_verifier_key(verifier_key_text(witness)) == witness);
    CHECK(log.public_key == witness.public_key);
    CHECK(note_key_id(log) != note_key_id(witness));
  }

  TEST_CASE("hex digits of an id are read in either case") {
    CHECK(parse_verifier_key("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k") ==
          parse_verifier_key(kPublicVerifierKey));
  }

  TEST_CASE("a verifier key with any byte changed, or cut short, is refused") {
    for (std::size_t at = 0; at < kPublicVerifierKey.size(); ++at) {
      CAPTURE(at);
      std::string changed(kPublicVerifierKey);
      changed[at] = static_cast<char>(changed[at] ^ 1);
      CHECK(verifier_key_refusal(changed).starts_with("ValidationException: this is no verifier key: "));
      CHECK(verifier_key_refusal(kPublicVerifierKey.substr(0, at)) != "accepted");
    }
  }

  TEST_CASE("what is no verifier key is refused, with what is wrong") {
    struct Row {
      std::string text;
      std::string_view why;
    };
    const std::string key32 = "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const Row rows[] = {
        {"", "it has not the form NAME+ID+KEY"},
        {"example.com/foo", "it has not the form NAME+ID+KEY"},
        {"example.com/foo+530d903a", "it has not the form NAME+ID+KEY"},
        {"+530d903a+" + key32, "its name is empty or has spaces"},
        {"example.com foo+530d903a+" + key32, "its name is empty or has spaces"},
        {"example.com/foo+530d903+" + key32, "its id has not eight hexadecimal digits"},
        {"example.com/foo+530d903aa+" + key32, "its id has not eight hexadecimal digits"},
        {"example.com/foo+530d903g+" + key32, "its id has not eight hexadecimal digits"},
        {"example.com/foo+530d903a+", "its key is no base64"},
        {"example.com/foo+530d903a+" + key32 + "\n", "its key is no base64"},
        {"example.com/foo+530d903a+A" + key32, "its key is no base64"},
        {"example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
         "its type is 6, neither 1 (a log) nor 4 (a witness)"},
        {"example.com/foo+530d903a+" + key32 + "AAAA", "its key has not 32 bytes"},
        {"example.com/foo+530d903a+AQ==", "its key has not 32 bytes"},
        {"example.com/fop+530d903a+" + key32, "its id does not belong to its name and key: one of them was changed"},
        {"example.com/foo+530d903a+" + std::string(1024, 'A'), "it is longer than 1024 bytes"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.text);
      CHECK(verifier_key_refusal(row.text) == cat("ValidationException: this is no verifier key: ", row.why));
    }
  }

  TEST_CASE("names have no space of Unicode, no control character, no plus sign, and are UTF-8") {
    for (const char* name : {"a", "example.com/log", "kmsctl.local/1/2/3", "\xc3\xa4", "\xe2\x80\x94", "a-b_c.d"}) {
      CAPTURE(name);
      CHECK(is_note_key_name(name));
    }
    for (const char* name : {"", " ", "a b", "a+b", "a\tb", "a\nb", "a\x01", "a\xc2\x85", "\xc2\xa0", "a\xe1\x9a\x80",
                             "\xe2\x80\x80", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
                             "\xe2\x81\x9f", "\xe3\x80\x80", "\xff", "a\xe3\x80"}) {
      CAPTURE(name);
      CHECK_FALSE(is_note_key_name(name));
    }
    CHECK(log_refusal([] { return make_note_key("a b", NoteKeyType::kEd25519, log_pair(0)); }) ==
          "ValidationException: the name of a key that signs notes has neither spaces nor plus signs");
  }
}
