#include "formats/merkle_run.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "core/base/error.h"

namespace kms::formats {

std::vector<MerklePosition> merkle_cover(std::uint64_t begin, std::uint64_t end) {
  std::vector<MerklePosition> cover;
  while (begin < end) {
    const int aligned = std::countr_zero(begin);  // 64 of 0
    const int fitting = static_cast<int>(std::bit_width(end - begin)) - 1;
    const auto level = static_cast<unsigned>(std::min(aligned, fitting));
    cover.push_back({level, begin >> level});
    begin += std::uint64_t{1} << level;
  }
  return cover;
}

void MerkleRun::append(unsigned level, const MerkleHash& hash) {
  constexpr unsigned kLevels = std::numeric_limits<std::uint64_t>::digits;
  const std::uint64_t leaves = level < kLevels ? std::uint64_t{1} << level : 0;
  if (leaves == 0 || size_ % leaves != 0 || size_ > std::numeric_limits<std::uint64_t>::max() - leaves) {
    throw Error(ErrorCode::kValidation, "a subtree cannot stand where the tree has come to");
  }
  MerkleSubtree newest{{level, size_ >> level}, hash};
  size_ += leaves;
  // An odd one is the right sibling of what is at the end.
  while (newest.position.index % 2 != 0) {
    newest.hash = merkle_node(subtrees_.back().hash, newest.hash);
    newest.position = {newest.position.level + 1, newest.position.index >> 1U};
    subtrees_.pop_back();
  }
  subtrees_.push_back(newest);
}

MerkleHash MerkleRun::root() const {
  if (subtrees_.empty()) return merkle_root_of_nothing();
  MerkleHash root = subtrees_.back().hash;
  for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left) root = merkle_node(left->hash, root);
  return root;
}

}  // namespace kms::formats
