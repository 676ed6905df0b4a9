// What an opened vault does with its journal (vault/vault.md, "Journal").
#include <exception>
#include <thread>

#include "core/store/retry.h"
#include "vault/local/open_vault.h"

namespace kms::vault {
namespace {

// A process that journals adds what it wrote to the records many times within this.
constexpr std::chrono::milliseconds kJournalPatience{2000};
constexpr std::chrono::milliseconds kStep{5};

}  // namespace

OpenVault::~OpenVault() {
  if (!journal_) return;
  try {
    flush();
    journal_->clear();
  } catch (const std::exception&) {
    return;  // the next opening finds it
  }
}

std::uint64_t OpenVault::last_in_records() const {
  const auto txn = env_->begin(Access::kRead);
  return RecordTable(*txn, *keys_, random_).read_state().journaled;
}

// What another process, which has the journal, has left by now. It reuses the file only after the records moved on.
std::uint64_t OpenVault::last_left(const Journal& journal) const {
  for (;;) {
    const std::uint64_t last = last_in_records();
    const auto batches = journal.read(*keys_, last);
    if (!batches.empty()) return batches.back().number;
    if (last_in_records() == last) return last;
  }
}

// False when another process has it, which has added by then what this one could have been told of before.
bool OpenVault::own_journal(Journal& journal) const {
  if (journal.own()) return true;
  const auto deadline = std::chrono::steady_clock::now() + kJournalPatience;
  const std::uint64_t last = last_left(journal);
  while ((options_.remember || last_in_records() < last) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kStep);
    if (journal.own()) return true;
  }
  return false;
}

void OpenVault::add_journal(Journal& journal) {
  const auto batches = journal.read(*keys_, last_in_records());
  if (batches.empty()) return;
  const auto transaction = begin_unfolded(Access::kWrite);
  for (const JournalBatch& batch : batches) {
    for (const SideRecordView& record : read_records(batch.records)) kms::add(*transaction, record);
  }
  transaction->table().set_journaled(batches.back().number);
  if (transaction->commit() != Commit::kDone) throw_unknown_outcome();
  journal.clear();
}

void OpenVault::open_journal() {
  auto journal = Journal::open(directory_, options_.remember);
  if (!journal || !own_journal(*journal)) return;
  add_journal(*journal);
  if (!options_.remember) return;
  try {
    journal->start(last_in_records(), random_);
    journal_ = std::move(journal);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kFile) throw;  // a disk without room for it: then there is none
  }
}

Commit OpenVault::append_durably(std::span<const SideRecord> records, const Seen& seen) {
  if (journal_) {
    const TransactionGate::Held held(gate_, Hold::kRead);
    require_shared_lock();
    if (journal_->write(*keys_, records, random_)) return Commit::kDone;
  }
  return Store::append_durably(records, seen);
}

void OpenVault::flush() {
  if (!journal_ || !journal_->pending()) return;
  if (begin(Access::kWrite)->commit() == Commit::kUnknown) throw_unknown_outcome();
}

void OpenVault::fold_into(VaultTransaction& transaction) {
  if (!journal_ || !journal_->pending()) return;
  transaction.table().set_journaled(journal_->fold_into(transaction));
  transaction.table().write_logs();  // what others did is not the transaction's own: it finds it in trees, too
}

// For a caller that is alone in this process.
void OpenVault::fold_alone() {
  if (!journal_ || !journal_->pending()) return;
  recover_alone();
  const auto transaction = make_transaction(Access::kWrite, [] {});
  fold_into(*transaction);
  if (transaction->commit() != Commit::kDone) throw_unknown_outcome();
}

}  // namespace kms::vault
