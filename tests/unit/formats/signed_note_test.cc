#include "formats/signed_note.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "tests/unit/formats/log_texts.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::log_refusal;
using kms::testing::LogSigner;

namespace {

#define KMS_DASH "\xe2\x80\x94 "

// Of the specification's own example.
constexpr std::string_view kPublicKeyOfNote = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kPublicNote =
    "This is an example message.\n\n" KMS_DASH
    "example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

const LogSigner& note_signer() {
  static const LogSigner signer("example.com/log", NoteKeyType::kEd25519, 1);
  return signer;
}

SignedNote signed_by(const std::vector<const LogSigner*>& signers, std::string text = "one\n\ntwo\n") {
  SignedNote note{std::move(text), {}};
  for (const LogSigner* one : signers) note.signatures.push_back(sign_note(note.text, one->key, one->signer()));
  return note;
}

std::string note_refusal(std::string_view note) {
  return log_refusal([&] { return parse_note(note); });
}

std::string verification(std::string_view note, const std::vector<NoteKey>& known) {
  return log_refusal([&] { return verify_note(parse_note(note), known); });
}

}  // namespace

TEST_SUITE("formats/signed_note") {
  TEST_CASE("the example of C2SP verifies, and is written as it is") {
    const NoteKey key = parse_verifier_key(kPublicKeyOfNote);
    const SignedNote note = parse_note(kPublicNote);
    CHECK(note.text == "This is an example message.\n");
    CHECK(verify_note(note, std::vector{key}) == std::vector{key});
    CHECK(write_note(note) == kPublicNote);
  }

  TEST_CASE("the example of C2SP with any bit of any byte changed does not verify") {
    const std::vector known{parse_verifier_key(kPublicKeyOfNote)};
    for (std::size_t at = 0; at < kPublicNote.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        CAPTURE(at);
        CAPTURE(bit);
        std::string changed(kPublicNote);
        changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << bit));
        CHECK(verification(changed, known) != "accepted");
      }
      CHECK(verification(kPublicNote.substr(0, at), known) != "accepted");
    }
  }

  TEST_CASE("a note comes back from its text, with signatures of any kind and length") {
    const LogSigner other("example.com/other", NoteKeyType::kEd25519, 9);
    SignedNote note = signed_by({&note_signer(), &other});
    note.signatures.push_back({"example.org/pq", 0xfffefdfc, Bytes(5000, 7)});
    note.signatures.push_back({"example.org/short", 0, Bytes(1, 0)});
    CHECK(parse_note(write_note(note)) == note);
    CHECK(verify_note(note, std::vector{note_signer().key, other.key}) == std::vector{note_signer().key, other.key});
  }

  TEST_CASE("the last empty line ends the text, which may have others") {
    const std::string line = KMS_DASH "example.com/log AAAAAAA=\n";
    for (const std::string& text : {std::string("\n"), std::string("\n\n"), std::string("a\n"), std::string("a\n\n"),
                                    std::string("\na\n"), cat("a\n\n", line), cat(line, "\n", line)}) {
      CAPTURE(text);
      const SignedNote note = signed_by({&note_signer()}, text);
      CHECK(parse_note(write_note(note)).text == text);
    }
  }

  TEST_CASE("signatures of keys that are not known are ignored, where a known one signed") {
    const LogSigner stranger("example.com/stranger", NoteKeyType::kEd25519, 2);
    SignedNote note = signed_by({&stranger, &note_signer()});
    note.signatures.push_back({note_signer().key.name, 1, Bytes(64, 1)});                        // its name alone
    note.signatures.push_back({"example.com/x", note_key_id(note_signer().key), Bytes(64, 1)});  // its id alone
    note.signatures[0].signature[3] ^= 1U;
    CHECK(verify_note(note, std::vector{note_signer().key}) == std::vector{note_signer().key});
  }

  TEST_CASE("a note that no known key signed is refused") {
    const LogSigner stranger("example.com/log", NoteKeyType::kEd25519, 2);
    const std::string note = write_note(signed_by({&stranger}));
    constexpr auto kNone = "KMSInvalidSignatureException: none of the known keys has signed the note";
    CHECK(verification(note, {note_signer().key}) == kNone);
    CHECK(verification(note, {}) == kNone);
    NoteKey witness = stranger.key;
    witness.type = NoteKeyType::kCosignature;
    CHECK(verification(note, {witness}) == kNone);
  }

  TEST_CASE("a signature of a known key that is not valid refuses the note, whoever else signed") {
    const LogSigner other("example.com/other", NoteKeyType::kEd25519, 9);
    const std::vector known{note_signer().key, other.key};
    const std::string_view refused = "KMSInvalidSignatureException: the signature by example.com/other is not valid";
    SignedNote note = signed_by({&note_signer(), &other});
    note.signatures[1].signature = note.signatures[0].signature;
    CHECK(verification(write_note(note), known) == refused);
    note.signatures[1].signature = Bytes(1, 0);
    CHECK(verification(write_note(note), known) == refused);
    note = signed_by({&note_signer(), &other, &other});
    note.signatures[2].signature[63] ^= 0x80U;
    CHECK(verification(write_note(note), known) == refused);
    note = signed_by({&note_signer(), &other});
    note.text += "three\n";
    CHECK(verification(write_note(note), {other.key}) == refused);
  }

  TEST_CASE("64 signatures are read and verified, one more is refused") {
    const std::vector<const LogSigner*> many(kMostNoteSignatures, &note_signer());
    const std::string note = write_note(signed_by(many));
    CHECK(verification(note, {note_signer().key}) == "accepted");
    const std::string more = note + write_note(signed_by({&note_signer()})).substr(signed_by({}).text.size() + 1);
    CHECK(note_refusal(more) == "ValidationException: this is no signed note: it has more than 64 signatures");
  }

  TEST_CASE("a note of 256 KiB is read, a longer one is refused before anything is looked at") {
    const std::size_t around = write_note(signed_by({&note_signer()}, "\n")).size();
    const std::string text = std::string(kMostNoteBytes - around, 'a') + "\n";
    CHECK(write_note(signed_by({&note_signer()}, text)).size() == kMostNoteBytes);
    CHECK(note_refusal(std::string(kMostNoteBytes + 1, '\xff')) ==
          "ValidationException: this is no signed note: it is longer than 256 KiB");
    CHECK(log_refusal([&] { return write_note(signed_by({&note_signer()}, "a" + text)); }) ==
          "ValidationException: this is no signed note: it is longer than 256 KiB");
  }

  TEST_CASE("what is no note is refused, with what is wrong") {
    struct Row {
      std::string note;
      std::string_view why;
    };
    const std::string good = KMS_DASH "example.com/foo Uw2QOkn8\n";
    const Row rows[] = {
        {"", "no empty line stands between text and signatures"},
        {"text\n", "no empty line stands between text and signatures"},
        {"text\n" + good, "no empty line stands between text and signatures"},
        {"\n" + good, "no empty line stands between text and signatures"},
        {"text\n\n", "it has no signatures"},
        {"text\n\n" + good + "\n", "it has no signatures"},
        {"text\r\n\r\n" + good, "it has control characters"},
        {"te\txt\n\n" + good, "it has control characters"},
        {std::string("te\0xt\n\n", 7) + good, "it has control characters"},
        {"te\xffxt\n\n" + good, "it is not UTF-8"},
        {"te\xed\xa0\x80xt\n\n" + good, "it is not UTF-8"},
        {"text\n\n" + good.substr(0, good.size() - 1), "its last line has no end"},
        {"text\n\n" + good + "more", "its last line has no end"},
        {"text\n\n" + good + "more\n", "line 2 of its signatures does not begin with a dash and a space"},
        {"text\n\n- example.com/foo Uw2QOkn8\n", "line 1 of its signatures does not begin with a dash and a space"},
        {"text\n\n" KMS_DASH "Uw2QOkn8\n", "line 1 of its signatures has not the form NAME SIGNATURE"},
        {"text\n\n" KMS_DASH " Uw2QOkn8\n", "line 1 of its signatures has a name that no key can have"},
        {"text\n\n" KMS_DASH "a+b Uw2QOkn8\n", "line 1 of its signatures has a name that no key can have"},
        {"text\n\n" KMS_DASH "a\xc2\xa0 Uw2QOkn8\n", "line 1 of its signatures has a name that no key can have"},
        {"text\n\n" KMS_DASH "a b Uw2QOkn8\n", "line 1 of its signatures has a signature that is no base64"},
        {"text\n\n" KMS_DASH "a Uw2QOkn8 \n", "line 1 of its signatures has a signature that is no base64"},
        {"text\n\n" KMS_DASH "a Uw2QOkn\n", "line 1 of its signatures has a signature that is no base64"},
        {"text\n\n" KMS_DASH "a Uw2QOkm=\n", "line 1 of its signatures has a signature that is no base64"},
        {"text\n\n" KMS_DASH "a Uw2QOg==\n", "line 1 of its signatures has a signature that is too short"},
        {"text\n\n" KMS_DASH "a \n", "line 1 of its signatures has a signature that is too short"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.note);
      CHECK(note_refusal(row.note) == cat("ValidationException: this is no signed note: ", row.why));
    }
    CHECK(note_refusal("text\n\n" + good) == "accepted");
  }

  TEST_CASE("nothing is written that could not be read again") {
    const auto refusal = [](std::string text, std::vector<NoteSignature> lines) {
      return log_refusal([&] { return write_note({std::move(text), std::move(lines)}); });
    };
    const NoteSignature line{"a", 1, Bytes(64, 1)};
    CHECK(refusal("text\n", {line}) == "accepted");
    CHECK(refusal("text", {line}) ==
          "ValidationException: this is no signed note: its text does not end with a line feed");
    CHECK(refusal("", {line}) == "ValidationException: this is no signed note: its text does not end with a line feed");
    CHECK(refusal("text\n", {}) == "ValidationException: this is no signed note: it has no signatures");
    CHECK(refusal("text\n", {{"a b", 1, Bytes(64, 1)}}).starts_with("ValidationException: this is no signed note: "));
    CHECK(refusal("text\n", {{"a", 1, {}}}).starts_with("ValidationException: this is no signed note: "));
    // A name that brings a whole line along is not written, although the result could be read.
    CHECK(refusal("text\n", {{"a AAAAAAA=\n" KMS_DASH "b", 1, Bytes(64, 1)}}) ==
          "ValidationException: this is no signed note: a signature has a name that no key can have");
    CHECK(log_refusal([] { return sign_note("te\x1bxt\n", note_signer().key, note_signer().signer()); }) ==
          "ValidationException: this is no signed note: it has control characters");
  }
}
