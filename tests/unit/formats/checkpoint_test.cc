#include "formats/checkpoint.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "tests/unit/formats/log_texts.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::log_refusal;
using kms::testing::LogSigner;

namespace {

// Of the specification's own example.
constexpr std::string_view kPublicCheckpoint =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
constexpr std::string_view kRootLine = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

std::string checkpoint_refusal(std::string_view text) {
  return log_refusal([&] { return parse_checkpoint(text); });
}

std::string opening_refusal(std::string text, const LogSigner& log, const std::vector<NoteKey>& known) {
  SignedNote note{std::move(text), {}};
  note.signatures.push_back(sign_note(note.text, log.key, log.signer()));
  return log_refusal([&] { return open_checkpoint(note, known); });
}

}  // namespace

TEST_SUITE("formats/checkpoint") {
  TEST_CASE("the example of C2SP is read, and written as it is") {
    const Checkpoint checkpoint = parse_checkpoint(kPublicCheckpoint);
    CHECK(checkpoint.origin == "example.com/behind-the-sofa");
    CHECK(checkpoint.size == 20852163);
    CHECK(encode_hex(checkpoint.root) == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    CHECK(checkpoint.extensions.empty());
    CHECK(checkpoint_text(checkpoint) == kPublicCheckpoint);
  }

  TEST_CASE("sizes from nothing to the limit and extension lines come back") {
    for (const std::uint64_t size : {0ULL, 1ULL, 10ULL, 9223372036854775807ULL}) {
      CAPTURE(size);
      Checkpoint checkpoint{"log", size, {}, {"one", "two words", "0"}};
      checkpoint.root.fill(0xab);
      const std::string text = checkpoint_text(checkpoint);
      CHECK(parse_checkpoint(text) == checkpoint);
      CHECK(text.ends_with("=\none\ntwo words\n0\n"));
    }
  }

  TEST_CASE("the origin of an audit log names vault, account and region, and can be the name of a key") {
    const std::string origin = audit_log_origin("3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34", "111122223333", "eu-central-1");
    CHECK(origin == "kmsctl.local/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/111122223333/eu-central-1");
    CHECK(is_note_key_name(origin));
  }

  TEST_CASE("what is no checkpoint is refused, with what is wrong") {
    struct Row {
      std::string text;
      std::string_view why;
    };
    const std::string root(kRootLine);
    constexpr std::string_view kOrigin = "its first line, the origin, is empty";
    constexpr std::string_view kSize = "its second line is no size: digits without a leading zero, below 2^63";
    constexpr std::string_view kRoot = "its third line is no root hash: 32 bytes in base64";
    const Row rows[] = {
        {"", kOrigin},
        {"\n5\n" + root, kOrigin},
        {"log", kOrigin},
        {"log\n", kSize},
        {"log\n\n" + root, kSize},
        {"log\n05\n" + root, kSize},
        {"log\n00\n" + root, kSize},
        {"log\n+5\n" + root, kSize},
        {"log\n-5\n" + root, kSize},
        {"log\n5 \n" + root, kSize},
        {"log\n 5\n" + root, kSize},
        {"log\n5\r\n" + root, kSize},
        {"log\n0x5\n" + root, kSize},
        {"log\n5.0\n" + root, kSize},
        {"log\n9223372036854775808\n" + root, kSize},
        {"log\n18446744073709551621\n" + root, kSize},
        {"log\n5\n", kRoot},
        {"log\n5\n" + root.substr(0, root.size() - 1), kRoot},
        {"log\n5\n\n", kRoot},
        {"log\n5\nAAAA\n", kRoot},
        {"log\n5\n " + root, kRoot},
        {"log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", kRoot},  // unused bits that are not zero
        {"log\n5\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n", kRoot},
        {"log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", kRoot},
        {"log\n5\n" + root + "\n", "a line after the root hash is empty"},
        {"log\n5\n" + root + "one\n\ntwo\n", "a line after the root hash is empty"},
        {"log\n5\n" + root + "one", "its last line has no end"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.text);
      CHECK(checkpoint_refusal(row.text) == cat("ValidationException: this is no checkpoint: ", row.why));
    }
  }

  TEST_CASE("nothing is written that would be read as something else") {
    const auto refusal = [](const Checkpoint& checkpoint) {
      return log_refusal([&] { return checkpoint_text(checkpoint); });
    };
    CHECK(refusal({"log", 5, {}, {}}) == "accepted");
    CHECK(refusal({"", 5, {}, {}}) ==
          "ValidationException: this is no checkpoint: its first line, the origin, is empty");
    CHECK(refusal({"log", std::uint64_t{1} << 63U, {}, {}}).starts_with("ValidationException: "));
    CHECK(refusal({"log", 5, {}, {""}}) ==
          "ValidationException: this is no checkpoint: a line after the root hash is empty");
    CHECK(refusal({"log", 5, {}, {"one\ntwo"}}) ==
          "ValidationException: this is no checkpoint: a line feed stands within a line");
    CHECK(refusal({"log\n7\n" + std::string(kRootLine) + "x", 5, {}, {}}) ==
          "ValidationException: this is no checkpoint: a line feed stands within a line");
  }

  TEST_CASE("a checkpoint is taken from the key of its own log alone") {
    const LogSigner log("log", NoteKeyType::kEd25519, 1);
    const LogSigner other("other", NoteKeyType::kEd25519, 2);
    const std::string text = checkpoint_text({"log", 5, {}, {}});
    CHECK(opening_refusal(text, log, {other.key, log.key}) == "accepted");
    CHECK(opening_refusal(text, other, {other.key, log.key}) ==
          "KMSInvalidSignatureException: the checkpoint of log is signed by other alone");
    CHECK(opening_refusal(text, other, {log.key}) ==
          "KMSInvalidSignatureException: none of the known keys has signed the note");
    CHECK(opening_refusal("log\n5\n", log, {log.key}).starts_with("ValidationException: this is no checkpoint: "));
  }

  TEST_CASE("a log whose key was replaced is known by either") {
    const LogSigner before("log", NoteKeyType::kEd25519, 1);
    const LogSigner now("log", NoteKeyType::kEd25519, 2);
    const std::string text = checkpoint_text({"log", 5, {}, {}});
    CHECK(opening_refusal(text, before, {before.key, now.key}) == "accepted");
    CHECK(opening_refusal(text, now, {before.key, now.key}) == "accepted");
  }
}
