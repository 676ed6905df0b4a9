#include "formats/merkle_proof.h"

#include <algorithm>
#include <bit>
#include <string>

#include "core/base/text.h"

namespace kms::formats {
namespace {

// Where a verification stands: the number of the node among those of its level, and that of the level's last one. The
// names are those of RFC 9162.
struct Ascent {
  std::uint64_t fn = 0;
  std::uint64_t sn = 0;

  bool at_root() const { return sn == 0; }
  bool sibling_is_left() const { return fn % 2 == 1 || fn == sn; }
  void up() {
    fn >>= 1U;
    sn >>= 1U;
  }
  // A last node without a sibling is its own parent, for as many levels as that is so.
  void skip_missing_siblings() {
    while (fn % 2 == 0 && fn != 0) up();
  }
};

// Some leaves from a multiple of a power of two on that is not smaller than their number: one side of a node.
struct LeafRange {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;

  // RFC 6962 section 2.1: the left side has the largest power of two that is smaller than the number of leaves.
  LeafRange left() const { return {begin, std::bit_floor(size - 1)}; }
  LeafRange right() const { return {begin + left().size, size - left().size}; }
};

MerkleHash read_range(LeafRange range, const MerkleReader& read) {
  std::vector<MerkleHash> perfect;  // the largest first
  while (range.size != 0) {
    const std::uint64_t size = std::bit_floor(range.size);
    const auto level = static_cast<unsigned>(std::countr_zero(size));
    perfect.push_back(read({level, range.begin >> level}));
    range = {range.begin + size, range.size - size};
  }
  MerkleHash hash = perfect.back();
  for (auto left = perfect.rbegin() + 1; left != perfect.rend(); ++left) hash = merkle_node(*left, hash);
  return hash;
}

// Steps 3 to 7 of section 2.1.4.2, for a proof that begins with a node of both trees.
bool leads_to_both_roots(const Consistency& claim, const MerkleHash& start, MerkleProofView rest) {
  Ascent at{claim.old_size - 1, claim.new_size - 1};
  while (at.fn % 2 == 1) at.up();
  MerkleHash old_hash = start;
  MerkleHash new_hash = start;
  for (const MerkleHash& sibling : rest) {
    if (at.at_root()) return false;
    if (at.sibling_is_left()) {
      old_hash = merkle_node(sibling, old_hash);
      new_hash = merkle_node(sibling, new_hash);
      at.skip_missing_siblings();
    } else {
      new_hash = merkle_node(new_hash, sibling);
    }
    at.up();
  }
  return at.at_root() && old_hash == claim.old_root && new_hash == claim.new_root;
}

}  // namespace

bool verify_inclusion(const Inclusion& claim, MerkleProofView proof) {
  if (claim.index >= claim.size) return false;
  Ascent at{claim.index, claim.size - 1};
  MerkleHash hash = claim.leaf;
  for (const MerkleHash& sibling : proof) {
    if (at.at_root()) return false;
    if (at.sibling_is_left()) {
      hash = merkle_node(sibling, hash);
      at.skip_missing_siblings();
    } else {
      hash = merkle_node(hash, sibling);
    }
    at.up();
  }
  return at.at_root() && hash == claim.root;
}

bool verify_consistency(const Consistency& claim, MerkleProofView proof) {
  if (claim.old_size > claim.new_size) return false;
  if (claim.old_size == 0 && claim.old_root != merkle_root_of_nothing()) return false;
  if (claim.old_size == claim.new_size) return proof.empty() && claim.old_root == claim.new_root;
  if (claim.old_size == 0) return proof.empty();
  if (proof.empty()) return false;
  // An old tree that is one perfect subtree is a node of the new one, and its root is known.
  if (std::has_single_bit(claim.old_size)) return leads_to_both_roots(claim, claim.old_root, proof);
  return leads_to_both_roots(claim, proof.front(), proof.subspan(1));
}

MerkleProof make_inclusion_proof(std::uint64_t index, std::uint64_t size, const MerkleReader& read) {
  if (index >= size) {
    throw Error(ErrorCode::kValidation, cat("a log of ", std::to_string(size),
                                            " entries, counted from 0, has no entry ", std::to_string(index)));
  }
  MerkleProof proof;
  for (LeafRange tree{0, size}; tree.size > 1;) {
    const bool in_left = index < tree.right().begin;
    proof.push_back(read_range(in_left ? tree.right() : tree.left(), read));
    tree = in_left ? tree.left() : tree.right();
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

MerkleProof make_consistency_proof(std::uint64_t old_size, std::uint64_t new_size, const MerkleReader& read) {
  if (old_size > new_size) {
    throw Error(ErrorCode::kValidation, cat("a log of ", std::to_string(old_size),
                                            " entries is not the beginning of one of ", std::to_string(new_size)));
  }
  MerkleProof proof;
  if (old_size == 0 || old_size == new_size) return proof;
  LeafRange tree{0, new_size};
  while (tree.begin + tree.size != old_size) {
    const bool ends_in_left = old_size <= tree.right().begin;
    proof.push_back(read_range(ends_in_left ? tree.right() : tree.left(), read));
    tree = ends_in_left ? tree.left() : tree.right();
  }
  // What both trees have; at the very left it is the old tree as a whole, whose root is known.
  if (tree.begin != 0) proof.push_back(read_range(tree, read));
  std::reverse(proof.begin(), proof.end());
  return proof;
}

MerkleHash read_merkle_root(std::uint64_t size, const MerkleReader& read) {
  return size == 0 ? merkle_root_of_nothing() : read_range({0, size}, read);
}

}  // namespace kms::formats
