#include "core/audit/trail_check.h"

#include <algorithm>
#include <optional>

#include "core/audit/trail_tree.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/merkle_tile.h"

namespace kms {
namespace {

using formats::kMerkleHashSize;
using formats::kTileWidth;
using formats::MerkleTile;

class TrailChecker {
 public:
  TrailChecker(const Transaction& transaction, std::string_view log, TrailCheck& report)
      : transaction_(transaction), log_(log), report_(report) {}

  // Of a tile of level 0.
  void check_group(std::uint64_t index, std::uint64_t size) {
    const std::uint64_t first = index * kTileWidth;
    const std::uint64_t end = std::min<std::uint64_t>(first + kTileWidth, size);
    const Bytes tile = transaction_.log_tile(log_, {0, index});
    std::uint64_t next = first;
    transaction_.read_log(log_, first, [&](std::uint64_t number, std::string_view text) {
      const auto leaf = formats::merkle_leaf(as_bytes(text));
      if (number != next || formats::hash_in_tile({0, number}, tile) != leaf) {
        problem(cat("event ", std::to_string(number), " is not the one that the tree has"));
      }
      next = number + 1;
      return next < end;
    });
    if (next != end) problem(cat("events are missing from ", std::to_string(next), " on"));
    if (end == first + kTileWidth) check_above({0, index}, tile);
    report_.checked = end;
  }

 private:
  // That a full tile is what the one above it says, and so on where that is full with it.
  void check_above(MerkleTile full, Bytes tile) {
    while (tile.size() == formats::kFullTileSize) {
      const auto hash = formats::full_tile_root(tile);
      const MerkleTile above{full.level + 1, full.index / kTileWidth};
      tile = transaction_.log_tile(log_, above);
      if (formats::hash_in_tile({above.level * formats::kTileHeight, full.index}, tile) != hash) {
        problem(cat("tile ", std::to_string(full.index), " of level ", std::to_string(full.level),
                    " is not the one that the tree has"));
      }
      if (full.index % kTileWidth != kTileWidth - 1) return;
      full = above;
    }
  }
  void problem(std::string text) {
    constexpr std::size_t kMost = 100;
    if (report_.problems.size() < kMost) report_.problems.push_back(std::move(text));
  }

  const Transaction& transaction_;
  const std::string_view log_;
  TrailCheck& report_;
};

}  // namespace

TrailCheck check_trail(const Transaction& transaction, std::string_view log, std::uint64_t from, std::uint64_t most) {
  TrailCheck report;
  report.checked = std::max(from, transaction.log_begin(log));
  try {
    TrailTree tree(transaction, log);
    const std::uint64_t size = tree.size();
    if (transaction.log_size(log) < size) report.problems.emplace_back("the tree has more events than the trail");
    TrailChecker checker(transaction, log, report);
    const std::uint64_t begin = report.checked;
    while (report.checked < size && report.checked - begin < most)
      checker.check_group(report.checked / kTileWidth, size);
    if (report.checked == size && tree.root_of_tiles() != tree.root(size)) {
      report.problems.emplace_back("the tiles of the tree do not lead to its root");
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
    report.problems.emplace_back(error.what());
  }
  return report;
}

}  // namespace kms
