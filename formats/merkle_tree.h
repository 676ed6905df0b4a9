#pragma once
// The Merkle tree of a log that only grows (RFC 6962 section 2.1, SHA-256), of which the log keeps the right edge
// alone.
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"

namespace kms::formats {

inline constexpr std::size_t kMerkleHashSize = 32;
using MerkleHash = std::array<std::uint8_t, kMerkleHashSize>;

MerkleHash merkle_leaf(ByteView entry);                                   // H(0x00 || entry)
MerkleHash merkle_node(const MerkleHash& left, const MerkleHash& right);  // H(0x01 || left || right)
MerkleHash merkle_root_of_nothing();                                      // H("")
std::optional<MerkleHash> to_merkle_hash(ByteView bytes);                 // nothing unless they are 32

// A perfect subtree: that of the 2^level leaves from index * 2^level on. Level 0 are the leaves. `index` is below
// 2^(64 - level), and `level` below 64.
struct MerklePosition {
  unsigned level = 0;
  std::uint64_t index = 0;
  auto operator<=>(const MerklePosition&) const = default;
};

struct MerkleSubtree {
  MerklePosition position;
  MerkleHash hash{};
  bool operator==(const MerkleSubtree&) const = default;
};

// The roots of the perfect subtrees of which a tree is made: one for each binary digit 1 of its size. That is all that
// is needed to append and to say the root: at most 24 hashes at ten million leaves.
// A value; copies are independent. Const members may be called from several threads.
class MerkleFrontier {
 public:
  MerkleFrontier() = default;  // of nothing

  // Stored as: 0x01 | u64 size, big-endian | the hashes, that of the largest subtree first. Nothing for all else:
  // another first byte, a hash too few or too many. Whether the hashes are right is not to be seen from them.
  static std::optional<MerkleFrontier> parse(ByteView bytes);
  Bytes serialise() const;

  std::uint64_t size() const { return size_; }
  MerkleHash root() const;
  // The hash of a subtree that the frontier has. Proofs in the newest tree need less of other sources by it.
  std::optional<MerkleHash> subtree(const MerklePosition& position) const;

  // Takes two hashes a leaf on average. Adds to `completed` the subtrees that became complete: the leaf, and then each
  // one that it is the last leaf of, from small to large. Whoever keeps them can make every proof.
  // LimitExceededException at 2^64 - 1 leaves, with nothing changed.
  void append(const MerkleHash& leaf, std::vector<MerkleSubtree>& completed);
  void append(const MerkleHash& leaf);

  bool operator==(const MerkleFrontier&) const = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<MerkleHash> subtrees_;  // as many as `size_` has digits 1, the largest first
};

}  // namespace kms::formats
