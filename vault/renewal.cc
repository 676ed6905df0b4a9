// Changing who can open the vault (vault/vault.md, "Changing credentials"). The order of the steps is the whole point:
// whatever a crash leaves, LMDB's epoch record says which section of the header counts.
#include <algorithm>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "vault/metadata.h"
#include "vault/open_vault.h"
#include "vault/slot_keys.h"

namespace kms::vault {
namespace {

Bytes epoch_bytes(std::uint32_t epoch) {
  Bytes out;
  ByteWriter(out).u32(epoch);
  return out;
}

std::size_t index_of(const SlotPlan& plan, std::string_view id) {
  const auto found =
      std::find_if(plan.slots.begin(), plan.slots.end(), [&](const Slot& slot) { return slot.id == id; });
  if (found == plan.slots.end()) throw Error(ErrorCode::kNotFound, cat("Slot ", id, " does not exist"));
  return static_cast<std::size_t>(found - plan.slots.begin());
}

std::ptrdiff_t offset(std::size_t index) {
  return static_cast<std::ptrdiff_t>(index);
}

}  // namespace

SlotPlan& OpenVault::plan_of(Transaction& transaction) const {
  auto& own = dynamic_cast<VaultTransaction&>(transaction);
  if (own.access_ != Access::kExclusive) {
    throw Error(ErrorCode::kInternal, "credentials change in an exclusive transaction alone");
  }
  if (!own.plan_) own.plan_ = SlotPlan{live().slots, slots_, false};
  return *own.plan_;
}

Slot OpenVault::add(Transaction& transaction, SlotKind kind, std::string_view principal, const SecretBytes& credential,
                    Time now) {
  SlotPlan& plan = plan_of(transaction);
  SlotId id{};
  do {
    random_.fill(id);
  } while (std::any_of(plan.entries.begin(), plan.entries.end(), [&](const SlotEntry& e) { return e.id == id; }));
  SlotEntry entry = make_slot(header_.id, id, kind, credential, keys_->anchor(), random_, options_);
  put_root(entry, keys_->root());
  plan.entries.push_back(entry);
  plan.slots.push_back({slot_text(id), kind, std::string(principal), now});
  return plan.slots.back();
}

void OpenVault::remove(Transaction& transaction, std::string_view id) {
  SlotPlan& plan = plan_of(transaction);
  const std::size_t index = index_of(plan, id);
  if (plan.slots.size() == 1) {
    throw Error(ErrorCode::kConflict, "this is the last slot: without it nobody could open the vault");
  }
  plan.entries.erase(plan.entries.begin() + offset(index));
  plan.slots.erase(plan.slots.begin() + offset(index));
  plan.renew = true;
}

Slot OpenVault::replace(Transaction& transaction, std::string_view id, const SecretBytes& credential, Time now) {
  SlotPlan& plan = plan_of(transaction);
  const std::size_t index = index_of(plan, id);
  SlotEntry& entry = plan.entries.at(index);
  entry = make_slot(header_.id, entry.id, entry.kind, credential, keys_->anchor(), random_, options_);
  plan.slots.at(index).created = now;
  plan.renew = true;
  return plan.slots.at(index);
}

Section OpenVault::make_section(const Keys& keys, SlotPlan& plan) const {
  for (SlotEntry& entry : plan.entries) put_root(entry, keys.root());
  return {keys.epoch(), plan.entries, keys.seal_material(random_), seal_metadata(keys, plan.slots, random_)};
}

void OpenVault::write_header(Header header, const std::vector<const Keys*>& keys) {
  header.generation = header_.generation + 1;
  const Bytes body = encode_header_body(header);
  std::vector<HeaderMac> macs;
  for (const Keys* of_section : keys) macs.push_back(header_mac(*of_section, body));
  HeaderReplacement(path_, encode_header_file(body, macs)).commit();
  header_ = std::move(header);
  parsed_ = {header_, body, macs};
}

void OpenVault::apply(VaultTransaction& transaction) {
  SlotPlan plan = *std::move(transaction.plan_);
  transaction.plan_.reset();
  if (plan.renew) return renew(transaction, plan);
  // The event first: a slot that the trail does not hold must not exist.
  transaction.commit();
  step("slot recorded");
  Header header = header_;
  header.sections = {make_section(*keys_, plan)};
  live_ = 0;
  write_header(std::move(header), {&*keys_});
  slots_ = std::move(plan.slots);
  step("slot added");
}

void OpenVault::renew(VaultTransaction& transaction, SlotPlan& plan) {
  Keys next(header_.id, keys_->epoch() + 1, random_.secret(kKeySize), SecretBytes::copy_of(keys_->anchor().reveal()));
  next.new_material(random_);
  Header both = header_;
  both.compaction_due = true;
  both.sections = {live(), make_section(next, plan)};
  live_ = 0;
  step("renewal begins");
  write_header(both, {&*keys_, &next});
  step("both sections written");
  reseal(transaction, next);
  transaction.txn_->commit();
  step("records sealed again");
  Header single = header_;
  single.sections = {header_.sections.at(1)};
  write_header(std::move(single), {&next});
  step("old section dropped");
  keys_.emplace(std::move(next));
  slots_ = std::move(plan.slots);
  transaction.table_.reset();
  transaction.txn_.reset();
  compact();
}

void OpenVault::reseal(VaultTransaction& transaction, const Keys& next) {
  lmdb::Txn& txn = *transaction.txn_;
  if (transaction.table_->changed()) transaction.table_->write_state();
  const State before = transaction.table_->read_state();
  std::vector<Bytes> names;
  {
    lmdb::Cursor cursor(txn);
    for (bool more = cursor.first(); more; more = cursor.next()) names.push_back(cursor.key());
  }
  RecordTable table(txn, next, random_);
  table.start_state({.records = 0, .sequence = before.sequence, .fingerprint = 0});
  for (const Bytes& name : names) {
    if (as_text(name) == kEpochKey) continue;
    const OpenedRecord record = open_record(*keys_, name, txn.get(name).value());
    txn.erase(name);
    if (record.kind == RecordKind::kState) continue;
    const ByteView value = record.kind == RecordKind::kSecret ? record.secret.reveal() : ByteView(record.value);
    table.put({record.kind, record.collection, record.item}, value);
  }
  table.write_state();
  txn.put(as_bytes(kEpochKey), epoch_bytes(next.epoch()));
}

// LMDB leaves what was deleted in free pages: only a copy without them is free of it.
void OpenVault::compact() {
  {
    OutputFile copy(file_in(path_, kDataName), true);
    env_->compact_to(copy.fd(), path_);
    env_.reset();
    step("compact copy written");
    copy.commit();
  }
  step("compact copy in place");
  open_data();
  Header header = header_;
  header.compaction_due = false;
  write_header(std::move(header), {&*keys_});
  step("renewal ended");
}

// What a crash left half done. Others may have the vault open; then the next command tries again.
void OpenVault::finish_interrupted() {
  if (header_.sections.size() == 1 && !header_.compaction_due) return;
  env_.reset();
  const bool alone = lock_.exclude(std::chrono::milliseconds(0));
  if (!alone && !lock_.share(std::chrono::seconds(30))) {
    throw Error(ErrorCode::kConflict, "the vault is in use by another process; run the command again");
  }
  load_header();
  open_data();
  find_live_section();
  if (live().epoch != keys_->epoch()) {
    throw Error(ErrorCode::kConflict, "the credentials of the vault were changed meanwhile; run the command again");
  }
  accept_header();
  if (!alone) return;
  if (header_.sections.size() == 2) {
    // The old section counts: nothing was sealed again, and nothing needs compaction.
    const bool undone = live_ == 0;
    Header single = header_;
    single.sections = {live()};
    single.compaction_due = !undone;
    live_ = 0;
    write_header(std::move(single), {&*keys_});
  }
  remove_temporary_files(path_);
  if (header_.compaction_due) compact();
  (void)lock_.share(std::chrono::seconds(30));
}

}  // namespace kms::vault
