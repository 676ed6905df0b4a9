#include "formats/merkle_tile.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <set>

#include "formats/merkle_proof.h"
#include "tests/unit/formats/merkle_definition.h"

using namespace kms;
using namespace kms::formats;

namespace {

// A log that keeps tiles, full and partial, as it grows.
struct TiledLog {
  MerkleFrontier frontier;
  std::map<MerkleTile, Bytes> tiles;

  explicit TiledLog(std::uint64_t size) {
    std::vector<MerkleSubtree> completed;
    for (std::uint64_t index = 0; index < size; ++index) {
      completed.clear();
      frontier.append(DefinedTree::leaf(index), completed);
      for (const MerkleSubtree& subtree : completed) {
        if (subtree.position.level % kTileHeight != 0) continue;
        ByteWriter(tiles[tile_of(subtree.position)]).bytes(subtree.hash);
      }
    }
  }

  MerkleHash operator()(const MerklePosition& position) const {
    return hash_in_tile(position, tiles.at(tile_of(position))).value();
  }
};

// A frontier of that size whose hashes are made up: only where they stand matters here.
MerkleFrontier frontier_of(std::uint64_t size) {
  Bytes bytes;
  ByteWriter(bytes).u8(1).u64(size);
  for (int i = 0; i < std::popcount(size); ++i) ByteWriter(bytes).bytes(MerkleHash{});
  return MerkleFrontier::parse(bytes).value();
}

// How many tiles an inclusion proof reads at most, of many leaves spread over the log, its ends among them.
std::size_t most_tiles_read(std::uint64_t size, const MerkleFrontier& known) {
  std::size_t most = 0;
  for (std::uint64_t at = 0; at < size + 9973; at += 9973) {
    std::set<MerkleTile> tiles;
    (void)make_inclusion_proof(std::min(at, size - 1), size, [&](const MerklePosition& position) {
      if (!known.subtree(position)) tiles.insert(tile_of(position));
      return MerkleHash{};
    });
    most = std::max(most, tiles.size());
  }
  return most;
}

}  // namespace

TEST_SUITE("formats/merkle_tile") {
  TEST_CASE("tiles stand where tlog-tiles has them") {
    CHECK(tile_of({0, 0}) == MerkleTile{0, 0});
    CHECK(tile_of({0, 255}) == MerkleTile{0, 0});
    CHECK(tile_of({0, 256}) == MerkleTile{0, 1});
    CHECK(tile_of({7, 1}) == MerkleTile{0, 0});
    CHECK(tile_of({7, 2}) == MerkleTile{0, 1});
    CHECK(tile_of({8, 0}) == MerkleTile{1, 0});
    CHECK(tile_of({8, 256}) == MerkleTile{1, 1});
    CHECK(tile_of({23, 3}) == MerkleTile{2, 1});
    CHECK(tile_of({63, 1}) == MerkleTile{7, 0});
  }

  TEST_CASE("proofs made of tiles hold, at the edges of tiles and in partial ones") {
    const std::uint64_t size = 256 * 256 + 256 + 44;
    const TiledLog log(size);
    CHECK(log.tiles.at({0, 0}).size() == kFullTileSize);
    CHECK(log.tiles.at({0, 257}).size() == 44 * kMerkleHashSize);
    CHECK(log.tiles.at({1, 1}).size() == kMerkleHashSize);
    CHECK(log.tiles.at({2, 0}).size() == kMerkleHashSize);
    for (const std::uint64_t index :
         {0U, 1U, 255U, 256U, 511U, 40000U, 65535U, 65536U, 65791U, 65792U, 65800U, 65835U}) {
      CAPTURE(index);
      const MerkleProof proof = make_inclusion_proof(index, size, std::cref(log));
      CHECK(verify_inclusion({index, size, DefinedTree::leaf(index), log.frontier.root()}, proof));
    }
    for (const std::uint64_t old_size : {1U, 200U, 256U, 257U, 1000U, 65535U, 65536U, 65537U, 65835U}) {
      CAPTURE(old_size);
      const MerkleProof proof = make_consistency_proof(old_size, size, std::cref(log));
      const MerkleHash old_root = read_merkle_root(old_size, std::cref(log));
      CHECK(verify_consistency({old_size, size, old_root, log.frontier.root()}, proof));
    }
  }

  TEST_CASE("a proof in the newest tree of ten million reads three tiles, and of any tree like it at most five") {
    const std::uint64_t size = 10'000'000;
    CHECK(most_tiles_read(size, frontier_of(size)) == 3);
    CHECK(most_tiles_read(size, MerkleFrontier()) == 5);
  }

  TEST_CASE("what a tile does not reach, or is no tile, has no hash") {
    Bytes tile;
    for (std::uint64_t index = 0; index < 6; ++index) ByteWriter(tile).bytes(DefinedTree::leaf(256 + index));
    DefinedTree tree;
    CHECK(hash_in_tile({0, 261}, tile) == DefinedTree::leaf(261));
    CHECK_FALSE(hash_in_tile({0, 262}, tile));
    CHECK(hash_in_tile({1, 130}, tile) == tree.at({1, 130}));
    CHECK_FALSE(hash_in_tile({1, 131}, tile));
    CHECK(hash_in_tile({2, 64}, tile) == tree.at({2, 64}));
    CHECK_FALSE(hash_in_tile({2, 65}, tile));
    CHECK_FALSE(hash_in_tile({3, 32}, tile));
    CHECK_FALSE(hash_in_tile({0, 256}, {}));
    CHECK_FALSE(hash_in_tile({0, 256}, ByteView(tile).first(tile.size() - 1)));
    CHECK(hash_in_tile({0, 256}, Bytes(kFullTileSize)));
    CHECK_FALSE(hash_in_tile({0, 256}, Bytes(kFullTileSize + kMerkleHashSize)));
  }
}
