#include "formats/cosignature.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "formats/checkpoint.h"
#include "tests/unit/formats/log_texts.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::log_refusal;
using kms::testing::LogSigner;

namespace {

constexpr std::uint64_t kCosignedAt = 1679315147;

const LogSigner& witness() {
  static const LogSigner signer("example.com/witness", NoteKeyType::kCosignature, 50);
  return signer;
}

SignedNote cosigned(const std::vector<const LogSigner*>& witnesses, std::uint64_t time = kCosignedAt) {
  SignedNote note{checkpoint_text({"log", 5, {}, {"extension"}}), {}};
  for (const LogSigner* one : witnesses) {
    note.signatures.push_back(cosign(note.text, time, one->key, one->signer()));
  }
  return note;
}

std::string cosignature_refusal(const SignedNote& note, const std::vector<NoteKey>& known) {
  return log_refusal([&] { return verify_cosignatures(note, known); });
}

constexpr auto kNotValid = "KMSInvalidSignatureException: the cosignature by example.com/witness is not valid";

}  // namespace

TEST_SUITE("formats/cosignature") {
  TEST_CASE("a witness signs two lines and the whole text of the checkpoint, and the time stands in front") {
    std::string message;
    const NoteSignature line = cosign("log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension\n", kCosignedAt,
                                      witness().key, [&](ByteView asked) {
                                        message = std::string(as_text(asked));
                                        return Bytes(64, 0xee);
                                      });
    CHECK(message ==
          "cosignature/v1\ntime 1679315147\nlog\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension\n");
    CHECK(encode_hex(line.signature) == "00000000641850cb" + encode_hex(Bytes(64, 0xee)));
    CHECK(line.name == "example.com/witness");
    CHECK(line.key_id == note_key_id(witness().key));
  }

  TEST_CASE("cosignatures come back with their witnesses and times") {
    const LogSigner second("example.com/second", NoteKeyType::kCosignature, 90);
    const SignedNote note = parse_note(write_note(cosigned({&witness(), &second})));
    const std::vector<Cosignature> both{{second.key, kCosignedAt}, {witness().key, kCosignedAt}};
    CHECK(verify_cosignatures(note, std::vector{second.key, witness().key}) == both);
    CHECK(verify_cosignatures(note, std::vector{witness().key}) == std::vector{both[1]});
    CHECK(verify_cosignatures(note, {}).empty());
  }

  TEST_CASE("of several cosignatures of a witness the newest counts") {
    SignedNote note = cosigned({&witness()}, 7);
    note.signatures.push_back(cosigned({&witness()}, 9).signatures.front());
    note.signatures.push_back(cosigned({&witness()}, 8).signatures.front());
    CHECK(verify_cosignatures(note, std::vector{witness().key}) == std::vector<Cosignature>{{witness().key, 9}});
  }

  TEST_CASE("a cosignature with any bit changed, or of another checkpoint, is not valid") {
    const SignedNote note = cosigned({&witness()});
    const std::size_t size = note.signatures.front().signature.size();
    CHECK(size == 72);
    for (std::size_t at = 0; at < size; ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        CAPTURE(at);
        SignedNote changed = note;
        changed.signatures.front().signature[at] ^= static_cast<std::uint8_t>(1U << bit);
        CHECK(cosignature_refusal(changed, {witness().key}) == kNotValid);
      }
    }
    for (const char* text : {"log\n6\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nextension\n",
                             "log\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"}) {
      SignedNote changed = note;
      changed.text = text;
      CHECK(cosignature_refusal(changed, {witness().key}) == kNotValid);
    }
  }

  TEST_CASE("a cosignature of another length is not valid") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{8}, std::size_t{64}, std::size_t{71}, std::size_t{73}}) {
      CAPTURE(size);
      SignedNote note = cosigned({&witness()});
      note.signatures.front().signature.resize(size);
      CHECK(cosignature_refusal(note, {witness().key}) == kNotValid);
    }
  }

  TEST_CASE("neither type of signature is taken for the other, even where one key makes both") {
    const LogSigner log("example.com/witness", NoteKeyType::kEd25519, 50);
    SignedNote note = cosigned({&witness()});
    CHECK(log_refusal([&] {
            return verify_note(note, std::vector{log.key, witness().key});
          }) == "KMSInvalidSignatureException: none of the known keys has signed the note");
    note.signatures.push_back(sign_note(note.text, log.key, log.signer()));
    CHECK(verify_note(note, std::vector{log.key, witness().key}) == std::vector{log.key});
    CHECK(verify_cosignatures(note, std::vector{log.key, witness().key}).size() == 1);
    note.signatures.erase(note.signatures.begin());
    CHECK(verify_cosignatures(note, std::vector{log.key, witness().key}).empty());
  }

  TEST_CASE("times up to 2^63 - 1 are signed and read, later ones are not") {
    constexpr std::uint64_t kLast = 9223372036854775807U;
    CHECK(verify_cosignatures(cosigned({&witness()}, kLast), std::vector{witness().key}) ==
          std::vector<Cosignature>{{witness().key, kLast}});
    CHECK(log_refusal([&] { return cosigned({&witness()}, kLast + 1); }) ==
          "ValidationException: the time of a cosignature is below 2^63");
    // Signed rightly, as another program may do.
    SignedNote note = cosigned({&witness()});
    Bytes& signature = note.signatures.front().signature;
    signature.clear();
    ByteWriter(signature).u64(kLast + 1).bytes(
        witness().signer()(as_bytes(cat("cosignature/v1\ntime 9223372036854775808\n", note.text))));
    CHECK(cosignature_refusal(note, {witness().key}) == kNotValid);
  }

  TEST_CASE("only checkpoints are cosigned") {
    CHECK(log_refusal([] {
            return cosign("log\n5\n", kCosignedAt, witness().key, witness().signer());
          }).starts_with("ValidationException: this is no checkpoint: "));
    CHECK(cosignature_refusal({"text\n", {{"a", 1, Bytes(64, 1)}}}, {witness().key})
              .starts_with("ValidationException: this is no checkpoint: "));
  }
}
