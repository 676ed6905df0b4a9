#pragma once
// Merkle trees as RFC 6962 section 2.1 and RFC 9162 sections 2.1.3.1 and 2.1.4.1 define them, by recursion over all
// leaves: what the tests compare with. The leaf `i` of every tree here is that of the text of `i`.
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/merkle_proof.h"

namespace kms::formats {

class DefinedTree {
 public:
  // Of the leaves from `begin` to before `end`: MTH(D[begin:end]).
  const MerkleHash& root(std::uint64_t begin, std::uint64_t end) {
    const auto found = known_.find({begin, end});
    if (found != known_.end()) return found->second;
    return known_[{begin, end}] = computed_root(begin, end);
  }

  // PATH(m, D_n) for the leaves from `begin` on.
  MerkleProof path(std::uint64_t m, std::uint64_t begin, std::uint64_t end) {
    if (end - begin == 1) return {};
    const std::uint64_t k = std::bit_floor(end - begin - 1);
    MerkleProof proof = m < k ? path(m, begin, begin + k) : path(m - k, begin + k, end);
    proof.push_back(m < k ? root(begin + k, end) : root(begin, begin + k));
    return proof;
  }

  // SUBPROOF(m, D_n, b)
  MerkleProof subproof(std::uint64_t m, std::uint64_t begin, std::uint64_t end, bool b) {
    if (m == end - begin) return b ? MerkleProof() : MerkleProof{root(begin, end)};
    const std::uint64_t k = std::bit_floor(end - begin - 1);
    MerkleProof proof = m <= k ? subproof(m, begin, begin + k, b) : subproof(m - k, begin + k, end, false);
    proof.push_back(m <= k ? root(begin + k, end) : root(begin, begin + k));
    return proof;
  }

  MerkleHash at(const MerklePosition& position) {
    return root(position.index << position.level, (position.index + 1) << position.level);
  }
  static MerkleHash leaf(std::uint64_t index) { return merkle_leaf(as_bytes(std::to_string(index))); }

  Inclusion inclusion(std::uint64_t index, std::uint64_t size) { return {index, size, leaf(index), root(0, size)}; }
  Consistency consistency(std::uint64_t old_size, std::uint64_t new_size) {
    return {old_size, new_size, root(0, old_size), root(0, new_size)};
  }

 private:
  MerkleHash computed_root(std::uint64_t begin, std::uint64_t end) {
    if (begin == end) return merkle_root_of_nothing();
    if (end - begin == 1) return leaf(begin);
    const std::uint64_t k = std::bit_floor(end - begin - 1);
    return merkle_node(root(begin, begin + k), root(begin + k, end));
  }

  std::map<std::pair<std::uint64_t, std::uint64_t>, MerkleHash> known_;
};

// On which side the siblings are on the way from the leaf to the root. Nothing where there is no such leaf.
inline std::optional<std::string> way_up(std::uint64_t index, std::uint64_t size) {
  if (index >= size) return std::nullopt;
  if (size == 1) return std::string();
  const std::uint64_t k = std::bit_floor(size - 1);
  return index < k ? *way_up(index, k) + "right " : *way_up(index - k, size - k) + "left ";
}

// The same from the node that both trees have; the way begins with whether that is the old tree as a whole.
inline std::string way_up_from_common(std::uint64_t old_size, std::uint64_t new_size, bool whole = true) {
  if (old_size == new_size) return whole ? "old root: " : "node: ";
  const std::uint64_t k = std::bit_floor(new_size - 1);
  if (old_size <= k) return way_up_from_common(old_size, k, whole) + "right ";
  return way_up_from_common(old_size - k, new_size - k, false) + "left ";
}

}  // namespace kms::formats
