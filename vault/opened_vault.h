#pragma once
// The one implementation of Vault, and its transactions. Internal to vault/.
#include <memory>
#include <string>
#include <vector>

#include "vault/directory.h"
#include "vault/keys.h"
#include "vault/lmdb.h"
#include "vault/record_table.h"
#include "vault/slot_table.h"
#include "vault/vault.h"

namespace kms::vault {

Bytes epoch_bytes(std::uint32_t epoch);

class OpenedVault final : public Vault {
 public:
  OpenedVault(std::string path, Random& random, Options options);
  void unlock(const Credential& credential);

  std::unique_ptr<Transaction> begin(Access access) override;
  std::vector<Slot> list(const Transaction& transaction) const override;
  Slot add(Transaction& transaction, SlotKind kind, std::string_view principal, const SecretBytes& credential,
           Time now) override;
  void remove(Transaction& transaction, std::string_view id) override;
  Slot replace(Transaction& transaction, std::string_view id, const SecretBytes& credential, Time now) override;
  std::string unlocking_slot() const override { return slot_id_text(slot_id_); }
  const std::string& principal() const override { return principal_; }
  const std::string& id() const override { return id_; }
  CheckReport check() override;

 private:
  friend class VaultTransaction;
  void load();       // header and data file, and which section is live
  void read_live();  // verifies the live section under keys_
  void refresh();    // what an exclusive transaction let go of
  void lock_exclusively();
  bool change_unfinished() const;
  // The renewal, in the order that vault.md explains.
  void renew(lmdb::Txn& txn, RecordTable& table, std::vector<SlotRecord> slots);
  void finish_change();
  void write_header(std::span<const Keys* const> keys);
  void step(std::string_view name) const { options_.at_step(name); }

  std::string path_;
  Random& random_;
  Options options_;
  VaultLock lock_;
  std::unique_ptr<lmdb::Env> env_;
  ParsedHeader parsed_;
  std::size_t live_ = 0;
  std::unique_ptr<Keys> keys_;
  std::vector<SlotRecord> slots_;
  SlotId slot_id_{};
  std::string principal_;
  std::string id_;
  bool stale_ = false;  // nothing below is open: refresh() first
  bool writing_ = false;
  int transactions_ = 0;
};

class VaultTransaction final : public Transaction {
 public:
  VaultTransaction(OpenedVault& vault, Access access);
  ~VaultTransaction() override;
  VaultTransaction(const VaultTransaction&) = delete;
  VaultTransaction& operator=(const VaultTransaction&) = delete;

  std::optional<std::string> get(std::string_view collection, std::string_view item) const override;
  void put(std::string_view collection, std::string_view item, std::string_view value) override;
  void erase(std::string_view collection, std::string_view item) override;
  void scan(std::string_view collection, std::string_view after, const Visit& visit) const override;
  std::optional<SecretBytes> get_secret(std::string_view collection, std::string_view item) const override;
  void put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) override;
  std::uint64_t append(std::string_view log, std::string_view value) override;
  std::uint64_t log_size(std::string_view log) const override;
  void read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const override;
  void commit() override;

  std::vector<SlotRecord>& change_slots();  // InternalError unless Access::kExclusive
  const std::vector<SlotRecord>& slots() const { return slots_; }

 private:
  void require_writable() const;
  OpenedVault& vault_;
  Access access_;
  lmdb::Txn txn_;
  RecordTable table_;
  std::vector<SlotRecord> slots_;
  bool slots_changed_ = false;
};

}  // namespace kms::vault
