#include "formats/merkle_tile.h"

namespace kms::formats {

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
  MerkleFrontier subtree;
  const ByteView hashes = tile.subspan(first * kMerkleHashSize, count * kMerkleHashSize);
  for (std::size_t at = 0; at < hashes.size(); at += kMerkleHashSize) {
    subtree.append(to_merkle_hash(hashes.subspan(at, kMerkleHashSize)).value());
  }
  return subtree.root();
}

}  // namespace kms::formats
