#pragma once
// Which records there are, and which writing of each: what a record that was put back, added, exchanged or erased by
// somebody without the keys no longer fits (vault/vault.md, "The tree of records").
//
// A B+ tree over the keys of the records. Its pages are sealed as records are, and lie beside them. A leaf has the mark
// of each record, a page above those of its pages, and the state of the vault that of the topmost. A mark is the tag
// that a value was sealed with: it belongs to one writing of one record.
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/base/random.h"
#include "vault/engine/engine.h"
#include "vault/sealed/keys.h"
#include "vault/sealed/seal.h"

namespace kms::vault {

using RecordPlace = std::array<std::uint8_t, 2 * kBlindSize>;  // an LMDB key
RecordPlace place_of(ByteView lmdb_key);                       // VaultDamagedException where it is no record's

// The end of the tag: nobody chooses tags, so that two writings of a record have the same one takes 2^64 tries at the
// vault itself.
using RecordMark = std::array<std::uint8_t, 8>;
RecordMark mark_of(ByteView sealed);  // VaultDamagedException where it is too short

// Whether the tree has records of the kind. Entries of logs have a tree of their own (log_tree.h).
constexpr bool is_in_tree(RecordKind kind) {
  return kind == RecordKind::kRecord || kind == RecordKind::kSecret;
}

// Of a record that is not the one that the tree has, or is missing, or there although the tree does not have it.
[[noreturn]] void throw_put_back();  // VaultDamagedException

// What the state of the vault has of its tree.
struct TreeTop {
  std::uint64_t page = 0;  // 0: there is no record
  RecordMark mark{};       // of that page
  std::uint64_t next = 1;  // the number of the next page that is made: none is used twice
  bool operator==(const TreeTop&) const = default;
};

struct TreeEntry {
  RecordPlace place{};     // of a record; in a page above, one that none below the entry is before
  RecordMark mark{};       // of the record, or of the page
  std::uint64_t page = 0;  // which page; 0 of a record
};
struct TreePage {
  std::uint8_t level = 0;  // 0: a leaf
  std::vector<TreeEntry> entries;
};
// What is read opens a page of each level, and what is written seals one: larger ones cost more than further levels.
inline constexpr std::size_t kMostTreeEntries = 24;
Bytes tree_page_bytes(const TreePage& page);
TreePage parse_tree_page(ByteView bytes);  // VaultDamagedException

// The tree in one transaction, which outlives it as keys and random do. Belongs to its thread. All may throw
// VaultDamagedException: where a page is missing, or not the one that was written.
class RecordTree {
 public:
  RecordTree(EngineTransaction& txn, const Keys& keys, Random& random, const TreeTop& top)
      : txn_(txn), keys_(keys), random_(random), prefix_(tree_prefix(keys)), top_(top) {}

  std::optional<RecordMark> find(const RecordPlace& place) const;
  // The first record that is not before the place.
  std::optional<TreeEntry> first_from(const RecordPlace& place) const;
  std::optional<TreeEntry> first_behind(RecordPlace place) const;
  void set(const RecordPlace& place, const RecordMark& mark);
  void erase(const RecordPlace& place);
  // Writes the pages that changed, as of this version.
  TreeTop write(std::uint64_t version);

 private:
  struct Step {
    std::uint64_t page;
    std::size_t entry;  // that leads on; in a leaf, where the place is or belongs
  };
  const TreePage& open(std::uint64_t number, const RecordMark& mark) const;
  Bytes key_of(std::uint64_t number) const;
  std::vector<Step> path_to(const RecordPlace& place) const;
  std::optional<TreeEntry> first_below(const TreeEntry& top, const RecordPlace& place) const;
  TreePage& change(std::uint64_t number);
  void split(std::vector<Step> path);
  void drop(std::vector<Step> path);
  void lower_top();
  RecordMark write_page(std::uint64_t number, std::uint64_t version);
  EngineTransaction& txn_;
  const Keys& keys_;
  Random& random_;
  const Bytes prefix_;
  TreeTop top_;
  mutable std::map<std::uint64_t, TreePage> pages_;  // that were opened or made
  std::set<std::uint64_t> changed_;
};

// Makes the tree over records that come in the order of their places. Its pages do not stay in memory.
class TreeBuilder {
 public:
  TreeBuilder(const Keys& keys, Random& random, std::uint64_t version)
      : keys_(keys), random_(random), version_(version), prefix_(tree_prefix(keys)) {}
  void add(EngineTransaction& txn, const RecordPlace& place, const RecordMark& mark);
  // Of those that lie in the engine, the next ones, after `most` of whatever kind at the latest. Whether there are
  // more.
  bool add_records(EngineTransaction& txn, std::size_t most);
  TreeTop finish(EngineTransaction& txn);  // once

 private:
  void add_entry(EngineTransaction& txn, std::size_t level, const TreeEntry& entry);
  TreeEntry write(EngineTransaction& txn, std::size_t level);
  const Keys& keys_;
  Random& random_;
  const std::uint64_t version_;
  const Bytes prefix_;
  std::vector<TreePage> levels_;  // the page of each that is not full yet
  std::uint64_t next_ = 1;
  Bytes last_;  // key that add_records() has looked at
};

}  // namespace kms::vault
