// Checkpoints and proofs of the trail, as somebody verifies them who has the vault's public key and nothing else.
#include "core/ops/vault/audit_checkpoints.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "formats/checkpoint.h"
#include "formats/merkle_proof.h"
#include "formats/tlog_proof.h"
#include "tests/support/world.h"
#include "tests/unit/core/ops/vault/log_answers.h"

using namespace kms;
using kms::testing::hash_of_blob;
using kms::testing::hashes_of_blobs;
using kms::testing::holds;
using kms::testing::refusal_text;
using kms::testing::World;

namespace {

formats::NoteKey vkey_of(World& world) {
  return formats::parse_verifier_key(
      world.call("GetAuditVerifierKey", Json::object()).at("VerifierKey").get<std::string>());
}

formats::Checkpoint opened_checkpoint(World& world, const std::string& note) {
  const formats::NoteKey key = vkey_of(world);
  return formats::open_checkpoint(formats::parse_note(note), std::span(&key, 1));
}

std::string text_of_event(World& world, std::int64_t number) {
  const Json answer = world.call("ListAuditEvents", {{"FirstNumber", number}, {"Limit", 1}, {"Stored", true}});
  return answer.at("Records").at(0).at("Text");
}

}  // namespace

TEST_SUITE("ops/audit_checkpoints") {
  TEST_CASE("a checkpoint verifies with the public key, is named as the log, and speaks of what was before it") {
    World world;
    for (int i = 0; i < 5; ++i) world.create_key();
    const std::size_t before = world.audited().size();
    const Json answer = world.call("GetAuditCheckpoint", Json::object());
    const formats::Checkpoint checkpoint = opened_checkpoint(world, answer.at("Checkpoint"));
    CHECK(checkpoint.origin == "kmsctl.local/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/111122223333/eu-central-1");
    CHECK(answer.at("Origin") == checkpoint.origin);
    CHECK(checkpoint.size == before);
    CHECK(answer.at("Size") == before);
    CHECK(hash_of_blob(answer.at("RootHash")) == checkpoint.root);
    CHECK(answer.at("VerifierKey") == formats::verifier_key_text(vkey_of(world)));
    CHECK(world.audited().back().at("eventName") == "GetAuditVerifierKey");
  }

  TEST_CASE("the trail grows, and a checkpoint proves that it is the continuation of an earlier one") {
    World world;
    world.create_key();
    const Json first = world.call("GetAuditCheckpoint", Json::object());
    for (int i = 0; i < 9; ++i) world.create_key();
    const Json second = world.call("GetAuditCheckpoint", {{"OldSize", first.at("Size")}});
    const formats::Consistency grown{first.at("Size"), second.at("Size"), hash_of_blob(first.at("RootHash")),
                                     hash_of_blob(second.at("RootHash"))};
    CHECK(formats::verify_consistency(grown, hashes_of_blobs(second.at("ConsistencyProof"))));
    CHECK_FALSE(first.contains("ConsistencyProof"));
    CHECK(holds(refusal_text(world, "GetAuditCheckpoint", {{"OldSize", 100000}}), "no tree of 100000"));
  }

  TEST_CASE("each event has a proof that its text and the checkpoint's root agree with, and no other text") {
    World world;
    for (int i = 0; i < 6; ++i) world.create_key();
    for (std::int64_t number = 0; number < 6; ++number) {
      const Json answer = world.call("GetAuditProof", {{"Number", number}});
      const formats::TlogProof proof = formats::parse_tlog_proof(answer.at("Proof").get<std::string>());
      const formats::Checkpoint checkpoint = opened_checkpoint(world, formats::write_note(proof.checkpoint));
      CHECK(proof.index == static_cast<std::uint64_t>(number));
      formats::Inclusion claim{proof.index, checkpoint.size,
                               formats::merkle_leaf(as_bytes(text_of_event(world, number))), checkpoint.root};
      CHECK(formats::verify_inclusion(claim, proof.path));
      claim.leaf = formats::merkle_leaf(as_bytes(text_of_event(world, number + 1)));
      CHECK_FALSE(formats::verify_inclusion(claim, proof.path));
    }
    CHECK(holds(refusal_text(world, "GetAuditProof", {{"Number", 5000}}), "none of number 5000"));
    CHECK(
        holds(refusal_text(world, "GetAuditProof", {{"Number", 0}, {"Witnessed", true}}), "came back from a witness"));
  }

  TEST_CASE("what stands around a part of the trail leads to the root together with its events") {
    World world;
    for (int i = 0; i < 40; ++i) world.create_key();
    const Json checkpoint = world.call("GetAuditCheckpoint", Json::object());
    const auto size = checkpoint.at("Size").get<std::int64_t>();
    for (const auto& [begin, end] : {std::pair<std::int64_t, std::int64_t>{0, size}, {7, 30}, {16, 17}, {5, 5}}) {
      const Json range = world.call("GetAuditRange", {{"Start", begin}, {"End", end}, {"Size", size}});
      // Rebuilt by what each hash stands for: the sizes follow from where the part begins and ends.
      std::vector<formats::MerkleHash> leaves;
      for (std::int64_t i = 0; i < size; ++i) leaves.push_back(formats::merkle_leaf(as_bytes(text_of_event(world, i))));
      const auto root_of = [&](std::int64_t from, std::int64_t to) {
        formats::MerkleFrontier tree;
        for (std::int64_t i = from; i < to; ++i) tree.append(leaves[static_cast<std::size_t>(i)]);
        return tree.root();
      };
      const auto check_hashes = [&](const Json& hashes, std::int64_t from, std::int64_t to) {
        for (const Json& blob : hashes) {
          std::int64_t width = 1;
          while (from % (2 * width) == 0 && from + 2 * width <= to) width *= 2;
          CHECK(hash_of_blob(blob) == root_of(from, from + width));
          from += width;
        }
        CHECK(from == to);
      };
      check_hashes(range.at("Before"), 0, begin);
      check_hashes(range.at("After"), end, size);
    }
    CHECK_FALSE(refusal_text(world, "GetAuditRange", {{"Start", 5}, {"End", 4}, {"Size", 9}}).empty());
    CHECK_FALSE(refusal_text(world, "GetAuditRange", {{"Start", 0}, {"End", 4}, {"Size", 90000}}).empty());
  }

  TEST_CASE("each Region's trail has its own name, and who may not is told so and recorded") {
    World world;
    world.call("AddRegion", {{"Region", "us-east-1"}});
    const Json here = world.call("GetAuditCheckpoint", Json::object());
    world.caller.home.region = "us-east-1";
    const Json there = world.call("GetAuditCheckpoint", Json::object());
    CHECK(here.at("Origin") != there.at("Origin"));
    CHECK(there.at("Size") == 0);
    CHECK(hash_of_blob(there.at("RootHash")) == formats::merkle_root_of_nothing());
    world.authorizer.denied = {"kmsctl:GetAuditCheckpoint"};
    CHECK_FALSE(refusal_text(world, "GetAuditCheckpoint", Json::object()).empty());
  }

  TEST_CASE("the key is as secret as the others that a vault owns: no list has it") {
    World world;
    CHECK(world.call("ListKeys", Json::object()).at("Keys").empty());
    CHECK(vkey_of(world).public_key !=
          formats::parse_verifier_key(
              world.call("GetAuditVerifierKey", {{"Witness", true}}).at("VerifierKey").get<std::string>())
              .public_key);
  }
}
