#pragma once
// The root of a Merkle tree (RFC 6962 section 2.1) from perfect subtrees in their order: for who has some of the
// entries of a log, and of those before and behind them no more than a few hashes.
#include <cstdint>
#include <vector>

#include "formats/merkle_tree.h"

namespace kms::formats {

// The perfect subtrees that the entries from `begin` to before `end` make up, each as large as it can be, in the order
// of their entries: at most 63 up and 63 down. For 0 these are the subtrees of a frontier. None when begin >= end.
std::vector<MerklePosition> merkle_cover(std::uint64_t begin, std::uint64_t end);

// Of 2^64 - 1 leaves at most; takes memory for one hash a binary digit of the size. A value.
class MerkleRun {
 public:
  // Another subtree of 2^level leaves, level below 64. ValidationException unless size() is a multiple of 2^level, and
  // where there would be too many leaves; then nothing has changed.
  void append(unsigned level, const MerkleHash& hash);

  std::uint64_t size() const { return size_; }
  MerkleHash root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<MerkleSubtree> subtrees_;  // one for each digit 1 of the size, the largest first
};

}  // namespace kms::formats
