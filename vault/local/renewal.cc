// Commits, and the order of steps in those that change the slots (vault/vault.md, "Renewal"). A crash between any two
// steps leaves a vault that opens, with the credentials of the epoch that data.mdb names; finish() does the rest.
#include <algorithm>

#include "core/base/text.h"
#include "vault/local/open_vault.h"
#include "vault/sealed/slot_keys.h"

namespace kms::vault {
namespace {

constexpr std::size_t kReservedBytes = std::size_t{4} << 20U;

}  // namespace

void reseal_all(lmdb::Txn& txn, RecordTable& old, const Keys& old_keys, const Keys& next, Random& random) {
  const State before = old.changed() ? old.changed_state() : old.read_state();
  RecordTable renewed(txn, next, random);
  State after = before;
  after.records = 0;
  after.fingerprint = 0;
  renewed.start_state(after);

  // New records come up among the old ones while these are read: the keys are listed first.
  std::vector<Bytes> keys;
  {
    lmdb::Cursor cursor(txn);
    for (bool more = cursor.first(); more; more = cursor.next()) keys.push_back(cursor.key());
  }
  const Bytes old_state = state_key(old_keys);
  for (const Bytes& key : keys) {
    if (as_text(key) == kEpochKey) continue;
    if (key != old_state) {
      const auto sealed = txn.get(key);
      if (!sealed) throw Error(ErrorCode::kVaultDamaged, "data.mdb is damaged");
      const OpenedRecord record = open_record(old_keys, key, *sealed);
      const bool secret = record.kind == RecordKind::kSecret;
      renewed.put({record.kind, record.collection, record.item},
                  secret ? record.secret.reveal() : ByteView(record.value));
    }
    txn.erase(key);
  }
  if (renewed.changed_state().records != before.records) {
    throw Error(ErrorCode::kVaultDamaged, "records are missing in data.mdb, or were added: run check");
  }
  renewed.write_state();
  write_epoch(txn, next.epoch());
}

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

void OpenVault::commit(VaultTransaction& transaction) {
  commit_change(transaction);
  if (journal_ && transaction.table().changed()) journal_->folded(transaction.table().changed_state().journaled);
}

void OpenVault::commit_change(VaultTransaction& transaction) {
  const auto& changes = transaction.slot_changes();
  const bool exclusive = transaction.access() == Access::kExclusive;
  if ((changes && changes->revoked) || (exclusive && transaction.table().lost_secrets())) {
    renew(transaction);
    return;
  }
  transaction.table().write_state();
  if (!changes || !changes->changed) {
    const std::uint64_t snapshot = transaction.snapshot();
    if (options_.remember) env_->reserve_file(kReservedBytes);
    transaction.txn().commit();
    memories_.committed(snapshot, transaction.table().has_new_generation());
    return;
  }
  Header header = header_;
  header.sections = {make_section(*keys_, changes->slots, random_)};
  HeaderReplacement replacement = prepare_header(std::move(header), {keys_.get()});  // a full disk shows here
  step("records", [&] { transaction.txn().commit(); });
  try {
    step("header with the new slot", [&] { replacement.commit(); });
  } catch (const Error& error) {
    throw Error(error.code(), cat(error.what(), ": whether the credential was added is not known; slot list tells"));
  }
}

// Throws when the old epoch stays. Where the commit itself cannot tell, that is decided here, while the header has both
// sections and nobody else has the files.
void OpenVault::commit_renewal(VaultTransaction& transaction, std::shared_ptr<Keys> next,
                               std::vector<SlotRecord> slots) {
  bool certain = true;
  try {
    step("records", [&] { transaction.txn().commit(); });
  } catch (const Error&) {
    if (!env_->is_lost()) throw;
    step("opening anew", [&] {
      env_.reset();
      open_data();
    });
    if (read_epoch(lmdb::Txn(*env_)) != next->epoch()) throw;
    certain = false;
  }
  keys_ = std::move(next);
  slots_ = std::make_shared<const std::vector<SlotRecord>>(std::move(slots));
  if (!certain) seal_epoch();
}

// What is seen of an uncertain commit may be gone after a crash of the system, until another one follows it.
void OpenVault::seal_epoch() {
  lmdb::Txn txn(*env_, 0);
  write_epoch(txn, keys_->epoch());
  txn.commit();
}

void OpenVault::renew(VaultTransaction& transaction) {
  auto next = std::make_shared<Keys>(keys_->id(), keys_->epoch() + 1, random_.secret(kKeySize),
                                     SecretBytes::copy_of(keys_->anchor().reveal()));
  next->new_material(random_);
  std::vector<SlotRecord> slots = transaction.slots();
  for (auto& slot : slots) put_root(slot.entry, next->root());

  const bool compaction_was_due = header_.compaction_due;
  Header both = header_;
  both.compaction_due = true;
  both.sections.push_back(make_section(*next, slots, random_));
  try {
    step("header with both epochs", [&] { prepare_header(std::move(both), {keys_.get(), next.get()}).commit(); });
    transaction.table().write_pages();
    reseal_all(transaction.txn(), transaction.table(), *keys_, *next, random_);
    commit_renewal(transaction, std::move(next), std::move(slots));
  } catch (const Error&) {
    transaction.txn().abort();
    take_back(compaction_was_due);
    throw;
  }
  try {
    finish();
  } catch (const Error&) {
    // The change is made and durable. What is left waits in the header for the next opening.
    env_.reset();
  }
}

// After a renewal that failed: the header with one section again. Otherwise that waits for the next opening.
void OpenVault::take_back(bool compaction_was_due) noexcept {
  try {
    if (!env_ || read_epoch(lmdb::Txn(*env_)) != keys_->epoch()) return;
    header_.compaction_due = compaction_was_due;
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

// LMDB keeps what was deleted in free pages; a compact copy has none.
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
