// Proofs of transparency-dev/merkle: tests/vectors/merkle.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "formats/merkle_proof.h"

using namespace kms;
using namespace kms::formats;

namespace {

struct MerkleCounts {
  std::size_t cases = 0;
  std::size_t refused = 0;
};

MerkleCounts for_each_proof(const char* file, const std::function<bool(const Json&)>& verifies) {
  std::ifstream in(std::filesystem::path(KMSCTL_TEST_VECTORS) / "merkle" / file);
  MerkleCounts counts;
  for (std::string line; std::getline(in, line);) {
    const Json proof = Json::parse(line);
    const auto id = proof.at("id").get<std::string>();
    CAPTURE(id);
    const bool verified = verifies(proof);
    ++counts.cases;
    counts.refused += verified ? 0 : 1;
    CHECK(verified == !proof.at("wantErr").get<bool>());
  }
  return counts;
}

std::optional<MerkleHash> given_hash(const Json& text) {
  return to_merkle_hash(decode_base64(text.get<std::string>()).value());
}

// Where upstream only compares roots, both are a few words. Hashes of these take their place: ours have a length.
std::optional<Consistency> given_claim(const Json& given) {
  auto old_root = given_hash(given.at("root1"));
  auto new_root = given_hash(given.at("root2"));
  if (!old_root && !new_root) {
    old_root = merkle_leaf(as_bytes(given.at("root1").get<std::string>()));
    new_root = merkle_leaf(as_bytes(given.at("root2").get<std::string>()));
  }
  if (!old_root || !new_root) return std::nullopt;
  return Consistency{given.at("size1"), given.at("size2"), *old_root, *new_root};
}

// Nothing where a hash has another length, as for whoever reads a proof.
std::optional<MerkleProof> given_proof(const Json& texts) {
  MerkleProof proof;
  for (const Json& text : texts) {
    const auto hash = given_hash(text);
    if (!hash) return std::nullopt;
    proof.push_back(*hash);
  }
  return proof;
}

}  // namespace

TEST_SUITE("formats/merkle_proof") {
  TEST_CASE("all inclusion proofs of other people come out as they say") {
    const MerkleCounts counts = for_each_proof("inclusion.jsonl", [](const Json& given) {
      const auto leaf = given_hash(given.at("leafHash"));
      const auto root = given_hash(given.at("root"));
      const auto proof = given_proof(given.at("proof"));
      return leaf && root && proof &&
             verify_inclusion({given.at("leafIdx"), given.at("treeSize"), *leaf, *root}, *proof);
    });
    CHECK(counts.cases == 98);
    CHECK(counts.refused == 92);
  }

  // Upstream calls a proof from nothing useless, and refuses it; we do not, for a witness that sees a log for the first
  // time. The one case that shows it, size1-is-zero-and-size2-is-not-zero, is refused here because its new root is no
  // hash.
  TEST_CASE("all consistency proofs of other people come out as they say") {
    const MerkleCounts counts = for_each_proof("consistency.jsonl", [](const Json& given) {
      const auto claim = given_claim(given);
      const auto proof = given_proof(given.at("proof"));
      return claim && proof && verify_consistency(*claim, *proof);
    });
    CHECK(counts.cases == 98);
    CHECK(counts.refused == 92);
  }
}
