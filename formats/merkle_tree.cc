#include "formats/merkle_tree.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "core/crypto/digest.h"

namespace kms::formats {
namespace {

constexpr std::uint8_t kFrontierFormat = 1;
// They keep an entry from being taken for a node, which would make second preimages (RFC 6962 section 2.1).
constexpr std::uint8_t kLeafPrefix = 0;
constexpr std::uint8_t kNodePrefix = 1;

MerkleHash merkle_digest(ByteView message) {
  return to_merkle_hash(crypto::digest(crypto::Hash::kSha256, message)).value();
}

std::size_t subtrees_of(std::uint64_t size) {
  return static_cast<std::size_t>(std::popcount(size));
}

}  // namespace

MerkleHash merkle_leaf(ByteView entry) {
  Bytes message;
  message.reserve(1 + entry.size());
  ByteWriter(message).u8(kLeafPrefix).bytes(entry);
  return merkle_digest(message);
}

MerkleHash merkle_node(const MerkleHash& left, const MerkleHash& right) {
  std::array<std::uint8_t, 1 + 2 * kMerkleHashSize> message{kNodePrefix};
  std::copy(right.begin(), right.end(), std::copy(left.begin(), left.end(), message.begin() + 1));
  return merkle_digest(message);
}

MerkleHash merkle_root_of_nothing() {
  return merkle_digest({});
}

std::optional<MerkleHash> to_merkle_hash(ByteView bytes) {
  if (bytes.size() != kMerkleHashSize) return std::nullopt;
  MerkleHash hash{};
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

std::optional<MerkleFrontier> MerkleFrontier::parse(ByteView bytes) {
  constexpr std::size_t kStart = 1 + sizeof(std::uint64_t);
  if (bytes.size() < kStart || bytes.front() != kFrontierFormat) return std::nullopt;
  MerkleFrontier frontier;
  for (const std::uint8_t byte : bytes.subspan(1, sizeof(std::uint64_t))) frontier.size_ = frontier.size_ << 8U | byte;
  ByteView rest = bytes.subspan(kStart);
  if (rest.size() != subtrees_of(frontier.size_) * kMerkleHashSize) return std::nullopt;
  for (; !rest.empty(); rest = rest.subspan(kMerkleHashSize)) {
    frontier.subtrees_.push_back(to_merkle_hash(rest.first(kMerkleHashSize)).value());
  }
  return frontier;
}

Bytes MerkleFrontier::serialise() const {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(kFrontierFormat).u64(size_);
  for (const MerkleHash& hash : subtrees_) writer.bytes(hash);
  return out;
}

MerkleHash MerkleFrontier::root() const {
  if (subtrees_.empty()) return merkle_root_of_nothing();
  MerkleHash root = subtrees_.back();
  for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left) root = merkle_node(*left, root);
  return root;
}

std::optional<MerkleHash> MerkleFrontier::subtree(const MerklePosition& position) const {
  if (position.level >= std::numeric_limits<std::uint64_t>::digits) return std::nullopt;
  const std::uint64_t subtrees = size_ >> position.level;  // that are complete on this level
  // An odd one has no sibling yet, so it is no part of a larger one.
  if (subtrees % 2 == 0 || position.index != subtrees - 1) return std::nullopt;
  return subtrees_[subtrees_of(subtrees) - 1];
}

void MerkleFrontier::append(const MerkleHash& leaf, std::vector<MerkleSubtree>& completed) {
  if (size_ == std::numeric_limits<std::uint64_t>::max()) {
    throw Error(ErrorCode::kLimitExceeded, "the log has as many entries as can be counted");
  }
  MerkleSubtree newest{{0, size_}, leaf};
  completed.push_back(newest);
  // As in adding 1 to a binary number: each digit 1 that overflows is a subtree whose sibling is now complete.
  for (std::uint64_t digits = size_; digits % 2 != 0; digits >>= 1U) {
    newest.hash = merkle_node(subtrees_.back(), newest.hash);
    newest.position = {newest.position.level + 1, newest.position.index >> 1U};
    subtrees_.pop_back();
    completed.push_back(newest);
  }
  subtrees_.push_back(newest.hash);
  ++size_;
}

void MerkleFrontier::append(const MerkleHash& leaf) {
  std::vector<MerkleSubtree> completed;
  append(leaf, completed);
}

}  // namespace kms::formats
