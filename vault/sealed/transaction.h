#pragma once
// The Transaction of a vault. What spans records and header is done by its owner, through the hooks.
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/store/memory.h"
#include "core/store/store.h"
#include "vault/sealed/record_table.h"
#include "vault/sealed/slot_table.h"

namespace kms::vault {

// What a transaction does to the slots. They take effect when it commits.
struct SlotChanges {
  std::vector<SlotRecord> slots;  // all of them, as they will be
  bool changed = false;
  bool revoked = false;  // a credential lost its slot: the root key is to be renewed
};

class VaultTransaction final : public Transaction {
 public:
  struct Hooks {
    std::function<void(VaultTransaction&)> commit;  // called only when there is something to commit
    std::function<void()> ended;                    // after the end, whichever it was; does not throw
    std::function<std::shared_ptr<Memory>(VaultTransaction&)> recall = {};  // may answer null
  };
  VaultTransaction(lmdb::Env& env, std::shared_ptr<const Keys> keys, Random& random, Access access,
                   std::shared_ptr<const std::vector<SlotRecord>> slots, Hooks hooks);
  ~VaultTransaction() override;
  VaultTransaction(const VaultTransaction&) = delete;
  VaultTransaction& operator=(const VaultTransaction&) = delete;
  VaultTransaction(VaultTransaction&&) = delete;
  VaultTransaction& operator=(VaultTransaction&&) = delete;

  std::optional<std::string> get(std::string_view collection, std::string_view item) const override;
  void put(std::string_view collection, std::string_view item, std::string_view value) override;
  void note(std::string_view collection, std::string_view item, std::string_view value) override;
  void erase(std::string_view collection, std::string_view item) override;
  void scan(std::string_view collection, std::string_view after, const Visit& visit) const override;
  std::optional<SecretBytes> get_secret(std::string_view collection, std::string_view item) const override;
  void put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) override;
  std::uint64_t append(std::string_view log, std::string_view value) override;
  std::uint64_t log_size(std::string_view log) const override;
  void read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const override;
  void commit() override;

  Access access() const { return access_; }
  lmdb::Txn& txn() { return txn_; }
  std::uint64_t snapshot() const;  // LMDB's id of what it sees
  RecordTable& table() { return table_; }
  // The slots as the transaction leaves them.
  const std::vector<SlotRecord>& slots() const { return slot_changes_ ? slot_changes_->slots : *slots_; }
  const std::optional<SlotChanges>& slot_changes() const { return slot_changes_; }
  SlotChanges& change_slots();

 private:
  std::shared_ptr<const void> remember(const std::string& key, const MakeAny& make) const override;
  void require_writable() const;
  std::shared_ptr<const Keys> keys_;
  Access access_;
  std::shared_ptr<const std::vector<SlotRecord>> slots_;  // before
  std::optional<SlotChanges> slot_changes_;
  Hooks hooks_;
  lmdb::Txn txn_;
  RecordTable table_;
  mutable std::optional<std::shared_ptr<Memory>> memory_;  // once it was asked for
};

}  // namespace kms::vault
