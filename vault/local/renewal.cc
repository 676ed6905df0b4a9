// Commits, and the order of steps in those that change the slots or destroy secrets (vault/vault.md, "Renewal"). A
// crash between any two steps leaves a vault that opens, with the credentials of the epoch that data.mdb names;
// finish() does the rest.
#include "vault/sealed/renewal.h"

#include <algorithm>
#include <cerrno>

#include "core/base/text.h"
#include "core/store/retry.h"
#include "vault/local/open_vault.h"
#include "vault/sealed/slot_keys.h"

namespace kms::vault {
namespace {

constexpr std::size_t kReservedBytes = std::size_t{4} << 20U;
// Each record may be read from a page of its own, and the kernel maps some 64 KiB of a file around a page that is
// touched: at most 128 MiB count as memory of the process.
constexpr std::size_t kReadAtOnce = 2048;

}  // namespace

// What a transaction that ended leaves to be done once the files are this process's alone.
struct OpenVault::Change {
  std::vector<RecordedChange> records;
  std::optional<SlotChanges> slots;
  bool destroys = false;
  // Of what it had read.
  std::uint64_t generation = 0;
  std::uint64_t header_generation = 0;
};

void OpenVault::step(std::string_view name, const std::function<void()>& action) {
  options_.at_step(cat("before ", name));
  action();
  options_.at_step(cat("after ", name));
}

HeaderReplacement OpenVault::prepare_header(Header header, const std::vector<const Keys*>& keys) {
  header.generation = header_.generation + 1;
  const Bytes body = encode_header_body(header);
  std::vector<HeaderMac> macs;
  macs.reserve(keys.size());
  for (const Keys* each : keys) macs.push_back(header_mac(*each, body));
  HeaderReplacement replacement(directory_, encode_header_file(body, macs));
  header_ = std::move(header);
  return replacement;
}

Commit OpenVault::commit(VaultTransaction& transaction, Patience patience) {
  const auto& slots = transaction.slot_changes();
  if (transaction.destroys() || (slots && slots->changed)) return commit_alone(transaction, patience);
  return commit_records(transaction);
}

Commit OpenVault::commit_records(VaultTransaction& transaction) {
  RecordTable& table = transaction.table();
  table.set_header(header_.generation);
  table.write_state();
  const std::uint64_t snapshot = transaction.txn().snapshot();
  if (options_.remember) env_->reserve_file(kReservedBytes);
  const Commit outcome = transaction.txn().commit();
  if (outcome != Commit::kDone) return outcome;
  memory_.committed(snapshot, table.footprint().changes());
  remove_released(transaction);
  if (journal_) journal_->folded(table.changed_state().journaled);
  remember_change(table.changed_state());
  return Commit::kDone;
}

// A crash before the last of them leaves files that no record names: the next closing removes them.
void OpenVault::remove_released(const VaultTransaction& transaction) {
  if (transaction.released_segments().empty()) return;
  step("files of what was pruned", [&] {
    for (const SegmentId& id : transaction.released_segments()) segment_files_.remove(id);
  });
}

Commit OpenVault::commit_alone(VaultTransaction& transaction, Patience patience) {
  RecordTable& table = transaction.table();
  const State before = table.changed() ? table.changed_state() : table.read_state();
  Change change{transaction.take_changes(), transaction.slot_changes(), transaction.destroys(),
                before.changes.generation, header_.generation};
  transaction.txn().abort();
  Commit outcome = Commit::kConflict;
  alone_with_files(patience, [&] {
    outcome = redo(change);
    if (outcome != Commit::kDone || !env_) return;
    const auto txn = env_->begin(Access::kRead);
    remember_change(RecordTable(*txn, *keys_, random_).read_state());
  });
  return outcome;
}

// Others may have come before the files were ours.
Commit OpenVault::redo(Change& change) {
  {
    const auto txn = env_->begin(Access::kRead);
    const State now = RecordTable(*txn, *keys_, random_).read_state();
    if (now.changes.generation != change.generation || header_.generation != change.header_generation) {
      return Commit::kConflict;
    }
  }
  if (change.destroys || (change.slots && change.slots->revoked)) {
    renew(change);
  } else {
    add_slots(change);
  }
  return Commit::kDone;
}

void OpenVault::add_slots(Change& change) {
  const auto transaction = make_transaction(Access::kWrite, [] {});
  transaction->redo(change.records);
  transaction->table().write_state();
  Header header = header_;
  header.sections = {make_section(*keys_, change.slots->slots, random_)};
  HeaderReplacement replacement = prepare_header(std::move(header), {keys_.get()});  // a full disk shows here
  constexpr const char* kUnknown = ": whether the credential was added is not known; slot list tells";
  step("records", [&] {
    if (transaction->txn().commit() == Commit::kDone) return;
    throw Error(ErrorCode::kFile, cat(directory_.text(kDataName), kUnknown));
  });
  try {
    step("header with the new slot", [&] { replacement.commit(); });
  } catch (const Error& error) {
    throw Error(error.code(), cat(error.what(), kUnknown));
  }
  slots_ = std::make_shared<const std::vector<SlotRecord>>(change.slots->slots);
}

// The root key is the credentials': it stays while they do, and with it the order of the records.
void OpenVault::renew(Change& change) {
  const bool revoked = change.slots && change.slots->revoked;
  const std::uint32_t epoch = keys_->epoch() + 1;
  auto next = revoked ? std::make_shared<Keys>(keys_->id(), epoch, random_.secret(kKeySize),
                                               SecretBytes::copy_of(keys_->anchor().reveal()))
                      : keys_->of_epoch(epoch);
  next->new_material(random_);
  if (!change.slots) change.slots = {*slots_, false, false};
  for (auto& slot : change.slots->slots) put_root(slot.entry, next->root());

  Header both = header_;
  both.sections.push_back(make_section(*next, change.slots->slots, random_));
  try {
    step("header with both epochs", [&] { prepare_header(std::move(both), {keys_.get(), next.get()}).commit(); });
    write_renewed(change, next);
  } catch (const Error&) {
    take_back();
    throw;
  }
  try {
    reload();
    finish();
  } catch (const Error&) {
    // The change is made and durable. What is left waits in the header for the next opening.
    env_.reset();
  }
}

// Before and after each batch the data file is open.
void OpenVault::reseal_all(Resealing& resealing, std::uint64_t records) {
  for (bool more = true; more;) {
    more = resealing.reseal(*env_->begin(Access::kRead), kReadAtOnce);
    options_.progress(resealing.resealed(), 2 * records);
    // What is mapped counts as memory of the process: closing the file gives it back.
    env_.reset();
    open_data();
  }
}

// Writes all records of the next epoch to an empty file. In the order of the keys no page is written twice, whatever
// the order was that they came in.
void OpenVault::fill(const OutputFile& file, SortedRuns& sorted, const State& resealed, const Change& change,
                     const std::shared_ptr<Keys>& next) {
  const std::string name = directory_.text(kDataName);
  const auto commit = [&](EngineTransaction& txn) {
    if (txn.commit() != Commit::kDone) throw_file_error(name, EIO);
  };
  lmdb::Env made(lmdb::Env::InTheMaking{file.route(), file.fd()}, options_.initial_map_bytes, name);
  std::uint64_t written = 0;
  for (bool more = sorted.next(); more;) {
    lmdb::Txn txn(made, Access::kWrite);
    const std::size_t most = made.usual_headroom() / 4;  // pages may be half empty, and have a tree above them
    for (std::size_t bytes = 0; more && bytes < most; more = sorted.next(), ++written) {
      txn.append(sorted.key(), sorted.value());
      bytes += sorted.key().size() + sorted.value().size();
    }
    commit(txn);
    options_.progress(resealed.records + written, 2 * resealed.records);
  }
  State state = resealed;
  state.header = header_.generation;
  if (options_.new_incarnation) random_.fill(state.incarnation);
  TreeBuilder builder(*next, random_, resealed.sequence + 1);
  for (bool more = true; more;) {
    lmdb::Txn txn(made, Access::kWrite);
    more = builder.add_records(txn, kReadAtOnce);
    if (!more) state.tree = builder.finish(txn);
    commit(txn);
  }
  VaultTransaction transaction(made.begin(Access::kWrite), next, random_, Access::kWrite, slots_, {{}, [] {}});
  transaction.table().start_state(state);
  transaction.redo(change.records);
  transaction.table().write_state();
  write_epoch(transaction.txn(), next->epoch());
  commit(transaction.txn());
  made.sync();
}

// Throws when the old epoch stays, or when it is not known. data.mdb gets its successor in one step, which decides.
// Whether it lasts when that step fails is found out here, while the header has both sections and nobody else has the
// files. Behind it nothing can fail that would make the change undone, and the data file is closed.
void OpenVault::write_renewed(Change& change, const std::shared_ptr<Keys>& next) {
  OutputFile file = output_for(directory_, kDataName);
  const std::string name = directory_.text(kDataName);
  const auto state = [&] {
    const auto txn = env_->begin(Access::kRead);
    return RecordTable(*txn, *keys_, random_).read_state();
  }();
  SortedRuns sorted(
      options_.sorting_memory, [&] { return output_for(directory_, kDataName); }, name);
  Resealing resealing(*keys_, *next, state, random_, [&](ByteView key, ByteView sealed) { sorted.add(key, sealed); });
  for (const RecordedChange& each : change.records) {
    const bool of_a_log = each.kind == RecordedChange::Kind::kAppend || each.kind == RecordedChange::Kind::kPrune;
    if (!of_a_log) resealing.leave_out(each.collection, each.item);
  }
  reseal_all(resealing, state.records);
  fill(file, sorted, resealing.finish(), change, next);
  options_.progress(state.records, state.records);
  env_.reset();
  renewed_ = next;
  try {
    with_texts(directory_, [&] { step("records", [&] { file.commit(); }); });
  } catch (const Error&) {
    if (!was_renewed(next)) throw;
  }
  keys_ = next;
  slots_ = std::make_shared<const std::vector<SlotRecord>>(change.slots->slots);
}

// After a step that failed. Where the files cannot be read either, begin() learns it as soon as they can.
bool OpenVault::was_renewed(const std::shared_ptr<Keys>& next) {
  try {
    reload();
    if (keys_ == next) seal_epoch();
    return keys_ == next;
  } catch (const Error&) {
    env_.reset();
    throw_unknown_outcome();
  }
}

// What is seen of an uncertain commit, or of a file that was replaced, may be gone after a crash of the system, until
// another commit follows and the directory is on the disk.
void OpenVault::seal_epoch() {
  const auto txn = env_->begin(Access::kWrite);
  write_epoch(*txn, keys_->epoch());
  if (txn->commit() != Commit::kDone) throw_file_error(directory_.text(kDataName), EIO);
  with_texts(directory_, [&] { sync_directory(directory_.route()); });
}

// After a renewal that failed: the header with one section again. Otherwise that waits for the next opening.
void OpenVault::take_back() noexcept {
  try {
    const auto before = keys_;
    if (!env_) reload();
    if (keys_ != before) return;
    finish();
  } catch (const Error&) {
    env_.reset();
  }
}

void OpenVault::finish() {
  remove_temporary_files(directory_);
  Header header = header_;
  header.sections = {live_section(keys_->epoch())};
  if (header_.sections.size() > 1) {
    seal_epoch();
    step("header with one epoch", [&] { prepare_header(header, {keys_.get()}).commit(); });
  }
  if (!header.compaction_due) return;
  compact();
  header.compaction_due = false;
  step("header without a due compaction", [&] { prepare_header(header, {keys_.get()}).commit(); });
}

// Versions before renewed the keys in place, which leaves what was deleted in free pages: a compact copy has none.
void OpenVault::compact() {
  with_texts(directory_, [&] {
    OutputFile copy = output_for(directory_, kDataName);
    step("compact copy", [&] { env_->compact_to(copy.fd(), directory_.text(kDataName)); });
    step("compact file", [&] {
      env_.reset();
      copy.commit();
    });
  });
}

}  // namespace kms::vault
