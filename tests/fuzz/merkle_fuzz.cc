// Frontiers as stored, and proofs beside numbers and hashes that anybody made up. The first byte says which. A proof is
// taken where a second verification says so, which counts and folds hashes instead of walking up (as
// transparency-dev/merkle does), and the root that this finds is the only one that is accepted.
#include <algorithm>
#include <bit>
#include <cstdlib>

#include "core/base/error.h"
#include "formats/merkle_proof.h"
#include "tests/fuzz/start.h"

namespace {

using namespace kms;
using namespace kms::formats;

void require(bool condition) {
  if (!condition) std::abort();
}

void try_frontier(ByteView stored) {
  std::optional<MerkleFrontier> frontier = MerkleFrontier::parse(stored);
  if (!frontier) return;
  require(frontier->serialise() == to_bytes(stored));
  (void)frontier->root();
  const MerkleFrontier before = *frontier;
  std::vector<MerkleSubtree> completed;
  try {
    frontier->append(MerkleHash{}, completed);
    require(frontier->size() == before.size() + 1 && MerkleFrontier::parse(frontier->serialise()) == frontier);
    require(frontier->subtree(completed.back().position) == completed.back().hash);
  } catch (const Error& error) {
    require(error.code() == ErrorCode::kLimitExceeded && *frontier == before);
  }
}

// How many siblings on the way up stand inside of the tree, and how many follow on its right edge, all to the left.
struct Siblings {
  std::size_t inside = 0;
  std::size_t edge = 0;
};

Siblings siblings_of(std::uint64_t index, std::uint64_t size) {
  const auto inside = static_cast<std::size_t>(std::bit_width(index ^ (size - 1)));
  return {inside, inside == 64 ? 0 : static_cast<std::size_t>(std::popcount(index >> inside))};
}

MerkleHash fold_left(MerkleHash hash, MerkleProofView siblings) {
  for (const MerkleHash& sibling : siblings) hash = merkle_node(sibling, hash);
  return hash;
}

MerkleHash fold_inside(MerkleHash hash, MerkleProofView siblings, std::uint64_t index) {
  for (const MerkleHash& sibling : siblings) {
    hash = index % 2 == 0 ? merkle_node(hash, sibling) : merkle_node(sibling, hash);
    index >>= 1U;
  }
  return hash;
}

MerkleHash fold_inside_left(MerkleHash hash, MerkleProofView siblings, std::uint64_t index) {
  for (const MerkleHash& sibling : siblings) {
    if (index % 2 == 1) hash = merkle_node(sibling, hash);
    index >>= 1U;
  }
  return hash;
}

MerkleHash changed(MerkleHash hash) {
  hash.back() ^= 1U;
  return hash;
}

void try_inclusion(Inclusion claim, MerkleProofView proof) {
  if (claim.index >= claim.size) return require(!verify_inclusion(claim, proof));
  const Siblings siblings = siblings_of(claim.index, claim.size);
  if (proof.size() != siblings.inside + siblings.edge) return require(!verify_inclusion(claim, proof));
  const MerkleHash inside = fold_inside(claim.leaf, proof.first(siblings.inside), claim.index);
  const MerkleHash root = fold_left(inside, proof.subspan(siblings.inside));
  require(verify_inclusion(claim, proof) == (claim.root == root));
  claim.root = root;
  require(verify_inclusion(claim, proof));
  claim.root = changed(root);
  require(!verify_inclusion(claim, proof));
}

// Where the old tree is neither nothing nor the whole new one.
void try_growth(Consistency claim, MerkleProofView proof) {
  const bool whole = std::has_single_bit(claim.old_size);
  const auto level = static_cast<std::size_t>(std::countr_zero(claim.old_size));
  Siblings siblings = siblings_of(claim.old_size - 1, claim.new_size);
  siblings.inside -= level;
  if (proof.size() != (whole ? 0 : 1) + siblings.inside + siblings.edge) {
    return require(!verify_consistency(claim, proof));
  }
  const MerkleHash start = whole ? claim.old_root : proof.front();
  const MerkleProofView rest = proof.subspan(whole ? 0 : 1);
  const std::uint64_t index = (claim.old_size - 1) >> level;
  const MerkleProofView edge = rest.subspan(siblings.inside);
  const MerkleHash old_root = fold_left(fold_inside_left(start, rest.first(siblings.inside), index), edge);
  const MerkleHash new_root = fold_left(fold_inside(start, rest.first(siblings.inside), index), edge);
  require(verify_consistency(claim, proof) == (claim.old_root == old_root && claim.new_root == new_root));
  claim.old_root = old_root;
  claim.new_root = new_root;
  require(verify_consistency(claim, proof));
  claim.new_root = changed(new_root);
  require(!verify_consistency(claim, proof));
  claim.new_root = new_root;
  claim.old_root = changed(old_root);
  require(!verify_consistency(claim, proof));
}

void try_consistency(const Consistency& claim, MerkleProofView proof) {
  const bool verified = verify_consistency(claim, proof);
  if (claim.old_size > claim.new_size) return require(!verified);
  if (claim.old_size != 0 && claim.old_size < claim.new_size) return try_growth(claim, proof);
  if (!verified) return;
  require(proof.empty());
  require(claim.old_size != 0 || claim.old_root == merkle_root_of_nothing());
  require(claim.old_size != claim.new_size || claim.old_root == claim.new_root);
}

// Two numbers, two hashes and a proof. What is left over after the last whole hash is not looked at.
void try_proof(ByteReader input, bool inclusion) {
  const std::uint64_t first = input.u64();
  const std::uint64_t second = input.u64();
  const auto hash = [&] { return to_merkle_hash(input.take(kMerkleHashSize)).value(); };
  const MerkleHash third = hash();
  const MerkleHash fourth = hash();
  MerkleProof proof;
  while (input.rest().size() >= kMerkleHashSize) proof.push_back(hash());
  if (inclusion) {
    try_inclusion({first, second, third, fourth}, proof);
  } else {
    try_consistency({first, second, third, fourth}, proof);
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView input = ByteView(data, size).subspan(1);
  if (data[0] % 3 == 0) {
    try_frontier(input);
    return 0;
  }
  try {
    try_proof(ByteReader(input, ErrorCode::kSerialization, "too short"), data[0] % 3 == 1);
  } catch (const Error& error) {
    require(error.code() == ErrorCode::kSerialization);
  }
  return 0;
}
