#pragma once
// Tiles (c2sp.org/tlog-tiles): how the hashes of a Merkle tree are kept so that a proof needs few pieces. Tile n of
// level 0 has the hashes of the leaves from 256 n on, and tile n of level l those of the subtrees of 2^(8 l) leaves. A
// full tile has 256, never changes, and its root is a hash of the next level. What lies between is computed from it.
#include <compare>
#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "formats/merkle_tree.h"

namespace kms::formats {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::size_t kTileWidth = std::size_t{1} << kTileHeight;  // hashes of a full tile
inline constexpr std::size_t kFullTileSize = kTileWidth * kMerkleHashSize;

struct MerkleTile {
  unsigned level = 0;
  std::uint64_t index = 0;
  auto operator<=>(const MerkleTile&) const = default;  // NOLINT(modernize-use-nullptr): of what the compiler writes
};

// The tile that has the hash of this subtree, or all hashes that it is made of.
MerkleTile tile_of(const MerklePosition& position);

// The hash out of the bytes of its tile, which may be a partial one, and takes at most 127 hashes. Nothing when the
// tile does not reach that far, or is no whole number of hashes, at most 256.
std::optional<MerkleHash> hash_in_tile(const MerklePosition& position, ByteView tile);
// The hash that a full tile is of the level above it. InternalException for one that is not full.
MerkleHash full_tile_root(ByteView tile);

}  // namespace kms::formats
