#pragma once
// The Merkle tree of a log (RFC 6962; formats/merkle_tree.h) as it lies among the records, and how it grows with the
// log: in the transaction that adds the entries, or not at all (vault/vault.md, "Records").
//   collection "trees", item LOG               the frontier
//   collection "tiles/LOG", item "LEVEL/INDEX"  a tile: of level 0 each full one; of levels above, also the last one,
//                                               which grows by a hash whenever a tile below it is full
// What level 0 has behind its last full tile is computed from the entries. A log that has no tree yet, or one that does
// not reach its end because a version before has written it, gets the rest with the next entry, in the time that it
// takes to read what is missing.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "formats/merkle_tile.h"
#include "formats/merkle_tree.h"

namespace kms::vault {

class RecordTable;

// As the records have it. VaultDamagedException when they have something else.
formats::MerkleFrontier read_tree(const RecordTable& table, std::string_view log);
// The logs that have one.
std::vector<std::string> names_of_logs(const RecordTable& table);
// Fewer than 256 hashes where the tree has no more; empty where it has none.
Bytes read_tile(const RecordTable& table, std::string_view log, const formats::MerkleTile& tile);

// What one transaction adds to a tree. A value.
class TreeGrowth {
 public:
  // Of a log of `size` entries. VaultDamagedException when its tree has more.
  TreeGrowth(const RecordTable& table, std::string_view log, std::uint64_t size);
  void append(ByteView entry);
  // The entries are among the records by then. Nothing when none was appended since.
  void write(RecordTable& table, std::string_view log);

 private:
  void add_leaf(const formats::MerkleHash& leaf);
  Bytes full_tile(const RecordTable& table, std::string_view log, std::uint64_t index) const;
  formats::MerkleFrontier frontier_;
  std::uint64_t written_ = 0;                // how many leaves the records have
  std::vector<formats::MerkleHash> leaves_;  // those behind them
};

}  // namespace kms::vault
