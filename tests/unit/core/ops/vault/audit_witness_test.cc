// Two vaults that witness each other's trails.
#include "core/ops/vault/audit_witness.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"
#include "formats/witness_request.h"
#include "tests/support/world.h"
#include "tests/unit/core/ops/vault/log_answers.h"

using namespace kms;
using kms::testing::hashes_of_blobs;
using kms::testing::holds;
using kms::testing::refusal_text;
using kms::testing::World;

namespace {

std::string vkey_text(World& world, bool witness = false) {
  return world.call("GetAuditVerifierKey", {{"Witness", witness}}).at("VerifierKey");
}

std::string new_checkpoint(World& world) {
  return world.call("GetAuditCheckpoint", Json::object()).at("Checkpoint");
}

// As `audit checkpoint --since-checkpoint` prints it.
std::string request_since(World& world, std::int64_t old_size) {
  const Json answer = world.call("GetAuditCheckpoint", {{"OldSize", old_size}});
  const formats::WitnessRequest request{static_cast<std::uint64_t>(old_size),
                                        hashes_of_blobs(answer.at("ConsistencyProof")),
                                        formats::parse_note(answer.at("Checkpoint").get<std::string>())};
  return formats::witness_request_text(request);
}

struct WitnessedLog {
  WitnessedLog() {
    witness.care.vault_id = "a41d0f7c-92be-4c35-b8d1-6e5f4a3b2c1d";
    log.create_key();
  }
  Json cosign(const std::string& checkpoint) {
    return witness.call("CosignCheckpoint", {{"Checkpoint", checkpoint}, {"VerifierKey", vkey_text(log)}});
  }
  // Empty: it signs.
  std::string refusal(const std::string& checkpoint) {
    return refusal_text(witness, "CosignCheckpoint", {{"Checkpoint", checkpoint}, {"VerifierKey", vkey_text(log)}});
  }
  // Events of the log from `number` on are others, and the vault's own key signs what it says.
  void rewrite(std::size_t number) {
    auto& entries = log.store.records.logs.begin()->second;
    for (std::size_t i = number; i < entries.size(); ++i) entries[i] += " ";
  }
  World log;
  World witness;
};

}  // namespace

TEST_SUITE("ops/audit_witness") {
  TEST_CASE("a witness signs what it sees first, and what is proven to continue it") {
    WitnessedLog pair;
    const Json first = pair.cosign(new_checkpoint(pair.log));
    CHECK_FALSE(first.contains("OldSize"));
    pair.log.create_key();
    const Json second = pair.cosign(request_since(pair.log, first.at("Size")));
    CHECK(second.at("OldSize") == first.at("Size"));
    const auto note = formats::parse_note(second.at("Checkpoint").get<std::string>());
    const formats::NoteKey key = formats::parse_verifier_key(vkey_text(pair.witness, true));
    const auto lines = formats::verify_cosignatures(note, std::span(&key, 1));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].time == 1'700'000'000);
    // The same one again is signed again, with another time.
    pair.witness.clock.advance(std::chrono::hours(1));
    CHECK(pair.cosign(second.at("Checkpoint")).at("Size") == second.at("Size"));
  }

  TEST_CASE("a witness asks for the proof, from what it saw on, and says what to type") {
    WitnessedLog pair;
    const auto size = pair.cosign(new_checkpoint(pair.log)).at("Size").get<std::int64_t>();
    CHECK(holds(pair.refusal(new_checkpoint(pair.log)),
                cat("kmsctl audit checkpoint --since-checkpoint ", std::to_string(size))));
    CHECK(holds(pair.refusal(request_since(pair.log, size - 1)), "has to see proven"));
  }

  TEST_CASE("a log that was rewritten, cut off or replaced is not signed, whatever its own key says") {
    WitnessedLog pair;
    for (int i = 0; i < 6; ++i) pair.log.create_key();
    const std::string old = new_checkpoint(pair.log);
    const std::string seen = new_checkpoint(pair.log);
    const auto size = pair.cosign(seen).at("Size").get<std::int64_t>();
    CHECK(holds(pair.refusal(old), "cut off, put back"));
    pair.log.create_key();
    pair.rewrite(3);
    CHECK(holds(pair.refusal(request_since(pair.log, size)), "it was rewritten"));
    auto& entries = pair.log.store.records.logs.begin()->second;
    entries.resize(static_cast<std::size_t>(size));
    CHECK(holds(pair.refusal(new_checkpoint(pair.log)), "another log of"));
  }

  TEST_CASE("a checkpoint of another key or log, or changed by a bit, is not signed") {
    WitnessedLog pair;
    const std::string note = new_checkpoint(pair.log);
    CHECK_FALSE(
        refusal_text(pair.witness, "CosignCheckpoint", {{"Checkpoint", note}, {"VerifierKey", vkey_text(pair.witness)}})
            .empty());
    std::string changed = note;
    changed[note.find('\n') + 1] ^= 1;  // its size
    CHECK_FALSE(pair.refusal(changed).empty());
    CHECK(holds(pair.refusal("no note"), "this is no"));
    const auto sized = pair.cosign(note).at("Size");
    World again;  // another vault of the same id: made anew by somebody who has not the key
    again.create_key();
    CHECK(holds(refusal_text(pair.witness, "CosignCheckpoint",
                             {{"Checkpoint", request_since(again, sized)}, {"VerifierKey", vkey_text(again)}}),
                "knows the log by another key"));
  }

  TEST_CASE("what a witness has signed is kept, shown, and used for proofs") {
    WitnessedLog pair;
    const std::string note = new_checkpoint(pair.log);
    CHECK(holds(refusal_text(pair.log, "AddCosignatures", {{"Checkpoint", note}}), "nobody but this vault"));
    const std::string signed_note = pair.cosign(note).at("Checkpoint");
    CHECK(pair.log.call("AddCosignatures", {{"Checkpoint", signed_note}}).at("Cosignatures") == 1);
    CHECK(pair.log.call("AddCosignatures", {{"Checkpoint", signed_note}}).at("Cosignatures") == 1);
    CHECK(pair.log.call("GetAuditCheckpoint", {{"Witnessed", true}}).at("Checkpoint") == signed_note);
    const std::string proof = pair.log.call("GetAuditProof", {{"Number", 0}, {"Witnessed", true}}).at("Proof");
    CHECK(proof.ends_with(signed_note));
    CHECK(holds(refusal_text(pair.log, "GetAuditProof", {{"Number", 20}, {"Witnessed", true}}),
                "a witness has signed has"));
  }

  TEST_CASE("who gets a cosigned checkpoint back notices that the trail is another one by now") {
    WitnessedLog pair;
    for (int i = 0; i < 4; ++i) pair.log.create_key();
    const std::string signed_note = pair.cosign(new_checkpoint(pair.log)).at("Checkpoint");
    pair.rewrite(2);
    CHECK(holds(refusal_text(pair.log, "AddCosignatures", {{"Checkpoint", signed_note}}), "it was rewritten"));
  }
}
