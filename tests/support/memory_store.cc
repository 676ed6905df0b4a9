#include "tests/support/memory_store.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "core/base/bytes.h"

namespace kms::testing {
namespace {

std::pair<std::string, std::string> name(std::string_view collection, std::string_view item) {
  return {std::string(collection), std::string(item)};
}

}  // namespace

class MemoryTransaction final : public Transaction {
 public:
  MemoryTransaction(MemoryStore& store, Access access)
      : store_(store),
        access_(access),
        records_(store.records),
        snapshot_(store.snapshot_),
        generation_(store.changes_.generation) {
    ++store_.open_transactions;
  }
  ~MemoryTransaction() override { --store_.open_transactions; }
  MemoryTransaction(const MemoryTransaction&) = delete;
  MemoryTransaction& operator=(const MemoryTransaction&) = delete;
  MemoryTransaction(MemoryTransaction&&) = delete;
  MemoryTransaction& operator=(MemoryTransaction&&) = delete;

  std::optional<std::string> get(std::string_view collection, std::string_view item) const override {
    footprint_.read(scope_of(collection, item));
    ++store_.opened;
    const auto found = records_.values.find(name(collection, item));
    if (found == records_.values.end()) return std::nullopt;
    return found->second;
  }
  void put(std::string_view collection, std::string_view item, std::string_view value) override {
    footprint_.change(collection, item);
    put_unremembered(collection, item, value);
  }
  void put_unremembered(std::string_view collection, std::string_view item, std::string_view value) override {
    require_write();
    changed_ = true;
    records_.values.insert_or_assign(name(collection, item), std::string(value));
  }
  void erase(std::string_view collection, std::string_view item) override {
    require_write();
    changed_ = true;
    footprint_.change(collection, item);
    records_.values.erase(name(collection, item));
    records_.secrets.erase(name(collection, item));
  }
  // Backwards: nobody is to rely on the order of the names.
  void scan(std::string_view collection, std::string_view after, const Visit& visit) const override {
    footprint_.read(scope_of_all(collection));
    const auto& values = records_.values;
    const auto first = values.lower_bound(name(collection, ""));
    auto record = after.empty() ? values.lower_bound(name(cat_after(collection), ""))
                                : values.lower_bound(name(collection, after));
    while (record != first) {
      --record;
      ++store_.opened;
      if (!visit(record->first.second, record->second)) return;
    }
  }
  std::string order() const override { return "backward"; }
  std::optional<SecretBytes> get_secret(std::string_view collection, std::string_view item) const override {
    footprint_.read(scope_of(collection, item));
    ++store_.opened;
    const auto found = records_.secrets.find(name(collection, item));
    if (found == records_.secrets.end()) return std::nullopt;
    return SecretBytes::copy_of(as_bytes(found->second));
  }
  void put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) override {
    require_write();
    changed_ = true;
    footprint_.change(collection, item);
    records_.secrets.insert_or_assign(name(collection, item), std::string(as_text(value.reveal())));
  }
  void scan_secrets(std::string_view collection,
                    const std::function<void(std::string_view item)>& visit) const override {
    footprint_.read(scope_of_all(collection));
    for (auto secret = records_.secrets.lower_bound(name(collection, ""));
         secret != records_.secrets.end() && secret->first.first == collection; ++secret) {
      ++store_.opened;
      visit(secret->first.second);
    }
  }
  void destroy(std::string_view collection, std::string_view item) override { erase(collection, item); }
  void append(std::string_view log, std::string_view value) override {
    require_write();
    changed_ = true;
    appended_ = true;
    records_.logs[std::string(log)].emplace_back(value);
    ++own_entries_[std::string(log)];
  }
  std::uint64_t log_size(std::string_view log) const override {
    const auto found = records_.logs.find(log);
    return found == records_.logs.end() ? 0 : found->second.size();
  }
  void read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const override {
    const auto found = records_.logs.find(log);
    if (found == records_.logs.end()) return;
    for (std::uint64_t i = std::max(from, log_begin(log)); i < found->second.size(); ++i) {
      ++store_.opened;
      if (!visit(i, found->second[i])) return;
    }
  }
  formats::MerkleFrontier log_tree(std::string_view log) const override {
    formats::MerkleFrontier tree;
    for (const auto& leaf : found_leaves(log)) tree.append(leaf);
    return tree;
  }
  Bytes log_tile(std::string_view log, const formats::MerkleTile& tile) const override {
    const auto leaves = found_leaves(log);
    if (tile.level == 0 && tile.index * formats::kTileWidth < log_begin(log)) return {};
    const std::uint64_t below = std::uint64_t{1} << (tile.level * formats::kTileHeight);  // leaves of each hash
    Bytes hashes;
    for (std::uint64_t i = tile.index * formats::kTileWidth; i < (tile.index + 1) * formats::kTileWidth; ++i) {
      if ((i + 1) * below > leaves.size()) break;
      formats::MerkleFrontier subtree;
      for (std::uint64_t leaf = i * below; leaf < (i + 1) * below; ++leaf) subtree.append(leaves[leaf]);
      ByteWriter(hashes).bytes(subtree.root());
    }
    return hashes;
  }
  std::uint64_t log_begin(std::string_view log) const override {
    const auto found = records_.log_begins.find(log);
    return found == records_.log_begins.end() ? 0 : found->second;
  }
  std::uint64_t prunable(std::string_view log, std::uint64_t before) const override {
    const std::uint64_t groups = std::min(before, log_size(log)) / formats::kTileWidth;
    const std::uint64_t kept = log_size(log) / formats::kTileWidth;
    return std::max(log_begin(log), std::min(groups, kept == 0 ? 0 : kept - 1) * formats::kTileWidth);
  }
  // The entries stay, for their hashes; nobody reads them.
  std::uint64_t prune(std::string_view log, std::uint64_t before) override {
    require_write();
    const std::uint64_t begin = prunable(log, before);
    if (begin != log_begin(log)) changed_ = true;
    if (begin != 0) records_.log_begins.insert_or_assign(std::string(log), begin);
    return begin;
  }
  Seen seen() const override { return store_.manner == Manner::kShared ? Seen{{0, generation_}} : Seen(); }

 private:
  Commit commit_changes(Patience /*patience*/) override {
    if (!changed_) return Commit::kDone;
    if (store_.failing_commits > 0) {
      --store_.failing_commits;
      throw std::runtime_error("no space left on device");
    }
    if ((appended_ && store_.is_unlucky()) || snapshot_ != store_.snapshot_) {
      ++store_.conflicts;
      return store_.conflicts % 2 == 0 ? Commit::kConflict : Commit::kStale;
    }
    const bool unknown = store_.unknown_commits > 0;
    if (unknown && --store_.unknown_commits % 2 == 1) return Commit::kUnknown;
    store_.records = std::move(records_);
    if (footprint_.changed()) store_.changes_.change(footprint_.changes());
    store_.memory_.committed(store_.snapshot_, footprint_.changes());
    ++store_.snapshot_;
    return unknown ? Commit::kUnknown : Commit::kDone;
  }
  // All of a log but what this transaction appended.
  std::vector<formats::MerkleHash> found_leaves(std::string_view log) const {
    const auto own = own_entries_.find(log);
    const std::uint64_t size = log_size(log) - (own == own_entries_.end() ? 0 : own->second);
    std::vector<formats::MerkleHash> leaves;
    leaves.reserve(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      leaves.push_back(formats::merkle_leaf(as_bytes(records_.logs.find(log)->second[i])));
    }
    return leaves;
  }
  static std::string cat_after(std::string_view collection) { return std::string(collection) + '\0'; }
  std::shared_ptr<const void> remember(const std::string& key, const MakeAny& make) const override {
    if (store_.manner == Manner::kPlain) return make();
    const std::uint64_t generation = store_.memory_.generation_of(snapshot_, [&] { return store_.changes_; });
    if (auto known = store_.memory_.find(key, generation); known && !footprint_.changed_any(*known->of)) {
      footprint_.read(*known->of);
      return std::move(known->made);
    }
    const Footprint::Recording recording(footprint_);
    auto made = make();
    if (made && !footprint_.changed_any(recording.scopes())) {
      store_.memory_.insert(key, {made, std::make_shared<const std::vector<Scope>>(recording.scopes())}, generation);
    }
    return made;
  }
  void require_write() const {
    if (access_ == Access::kRead) throw std::logic_error("a write in a read transaction");
  }

  MemoryStore& store_;
  Access access_;
  Records records_;
  const std::uint64_t snapshot_;
  const std::uint64_t generation_;
  bool changed_ = false;
  bool appended_ = false;  // an event: by the door, which runs again. Tests that set a world up do not
  std::map<std::string, std::uint64_t, std::less<>> own_entries_;
  mutable Footprint footprint_;
};

Manner usual_manner() {
  const char* const given = std::getenv("KMSCTL_TEST_STORE");  // NOLINT(concurrency-mt-unsafe): before any thread
  const std::string wanted = given == nullptr ? "plain" : given;
  if (wanted == "remembering") return Manner::kRemembering;
  if (wanted == "shared") return Manner::kShared;
  if (wanted != "plain") throw std::invalid_argument("KMSCTL_TEST_STORE is plain, remembering or shared");
  return Manner::kPlain;
}

bool MemoryStore::is_unlucky() {
  return unlucky_always || (manner == Manner::kShared && std::uniform_int_distribution<int>(0, 3)(chance_) == 0);
}

std::unique_ptr<Transaction> MemoryStore::begin(Access access) {
  return std::make_unique<MemoryTransaction>(*this, access);
}

Commit MemoryStore::append_durably(std::span<const SideRecord> added, const Seen& seen) {
  const bool stale =
      std::any_of(seen.begin(), seen.end(), [&](const auto& each) { return each.second != changes_.generation; });
  if (stale || (!seen.empty() && is_unlucky())) {
    ++conflicts;
    return Commit::kStale;
  }
  return Store::append_durably(added, seen);
}

}  // namespace kms::testing
