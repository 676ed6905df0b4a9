#include "formats/merkle_tile.h"

namespace kms::formats {
namespace {

MerkleHash root_of(ByteView hashes) {
  MerkleFrontier subtree;
  for (std::size_t at = 0; at < hashes.size(); at += kMerkleHashSize) {
    subtree.append(to_merkle_hash(hashes.subspan(at, kMerkleHashSize)).value());
  }
  return subtree.root();
}

}  // namespace

MerkleTile tile_of(const MerklePosition& position) {
  const unsigned height = position.level % kTileHeight;  // above the hashes that the tile has
  return {position.level / kTileHeight, position.index >> (kTileHeight - height)};
}

std::optional<MerkleHash> hash_in_tile(const MerklePosition& position, ByteView tile) {
  const unsigned height = position.level % kTileHeight;
  const std::size_t count = std::size_t{1} << height;
  const std::size_t first = static_cast<std::size_t>(position.index % (kTileWidth >> height)) << height;
  if (tile.size() > kFullTileSize || tile.size() % kMerkleHashSize != 0) return std::nullopt;
  if (tile.size() < (first + count) * kMerkleHashSize) return std::nullopt;
  return root_of(tile.subspan(first * kMerkleHashSize, count * kMerkleHashSize));
}

MerkleHash full_tile_root(ByteView tile) {
  if (tile.size() != kFullTileSize) throw Error(ErrorCode::kInternal, "a tile that is not full has no root yet");
  return root_of(tile);
}

}  // namespace kms::formats
