#pragma once
// The Transaction of a vault, over an engine. What spans records and header is done by its owner, through the hooks.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/store/memory.h"
#include "core/store/store.h"
#include "vault/engine/engine.h"
#include "vault/sealed/log_segments.h"
#include "vault/sealed/record_table.h"
#include "vault/sealed/slot_table.h"

namespace kms::vault {

// What a transaction does to the slots. They take effect when it commits.
struct SlotChanges {
  std::vector<SlotRecord> slots;  // all of them, as they will be
  bool changed = false;
  bool revoked = false;  // a credential lost its slot: the root key is to be renewed
};

// What a transaction did, so that another one can do it again: for commits that need the files without the transaction
// that was open. Knows nothing of what was read.
struct RecordedChange {
  enum class Kind : std::uint8_t { kPut, kPutUnremembered, kErase, kPutSecret, kAppend, kPrune };
  Kind kind;
  std::string collection;
  std::string item;
  std::string value = {};
  SecretBytes secret = {};
};

class VaultTransaction final : public Transaction {
 public:
  struct Hooks {
    // Called only when there is something to commit.
    std::function<Commit(VaultTransaction&, Patience)> commit;
    std::function<void()> ended;   // after the end, whichever it was; does not throw
    Memory* memory = nullptr;      // none: nothing is remembered
    Segments* segments = nullptr;  // none: the store has no files for them
  };
  VaultTransaction(std::unique_ptr<EngineTransaction> txn, std::shared_ptr<const Keys> keys, Random& random,
                   Access access, std::shared_ptr<const std::vector<SlotRecord>> slots, Hooks hooks);
  ~VaultTransaction() override;
  VaultTransaction(const VaultTransaction&) = delete;
  VaultTransaction& operator=(const VaultTransaction&) = delete;
  VaultTransaction(VaultTransaction&&) = delete;
  VaultTransaction& operator=(VaultTransaction&&) = delete;

  std::optional<std::string> get(std::string_view collection, std::string_view item) const override;
  void put(std::string_view collection, std::string_view item, std::string_view value) override;
  void put_unremembered(std::string_view collection, std::string_view item, std::string_view value) override;
  void erase(std::string_view collection, std::string_view item) override;
  void scan(std::string_view collection, std::string_view after, const Visit& visit) const override;
  std::string order() const override;
  std::optional<SecretBytes> get_secret(std::string_view collection, std::string_view item) const override;
  void put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) override;
  void scan_secrets(std::string_view collection,
                    const std::function<void(std::string_view item)>& visit) const override;
  void destroy(std::string_view collection, std::string_view item) override;
  void append(std::string_view log, std::string_view value) override;
  std::uint64_t log_size(std::string_view log) const override;
  void read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const override;
  formats::MerkleFrontier log_tree(std::string_view log) const override { return read_tree(table_, log); }
  Bytes log_tile(std::string_view log, const formats::MerkleTile& tile) const override {
    return read_tile(table_, log, tile);
  }
  std::uint64_t log_begin(std::string_view log) const override { return read_extent(table_, log).begin; }
  std::uint64_t prunable(std::string_view log, std::uint64_t before) const override {
    return begin_after_pruning(table_, log, before);
  }
  std::uint64_t prune(std::string_view log, std::uint64_t before) override;

  EngineTransaction& txn() { return *txn_; }
  RecordTable& table() { return table_; }
  // The slots as the transaction leaves them.
  const std::vector<SlotRecord>& slots() const { return slot_changes_ ? slot_changes_->slots : *slots_; }
  const std::optional<SlotChanges>& slot_changes() const { return slot_changes_; }
  SlotChanges& change_slots();
  bool destroys() const { return destroys_; }
  // Segments that no record names any more once this is committed.
  const std::vector<SegmentId>& released_segments() const { return released_; }
  // From here on changes are recorded: what is done before is no part of take_changes().
  void record() { recording_ = true; }
  std::vector<RecordedChange> take_changes() { return std::move(changes_); }
  void redo(const std::vector<RecordedChange>& changes);

 private:
  [[nodiscard]] Commit commit_changes(Patience patience) override;
  std::shared_ptr<const void> remember(const std::string& key, const MakeAny& make) const override;
  std::uint64_t generation() const;
  void require_writable() const;
  void note(RecordedChange::Kind kind, std::string_view collection, std::string_view item, std::string_view value);
  std::shared_ptr<const Keys> keys_;
  Access access_;
  std::shared_ptr<const std::vector<SlotRecord>> slots_;  // before
  std::optional<SlotChanges> slot_changes_;
  Hooks hooks_;
  std::unique_ptr<EngineTransaction> txn_;
  RecordTable table_;
  bool destroys_ = false;
  std::vector<SegmentId> released_;
  bool recording_ = false;
  std::vector<RecordedChange> changes_;
  mutable std::optional<std::uint64_t> generation_;  // once it was asked for
};

}  // namespace kms::vault
