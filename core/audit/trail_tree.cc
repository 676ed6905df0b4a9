#include "core/audit/trail_tree.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/merkle_run.h"

namespace kms {

TrailTree::TrailTree(const Transaction& transaction, std::string_view log)
    : transaction_(transaction), log_(log), frontier_(transaction.log_tree(log)), begin_(transaction.log_begin(log)) {}

void TrailTree::require_size(std::uint64_t at) const {
  if (at <= size()) return;
  throw Error(ErrorCode::kValidation,
              cat("the trail has ", std::to_string(size()), " events, and no tree of ", std::to_string(at)));
}

formats::MerkleHash TrailTree::hash(const formats::MerklePosition& position) {
  const auto known = frontier_.subtree(position);
  return known ? *known : hash_by_tile(position);
}

formats::MerkleHash TrailTree::hash_by_tile(const formats::MerklePosition& position) {
  const formats::MerkleTile tile = formats::tile_of(position);
  if (tile.level == 0 && tile.index < begin_ / formats::kTileWidth) {
    throw Error(ErrorCode::kValidation,
                cat("the events before ", std::to_string(begin_), " were pruned: of a tree that ends ",
                    "among them, only sizes that are multiples of 256 can be proven"));
  }
  auto found = tiles_.find(tile);
  if (found == tiles_.end()) found = tiles_.emplace(tile, transaction_.log_tile(log_, tile)).first;
  const auto hash = formats::hash_in_tile(position, found->second);
  if (!hash) throw Error(ErrorCode::kVaultDamaged, "the tree of the trail has a gap");
  return *hash;
}

formats::MerkleReader TrailTree::reader() {
  return [this](const formats::MerklePosition& position) { return hash(position); };
}

formats::MerkleHash TrailTree::root(std::uint64_t at) {
  require_size(at);
  return at == size() ? frontier_.root() : formats::read_merkle_root(at, reader());
}

formats::MerkleHash TrailTree::root_of_tiles() {
  return formats::read_merkle_root(size(),
                                   [this](const formats::MerklePosition& position) { return hash_by_tile(position); });
}

formats::MerkleProof TrailTree::inclusion(std::uint64_t number, std::uint64_t at) {
  require_size(at);
  if (number < begin_) throw Error(ErrorCode::kValidation, cat("event ", std::to_string(number), " was pruned"));
  return formats::make_inclusion_proof(number, at, reader());
}

formats::MerkleProof TrailTree::consistency(std::uint64_t old_size, std::uint64_t new_size) {
  require_size(old_size);
  require_size(new_size);
  return formats::make_consistency_proof(old_size, new_size, reader());
}

Surroundings TrailTree::surroundings(std::uint64_t begin, std::uint64_t end, std::uint64_t at) {
  require_size(at);
  if (begin > end || end > at) {
    throw Error(ErrorCode::kValidation, "a part of the trail begins before it ends, and ends before the tree does");
  }
  Surroundings around;
  for (const auto& position : formats::merkle_cover(0, begin)) around.before.push_back(hash(position));
  for (const auto& position : formats::merkle_cover(end, at)) around.after.push_back(hash(position));
  return around;
}

}  // namespace kms
