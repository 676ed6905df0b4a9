#pragma once
// An opened vault. Internal to vault/. open_vault.cc opens and reads; renewal.cc changes credentials; check.cc
// verifies.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vault/directory.h"
#include "vault/header.h"
#include "vault/keys.h"
#include "vault/lmdb.h"
#include "vault/record_table.h"
#include "vault/vault.h"

namespace kms::vault {

// Slots as they shall be after the transaction.
struct SlotPlan {
  std::vector<SlotEntry> entries;
  std::vector<Slot> slots;  // in the same order
  bool renew = false;
};

class OpenVault;

class VaultTransaction final : public Transaction {
 public:
  VaultTransaction(OpenVault& vault, Access access);
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

 private:
  friend class OpenVault;
  void require_write() const;
  OpenVault& vault_;
  Access access_;
  std::optional<lmdb::Txn> txn_;
  std::optional<RecordTable> table_;
  std::optional<SlotPlan> plan_;
};

class OpenVault final : public Vault {
 public:
  OpenVault(std::string path, Random& random, Options options);

  void unlock(const Credential& credential);

  std::unique_ptr<Transaction> begin(Access access) override;
  std::vector<Slot> list(const Transaction& transaction) const override;
  Slot add(Transaction& transaction, SlotKind kind, std::string_view principal, const SecretBytes& credential,
           Time now) override;
  void remove(Transaction& transaction, std::string_view id) override;
  Slot replace(Transaction& transaction, std::string_view id, const SecretBytes& credential, Time now) override;
  std::string unlocking_slot() const override { return slot_; }
  const std::string& principal() const override { return principal_; }
  const std::string& id() const override { return id_; }
  CheckReport check() override;

 private:
  friend class VaultTransaction;
  const Section& live() const { return header_.sections.at(live_); }
  void load_header();
  void open_data();
  void find_live_section();
  void accept_header();  // the keys must fit it
  void finish_interrupted();
  void enter_exclusive();
  void leave_exclusive();

  SlotPlan& plan_of(Transaction& transaction) const;
  void apply(VaultTransaction& transaction);  // the plan, with its transaction
  void renew(VaultTransaction& transaction, SlotPlan& plan);
  void reseal(VaultTransaction& transaction, const Keys& next);
  Section make_section(const Keys& keys, SlotPlan& plan) const;
  void write_header(Header header, const std::vector<const Keys*>& keys);
  void compact();
  void step(std::string_view name) const { options_.at_step(name); }

  std::string path_;
  Random& random_;
  Options options_;
  VaultLock lock_;
  ParsedHeader parsed_;
  Header header_;
  std::size_t live_ = 0;
  std::optional<Keys> keys_;
  std::vector<Slot> slots_;
  std::string id_;
  std::string slot_;
  std::string principal_;
  std::unique_ptr<lmdb::Env> env_;
};

}  // namespace kms::vault
