#include "vault/sealed/log_tree.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"
#include "vault/sealed/log_segments.h"
#include "vault/sealed/record_table.h"

namespace kms::vault {
namespace {

using formats::kFullTileSize;
using formats::kMerkleHashSize;
using formats::kTileWidth;
using formats::MerkleFrontier;
using formats::MerkleHash;
using formats::MerkleTile;

constexpr std::string_view kTrees = "trees";

std::string tiles_of(std::string_view log) {
  return cat("tiles/", log);
}

std::string tile_item(const MerkleTile& tile) {
  return cat(std::to_string(tile.level), "/", std::to_string(tile.index));
}

[[noreturn]] void damaged_tree() {
  throw Error(ErrorCode::kVaultDamaged, "the tree of a log does not belong to it");
}

std::optional<Bytes> find_value(const RecordTable& table, std::string_view collection, std::string_view item) {
  auto record = table.get(collection, item);
  if (!record) return std::nullopt;
  return std::move(record->value);
}

std::optional<MerkleFrontier> find_frontier(const RecordTable& table, std::string_view log) {
  const auto stored = find_value(table, kTrees, log);
  if (!stored) return std::nullopt;
  auto frontier = MerkleFrontier::parse(*stored);
  if (!frontier) damaged_tree();
  return frontier;
}

// Of the entries from `from` to before `to`.
void visit_leaves(const RecordTable& table, std::string_view log, std::uint64_t from, std::uint64_t to,
                  const std::function<void(const MerkleHash&)>& visit) {
  if (from >= to) return;
  std::uint64_t next = from;
  table.read_log(log, from, [&](std::uint64_t number, std::string_view text) {
    visit(formats::merkle_leaf(as_bytes(text)));
    next = number + 1;
    return next < to;
  });
  if (next != to) throw Error(ErrorCode::kVaultDamaged, "entries are missing in a log of the vault");
}

void add_hash(Bytes& tile, const MerkleHash& hash) {
  tile.insert(tile.end(), hash.begin(), hash.end());
}

// The hash of a full tile goes into the one above it, and so on.
void add_above(RecordTable& table, std::string_view log, MerkleTile full, ByteView hashes) {
  const std::string tiles = tiles_of(log);
  Bytes below(hashes.begin(), hashes.end());
  for (;;) {
    const MerkleTile above{full.level + 1, full.index / kTileWidth};
    const std::size_t before = full.index % kTileWidth;
    Bytes tile = before == 0 ? Bytes() : find_value(table, tiles, tile_item(above)).value_or(Bytes());
    if (tile.size() < before * kMerkleHashSize) damaged_tree();
    tile.resize(before * kMerkleHashSize);  // longer where the tree is made again from here on
    add_hash(tile, formats::full_tile_root(below));
    table.put_unremembered({RecordKind::kRecord, tiles, tile_item(above)}, tile);
    if (tile.size() < kFullTileSize) return;
    full = above;
    below = std::move(tile);
  }
}

}  // namespace

std::vector<std::string> names_of_logs(const RecordTable& table) {
  std::vector<std::string> logs;
  table.scan("trees", {}, [&](std::string_view log, std::string_view /*tree*/) {
    logs.emplace_back(log);
    return true;
  });
  return logs;
}

MerkleFrontier read_tree(const RecordTable& table, std::string_view log) {
  if (auto frontier = find_frontier(table, log)) return *std::move(frontier);
  MerkleFrontier frontier;
  visit_leaves(table, log, 0, table.log_size(log), [&](const MerkleHash& leaf) { frontier.append(leaf); });
  return frontier;
}

Bytes read_tile(const RecordTable& table, std::string_view log, const MerkleTile& tile) {
  if (auto stored = find_value(table, tiles_of(log), tile_item(tile))) return *std::move(stored);
  if (tile.level == 0) {
    if (auto closed = read_closed_tile(table, log, tile.index)) return *std::move(closed);
    if (tile.index < read_extent(table, log).begin / kTileWidth) return {};  // pruned
  }
  Bytes hashes;
  const std::uint64_t size = read_tree(table, log).size();
  if (tile.level > 0 || tile.index > size / kTileWidth) return hashes;
  const std::uint64_t first = tile.index * kTileWidth;
  visit_leaves(table, log, first, std::min<std::uint64_t>(size, first + kTileWidth),
               [&](const MerkleHash& leaf) { add_hash(hashes, leaf); });
  return hashes;
}

TreeGrowth::TreeGrowth(const RecordTable& table, std::string_view log, std::uint64_t size) {
  if (auto frontier = find_frontier(table, log)) frontier_ = *std::move(frontier);
  written_ = frontier_.size();
  if (written_ > size) damaged_tree();
  visit_leaves(table, log, written_, size, [&](const MerkleHash& leaf) { add_leaf(leaf); });
}

void TreeGrowth::add_leaf(const MerkleHash& leaf) {
  frontier_.append(leaf);
  leaves_.push_back(leaf);
}

void TreeGrowth::append(ByteView entry) {
  add_leaf(formats::merkle_leaf(entry));
}

Bytes TreeGrowth::full_tile(const RecordTable& table, std::string_view log, std::uint64_t index) const {
  const std::uint64_t first = index * kTileWidth;
  Bytes tile;
  tile.reserve(kFullTileSize);
  visit_leaves(table, log, first, std::min(written_, first + kTileWidth),
               [&](const MerkleHash& leaf) { add_hash(tile, leaf); });
  for (std::uint64_t leaf = std::max(first, written_); leaf < first + kTileWidth; ++leaf) {
    add_hash(tile, leaves_.at(leaf - written_));
  }
  return tile;
}

void TreeGrowth::write(RecordTable& table, std::string_view log) {
  if (leaves_.empty()) return;
  const std::string tiles = tiles_of(log);
  for (std::uint64_t index = written_ / kTileWidth; index < frontier_.size() / kTileWidth; ++index) {
    const MerkleTile tile{0, index};
    const Bytes hashes = full_tile(table, log, index);
    table.put_unremembered({RecordKind::kRecord, tiles, tile_item(tile)}, hashes);
    add_above(table, log, tile, hashes);
  }
  table.put_unremembered({RecordKind::kRecord, kTrees, log}, frontier_.serialise());
  written_ = frontier_.size();
  leaves_.clear();
}

}  // namespace kms::vault
