#pragma once
// Proofs out of the tree of a trail (RFC 6962; formats/merkle_proof.h), by the tiles that the store keeps of it: one of
// ten million events reads four.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/store.h"
#include "formats/merkle_proof.h"
#include "formats/merkle_tile.h"
#include "formats/merkle_tree.h"

namespace kms {

// The perfect subtrees around a part of a log: of the events before it, and from its end to the end of a tree, from
// left to right. With the leaves of the part they lead to the root.
struct Surroundings {
  std::vector<formats::MerkleHash> before;
  std::vector<formats::MerkleHash> after;
};

// Of one log as the transaction found it. Of events that were pruned, the hashes of whole groups of 256 are left: what
// needs one of the others is a ValidationException. Belongs to the transaction, which outlives it; remembers the tiles
// it read.
class TrailTree {
 public:
  TrailTree(const Transaction& transaction, std::string_view log);

  std::uint64_t size() const { return frontier_.size(); }
  // As it was at that size, which is at most size(): ValidationException else, as of all below.
  formats::MerkleHash root(std::uint64_t at);
  formats::MerkleProof inclusion(std::uint64_t number, std::uint64_t at);
  formats::MerkleProof consistency(std::uint64_t old_size, std::uint64_t new_size);
  // begin <= end <= at.
  Surroundings surroundings(std::uint64_t begin, std::uint64_t end, std::uint64_t at);
  // The root by the tiles alone, as a tree that was not kept whole would have it.
  formats::MerkleHash root_of_tiles();
  // How many tiles were read.
  std::size_t tiles_read() const { return tiles_.size(); }

 private:
  void require_size(std::uint64_t at) const;
  formats::MerkleHash hash(const formats::MerklePosition& position);
  formats::MerkleHash hash_by_tile(const formats::MerklePosition& position);
  formats::MerkleReader reader();
  const Transaction& transaction_;
  const std::string log_;
  const formats::MerkleFrontier frontier_;
  const std::uint64_t begin_;  // events before were pruned
  std::map<formats::MerkleTile, Bytes> tiles_;
};

}  // namespace kms
