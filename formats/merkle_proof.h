#pragma once
// Proofs that a log has an entry, and that a tree is the beginning of a later one (RFC 9162 sections 2.1.3 and 2.1.4).
//
// A proof speaks of roots. A root does not say how many leaves its tree has, so neither does a proof: one that holds at
// some sizes can hold at others, where the way to the root is alike. Take a size only from who vouches for it together
// with its root, as a signed checkpoint does.
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "formats/merkle_tree.h"

namespace kms::formats {

using MerkleProof = std::vector<MerkleHash>;  // from the leaf's side to the root's
using MerkleProofView = std::span<const MerkleHash>;

// What was to be proven, as whoever verifies knows it. Nothing of it is trusted, nor is the proof.
struct Inclusion {
  std::uint64_t index = 0;  // of the entry, from 0 on
  std::uint64_t size = 0;   // of the tree
  MerkleHash leaf{};
  MerkleHash root{};
};

struct Consistency {
  std::uint64_t old_size = 0;
  std::uint64_t new_size = 0;
  MerkleHash old_root{};
  MerkleHash new_root{};
};

// Section 2.1.3.2. Takes a hash for each of the proof's, of which there are at most 64.
[[nodiscard]] bool verify_inclusion(const Inclusion& claim, MerkleProofView proof);
// Section 2.1.4.2, which leaves the ends to us: trees of one size are consistent when their roots are equal, and every
// tree is with that of nothing, both by an empty proof only. The root of size 0 has to be that of nothing.
[[nodiscard]] bool verify_consistency(const Consistency& claim, MerkleProofView proof);

// Answers the hash of a perfect subtree. It is asked for none that reaches beyond the tree in question, and for none
// twice: for the inclusion of a leaf at most once for each binary digit of the size, and once more for each digit 1.
using MerkleReader = std::function<MerkleHash(const MerklePosition&)>;

// Sections 2.1.3.1 and 2.1.4.1. ValidationException unless index < size, or old_size <= new_size; and what `read`
// throws. That the hashes belong together is not checked.
MerkleProof make_inclusion_proof(std::uint64_t index, std::uint64_t size, const MerkleReader& read);
MerkleProof make_consistency_proof(std::uint64_t old_size, std::uint64_t new_size, const MerkleReader& read);
// The root that the tree had when it was of this size.
MerkleHash read_merkle_root(std::uint64_t size, const MerkleReader& read);

}  // namespace kms::formats
