#include "formats/tlog_proof.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "formats/checkpoint.h"
#include "tests/unit/formats/log_texts.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::log_refusal;

namespace {

SignedNote proof_note(std::uint64_t size) {
  return {checkpoint_text({"log", size, {}, {}}), {{"log", 1, Bytes(64, 1)}}};
}

TlogProof some_proof(std::size_t hashes = 3) {
  TlogProof proof{{}, 2, {}, proof_note(5)};
  for (std::size_t i = 0; i < hashes; ++i) proof.path.emplace_back().fill(static_cast<std::uint8_t>(i));
  return proof;
}

std::string proof_refusal(std::string_view text) {
  return log_refusal([&] { return parse_tlog_proof(text); });
}

std::string writing_refusal(const TlogProof& proof) {
  return log_refusal([&] { return tlog_proof_text(proof); });
}

constexpr std::string_view kHashLine = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
constexpr std::string_view kProofStart = "c2sp.org/tlog-proof@v1\n";

}  // namespace

TEST_SUITE("formats/tlog_proof") {
  TEST_CASE("a proof has the lines of the specification, its checkpoint as it is") {
    const TlogProof proof = some_proof(1);
    const std::string text = cat(kProofStart, "index 2\n", kHashLine, "\n", write_note(proof.checkpoint));
    CHECK(tlog_proof_text(proof) == text);
    CHECK(parse_tlog_proof(text) == proof);
  }

  TEST_CASE("proofs with and without extra data, and of any number of hashes up to 63, come back") {
    for (const std::size_t hashes : {std::size_t{0}, std::size_t{1}, kMostProofHashes}) {
      CAPTURE(hashes);
      TlogProof proof = some_proof(hashes);
      CHECK(parse_tlog_proof(tlog_proof_text(proof)) == proof);
      proof.extra = {0, 1, 2, 0xff};
      CHECK(parse_tlog_proof(tlog_proof_text(proof)) == proof);
    }
    CHECK(writing_refusal(some_proof(kMostProofHashes + 1)) ==
          "ValidationException: this is no proof of a log: it has more than 63 hashes");
  }

  TEST_CASE("extra data of 64 KiB are read, longer ones are refused") {
    TlogProof proof = some_proof();
    proof.extra.assign(kMostProofExtra, 7);
    CHECK(parse_tlog_proof(tlog_proof_text(proof)) == proof);
    proof.extra.push_back(7);
    CHECK(writing_refusal(proof) == "ValidationException: this is no proof of a log: its extra data exceed 64 KiB");
  }

  TEST_CASE("an index is below the size of its checkpoint") {
    TlogProof proof = some_proof();
    proof.index = 4;
    CHECK(writing_refusal(proof) == "accepted");
    proof.index = 5;
    CHECK(writing_refusal(proof) ==
          "ValidationException: this is no proof of a log: its index is 5, and its checkpoint is of 5 entries");
    proof.index = 0;
    proof.checkpoint = proof_note(0);
    CHECK(writing_refusal(proof) ==
          "ValidationException: this is no proof of a log: its index is 0, and its checkpoint is of 0 entries");
  }

  TEST_CASE("what is no proof is refused, with what is wrong") {
    struct Row {
      std::string text;
      std::string_view why;
    };
    const std::string start(kProofStart);
    const std::string hash(kHashLine);
    const std::string end = "\n" + write_note(proof_note(5));
    constexpr std::string_view kFirst = "its first line is not c2sp.org/tlog-proof@v1";
    constexpr std::string_view kNoIndex = "it has no line \"index N\"";
    constexpr std::string_view kIndex = "its index is no number: digits without a leading zero, below 2^63";
    constexpr std::string_view kExtra = "its extra data are no base64";
    constexpr std::string_view kNoCheckpoint = "no empty line stands before its checkpoint";
    const Row rows[] = {
        {"", kFirst},
        {"c2sp.org/tlog-proof@v1", kFirst},
        {"c2sp.org/tlog-proof@v2\nindex 2\n" + end, kFirst},
        {"\n" + start + "index 2\n" + end, kFirst},
        {start, kNoIndex},
        {start + end, kNoIndex},
        {start + "index2\n" + end, kNoIndex},
        {start + "Index 2\n" + end, kNoIndex},
        {start + "extra AAAA\n", kNoIndex},
        {start + "extra AAAA\nextra AAAA\nindex 2\n" + end, kNoIndex},
        {start + "index \n" + end, kIndex},
        {start + "index 02\n" + end, kIndex},
        {start + "index  2\n" + end, kIndex},
        {start + "index 2\r\n" + end, kIndex},
        {start + "index -2\n" + end, kIndex},
        {start + "index 9223372036854775808\n" + end, kIndex},
        {start + "extra \nindex 2\n" + end, kExtra},
        {start + "extra AAA\nindex 2\n" + end, kExtra},
        {start + "extra AAB=\nindex 2\n" + end, kExtra},
        {start + "index 2\nextra AAAA\n" + end, "hash 1 is not 32 bytes in base64"},
        {start + "index 2\n" + hash + "AAAA\n" + end, "hash 2 is not 32 bytes in base64"},
        {start + "index 2\n" + hash + " " + hash + end, "hash 2 is not 32 bytes in base64"},
        {start + "index 2\n", kNoCheckpoint},
        {start + "index 2\n" + hash, kNoCheckpoint},
        {start + "index 2\n" + hash.substr(0, hash.size() - 1), kNoCheckpoint},
    };
    for (const Row& row : rows) {
      CAPTURE(row.text);
      CHECK(proof_refusal(row.text) == cat("ValidationException: this is no proof of a log: ", row.why));
    }
    CHECK(proof_refusal(start + "index 2\n" + hash + end) == "accepted");
  }

  TEST_CASE("a proof whose checkpoint is none is refused, with what is wrong there") {
    const std::string start = cat(kProofStart, "index 2\n\n");
    CHECK(proof_refusal(start) ==
          "ValidationException: this is no signed note: no empty line stands between text and signatures");
    CHECK(proof_refusal(start + "\n" + write_note(proof_note(5))) ==
          "ValidationException: this is no checkpoint: its first line, the origin, is empty");
    CHECK(proof_refusal(start + write_note({"log\n5\n", {{"log", 1, Bytes(64, 1)}}})) ==
          "ValidationException: this is no checkpoint: its third line is no root hash: 32 bytes in base64");
  }
}
