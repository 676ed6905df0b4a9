// What is changed about a valid proof, or about what it proves.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "formats/merkle_proof.h"
#include "tests/unit/formats/merkle_definition.h"

using namespace kms;
using namespace kms::formats;

namespace {

constexpr std::uint64_t kMutatedTrees = 11;

// Every change of one bit of each hash, and what is missing, surplus or in another order.
void for_each_changed_proof(const MerkleProof& proof, const std::function<void(const MerkleProof&)>& try_proof) {
  for (std::size_t at = 0; at < proof.size(); ++at) {
    for (std::size_t bit = 0; bit < 8 * kMerkleHashSize; ++bit) {
      MerkleProof changed = proof;
      changed[at][bit / 8] = static_cast<std::uint8_t>(changed[at][bit / 8] ^ 1U << bit % 8);
      try_proof(changed);
    }
    MerkleProof shorter = proof;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(at));
    try_proof(shorter);
    if (at == 0) continue;
    MerkleProof swapped = proof;
    std::swap(swapped[at - 1], swapped[at]);
    try_proof(swapped);
  }
  for (std::size_t at = 0; at <= proof.size(); ++at) {
    for (const MerkleHash& surplus : {MerkleHash{}, DefinedTree::leaf(0), proof.empty() ? MerkleHash{} : proof[0]}) {
      MerkleProof longer = proof;
      longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(at), surplus);
      try_proof(longer);
    }
  }
}

void for_each_changed_hash(MerkleHash& hash, const std::function<void()>& try_claim) {
  for (std::size_t bit = 0; bit < 8 * kMerkleHashSize; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    hash[bit / 8] ^= mask;
    try_claim();
    hash[bit / 8] ^= mask;
  }
}

// All numbers about a tree that small, and each change of one bit.
std::vector<std::uint64_t> other_numbers(std::uint64_t number) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t other = 0; other <= 2 * kMutatedTrees; ++other) numbers.push_back(other);
  for (unsigned bit = 0; bit < 64; ++bit) numbers.push_back(number ^ std::uint64_t{1} << bit);
  return numbers;
}

}  // namespace

TEST_SUITE("formats/merkle_proof") {
  TEST_CASE("no proof of inclusion that was changed holds, nor one of another leaf or root") {
    DefinedTree tree;
    for (std::uint64_t size = 1; size <= kMutatedTrees; ++size) {
      for (std::uint64_t index = 0; index < size; ++index) {
        CAPTURE(size);
        CAPTURE(index);
        Inclusion claim = tree.inclusion(index, size);
        const MerkleProof proof = tree.path(index, 0, size);
        std::size_t held = 0;
        for_each_changed_proof(proof,
                               [&](const MerkleProof& changed) { held += verify_inclusion(claim, changed) ? 1 : 0; });
        for_each_changed_hash(claim.leaf, [&] { held += verify_inclusion(claim, proof) ? 1 : 0; });
        for_each_changed_hash(claim.root, [&] { held += verify_inclusion(claim, proof) ? 1 : 0; });
        CHECK(held == 0);
        CHECK(verify_inclusion(claim, proof));
      }
    }
  }

  TEST_CASE("no proof of consistency that was changed holds, nor one of another root") {
    DefinedTree tree;
    for (std::uint64_t size = 2; size <= kMutatedTrees; ++size) {
      for (std::uint64_t old_size = 1; old_size < size; ++old_size) {
        CAPTURE(size);
        CAPTURE(old_size);
        Consistency claim = tree.consistency(old_size, size);
        const MerkleProof proof = tree.subproof(old_size, 0, size, true);
        std::size_t held = 0;
        for_each_changed_proof(proof,
                               [&](const MerkleProof& changed) { held += verify_consistency(claim, changed) ? 1 : 0; });
        for_each_changed_hash(claim.old_root, [&] { held += verify_consistency(claim, proof) ? 1 : 0; });
        for_each_changed_hash(claim.new_root, [&] { held += verify_consistency(claim, proof) ? 1 : 0; });
        CHECK(held == 0);
        CHECK(verify_consistency(claim, proof));
        std::swap(claim.old_root, claim.new_root);
        CHECK_FALSE(verify_consistency(claim, proof));
      }
    }
  }

  TEST_CASE("an inclusion proof holds for no other index") {
    DefinedTree tree;
    for (std::uint64_t size = 1; size <= kMutatedTrees; ++size) {
      for (std::uint64_t index = 0; index < size; ++index) {
        CAPTURE(size);
        CAPTURE(index);
        Inclusion claim = tree.inclusion(index, size);
        const MerkleProof proof = tree.path(index, 0, size);
        for (const std::uint64_t other : other_numbers(index)) {
          claim.index = other;
          CHECK(verify_inclusion(claim, proof) == (other == index));
        }
      }
    }
  }

  TEST_CASE("an inclusion proof holds for another size only where the way up is the same") {
    DefinedTree tree;
    for (std::uint64_t size = 1; size <= kMutatedTrees; ++size) {
      for (std::uint64_t index = 0; index < size; ++index) {
        CAPTURE(size);
        CAPTURE(index);
        Inclusion claim = tree.inclusion(index, size);
        const MerkleProof proof = tree.path(index, 0, size);
        const auto way = way_up(index, size);
        std::string wrong;
        for (claim.index = 0; claim.index <= kMutatedTrees; ++claim.index) {
          for (const std::uint64_t other : other_numbers(size)) {
            claim.size = other;
            if (verify_inclusion(claim, proof) == (way_up(claim.index, other) == way)) continue;
            wrong += cat(std::to_string(claim.index), " of ", std::to_string(other), "; ");
          }
        }
        CHECK(wrong == "");
      }
    }
  }

  TEST_CASE("a consistency proof holds for other sizes only where the way up is the same") {
    DefinedTree tree;
    for (std::uint64_t size = 2; size <= kMutatedTrees; ++size) {
      for (std::uint64_t old_size = 1; old_size < size; ++old_size) {
        CAPTURE(size);
        CAPTURE(old_size);
        Consistency claim = tree.consistency(old_size, size);
        const MerkleProof proof = tree.subproof(old_size, 0, size, true);
        std::string wrong;
        for (claim.old_size = 0; claim.old_size <= 2 * kMutatedTrees; ++claim.old_size) {
          for (const std::uint64_t other_size : other_numbers(size)) {
            claim.new_size = other_size;
            const bool ordered = claim.old_size != 0 && claim.old_size < other_size;
            const bool same =
                ordered && way_up_from_common(claim.old_size, other_size) == way_up_from_common(old_size, size);
            if (verify_consistency(claim, proof) != same) {
              wrong += cat(std::to_string(claim.old_size), " to ", std::to_string(other_size), "; ");
            }
          }
        }
        CHECK(wrong == "");
      }
    }
  }
}
