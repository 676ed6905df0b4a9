#pragma once
// Vault over its files. Internal to vault/.
//
// States of the files (vault/vault.md, "Renewal"): sound; unfinished (vault.hdr has two sections, or asks for a
// compaction), which the next process that has the vault alone finishes. States of the process: holds the lock of the
// directory shared, with the data file open; or, within alone_with_files(), exclusively; or not at all, after a failure
// there: begin() takes it again.
//
// Locks, in this order: gate_ (which transactions may be open beside each other), then reopening_ (guards env_ and
// locked_ where several begin at once), then those inside the memory, the journal and LMDB. header_, keys_ and slots_
// change only while this process is alone in the gate.
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/store/memory.h"
#include "vault/engine/damage_guard.h"
#include "vault/engine/lmdb.h"
#include "vault/engine/sorted_runs.h"
#include "vault/local/anchor.h"
#include "vault/local/backup_spool.h"
#include "vault/local/directory.h"
#include "vault/local/journal.h"
#include "vault/local/segment_files.h"
#include "vault/local/transaction_gate.h"
#include "vault/local/vault.h"
#include "vault/sealed/renewal.h"
#include "vault/sealed/transaction.h"

namespace kms::vault {

// The data file must have passed require_sound_metas(). Nothing in a file without a vault's records.
std::optional<std::uint32_t> read_epoch(lmdb::Env& env);
void write_epoch(EngineTransaction& txn, std::uint32_t epoch);

// One directory may be open once in a process: a second LMDB environment would drop the locks of the first (lmdb.h).
class OnlyOnce {
 public:
  explicit OnlyOnce(const Directory& directory);  // ConflictException when it is open
  ~OnlyOnce();
  OnlyOnce(const OnlyOnce&) = delete;
  OnlyOnce& operator=(const OnlyOnce&) = delete;
  OnlyOnce(OnlyOnce&&) = delete;
  OnlyOnce& operator=(OnlyOnce&&) = delete;

 private:
  struct Claim;
  std::unique_ptr<Claim> claim_;
};

class OpenVault final : public Vault {
 public:
  OpenVault(const std::string& path, Random& random, const Options& options);
  ~OpenVault() override;
  OpenVault(const OpenVault&) = delete;
  OpenVault& operator=(const OpenVault&) = delete;
  OpenVault(OpenVault&&) = delete;
  OpenVault& operator=(OpenVault&&) = delete;
  void unlock(const OpenedSlots& slots);
  void upgrade();
  void require_newest();

  std::unique_ptr<Transaction> begin(Access access) override;
  [[nodiscard]] Commit append_durably(std::span<const SideRecord> records, const Seen& seen) override;
  void flush() override;
  std::vector<Slot> list(const Transaction& transaction) const override;
  Slot add(Transaction& transaction, SlotKind kind, std::string_view principal, const SecretBytes& credential, Time now,
           std::string_view label) override;
  void remove(Transaction& transaction, std::string_view id, std::string_view owner) override;
  Slot replace(Transaction& transaction, std::string_view id, const SecretBytes& credential, Time now) override;
  std::string unlocking_slot() const override { return slot_id_text(slot_); }
  const std::string& principal() const override { return principal_; }
  SlotKind unlocking_kind() const override { return kind_; }
  const std::string& id() const override { return id_; }
  bool journals() const override { return journal_ != nullptr; }
  std::uint32_t format_version() const override { return kFormatVersion; }
  std::uint64_t data_bytes() const override;
  CheckReport check() override;
  RepairReport repair() override;
  void take_failed_unlocks(const std::function<void(const UnlockNotes&)>& record) override;
  Slot slot_of(const Credential& credential) override;
  std::int32_t close_segments() override;
  BackupFigures make_backup(const BackupSlots& slots, std::string_view owner, Time now) override;
  Bytes read_backup(std::string_view id, std::string_view owner, std::uint64_t offset, std::size_t most,
                    Time now) override;
  void end_backup(std::string_view id, std::string_view owner) override;
  std::string recipient_of(const Transaction& transaction, std::string_view slot_id) const override;
  std::optional<Rollback> rollback() const override { return rollback_; }
  void accept_rollback() override { rollback_accepted_ = true; }

 private:
  State present_state();
  const Section& live_section(std::uint32_t epoch) const;
  bool believe_header(const std::shared_ptr<Keys>& keys);
  std::shared_ptr<Keys> keys_of(std::uint32_t epoch) const;
  void open_data();
  void reload();
  void require_shared_lock();
  void alone(Hold held, const std::function<void()>& action);
  void alone_with_files(Patience patience, const std::function<void()>& action);
  void make_room(Access access);
  void recover(Hold held);
  void recover_alone();
  RecordTable table_of(EngineTransaction& txn) { return {txn, *keys_, random_, &segment_files_}; }
  std::unique_ptr<VaultTransaction> make_transaction(Access access, std::function<void()> ended);
  std::unique_ptr<VaultTransaction> begin_unfolded(Access access);
  void open_journal();
  std::uint64_t last_left(const Journal& journal) const;
  bool own_journal(Journal& journal) const;
  void add_journal(Journal& journal);
  std::uint64_t last_in_records() const;
  void fold_into(VaultTransaction& transaction);
  void fold_alone();
  void enter_exclusive(std::chrono::milliseconds patience);
  void leave_exclusive() noexcept;
  bool unfinished() const { return header_.sections.size() > 1 || header_.compaction_due; }
  void try_to_finish();

  std::optional<LogExtent> due_to_close(const std::string& log);
  std::vector<std::string> logs_due_to_close();
  bool close_segment(const std::string& log);
  NewSegment write_segment(const std::string& log, const LogExtent& before, std::uint64_t end);
  std::set<SegmentId> named_segments();
  void remove_superfluous_segments();
  bool name_segment(const std::string& log, const LogExtent& before, const NewSegment& made, std::uint64_t width);

  [[nodiscard]] Commit commit(VaultTransaction& transaction, Patience patience);
  [[nodiscard]] Commit commit_records(VaultTransaction& transaction);
  void remove_released(const VaultTransaction& transaction);
  void remember_change(const State& state);
  struct Change;
  [[nodiscard]] Commit commit_alone(VaultTransaction& transaction, Patience patience);
  // Each of these has the files alone.
  [[nodiscard]] Commit redo(Change& change);
  void add_slots(Change& change);
  void renew(Change& change);
  void write_renewed(Change& change, const std::shared_ptr<Keys>& next);
  void reseal_all(Resealing& resealing, std::uint64_t records);
  void fill(const OutputFile& file, SortedRuns& sorted, const State& resealed, const Change& change,
            const std::shared_ptr<Keys>& next);
  void seal_epoch();
  bool was_renewed(const std::shared_ptr<Keys>& next);
  void take_back() noexcept;
  void finish();
  void compact();
  HeaderReplacement prepare_header(Header header, const std::vector<const Keys*>& keys);
  void step(std::string_view name, const std::function<void()>& action);

  Directory directory_;
  OnlyOnce once_;
  DamageHandling handling_;
  Random& random_;
  Options options_;
  VaultLock lock_;
  Header header_;
  std::shared_ptr<Keys> keys_;
  std::shared_ptr<Keys> renewed_;  // of a renewal of this process, until it is seen which epoch data.mdb has
  std::shared_ptr<const std::vector<SlotRecord>> slots_;
  std::unique_ptr<lmdb::Env> env_;  // closed while the lock is not held
  SlotId slot_{};
  std::string principal_;
  SlotKind kind_ = SlotKind::kPassphrase;
  std::string id_;
  std::optional<Anchor> anchor_;      // once the vault is open
  std::optional<Rollback> rollback_;  // of a vault that was opened all the same
  std::atomic<bool> rollback_accepted_ = false;
  TransactionGate gate_;
  Memory memory_;
  SegmentFiles segment_files_;
  BackupSpool backups_;
  std::unique_ptr<Journal> journal_;  // of a vault that remembers, unless another process has it
  std::mutex reopening_;              // guards env_ and locked_ where transactions begin beside each other
  bool locked_ = true;                // shared; who had the files alone and could not take it back clears it
};

}  // namespace kms::vault
