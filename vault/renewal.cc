// Changes of the slots. Each renews the root key; the record "epoch", which LMDB replaces together with all others,
// decides which section of the header is live after a crash.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/text.h"
#include "vault/opened_vault.h"

namespace kms::vault {
namespace {

VaultTransaction& own(Transaction& transaction) {
  return dynamic_cast<VaultTransaction&>(transaction);
}

std::vector<SlotRecord>::iterator find_slot(std::vector<SlotRecord>& slots, std::string_view id) {
  const auto found = std::find_if(slots.begin(), slots.end(),
                                  [id](const SlotRecord& slot) { return slot_id_text(slot.entry.id) == id; });
  if (found == slots.end()) throw Error(ErrorCode::kNotFound, cat("there is no slot ", id));
  return found;
}

bool is_root(const SlotRecord& slot) {
  return std::string_view(slot.principal).ends_with(":root");
}

// Moves every record from the old keys to the new ones; nothing is left under the old.
void seal_anew(lmdb::Txn& txn, const Keys& old_keys, RecordTable& fresh) {
  std::vector<Bytes> keys;
  {
    lmdb::Cursor cursor(txn);
    for (bool more = cursor.first(); more; more = cursor.next()) keys.push_back(cursor.key());
  }
  const Bytes state = state_key(old_keys);
  for (const auto& key : keys) {
    if (as_text(key) == kEpochKey) continue;
    const auto sealed = txn.get(key);
    if (!sealed) throw Error(ErrorCode::kVaultDamaged, "data.mdb is damaged");
    txn.erase(key);
    if (key == state) continue;
    const OpenedRecord record = open_record(old_keys, key, *sealed);
    const bool secret = record.kind == RecordKind::kSecret;
    fresh.put({record.kind, record.collection, record.item}, secret ? record.secret.reveal() : ByteView(record.value));
  }
}

}  // namespace

std::vector<Slot> OpenedVault::list(const Transaction& transaction) const {
  std::vector<Slot> out;
  for (const auto& slot : dynamic_cast<const VaultTransaction&>(transaction).slots()) out.push_back(public_slot(slot));
  return out;
}

Slot OpenedVault::add(Transaction& transaction, SlotKind kind, std::string_view principal,
                      const SecretBytes& credential, Time now) {
  auto& slots = own(transaction).change_slots();
  const SlotId id = new_slot_id(slots, random_);
  slots.push_back(
      {make_slot(keys_->id(), id, kind, credential, keys_->anchor(), random_, options_), std::string(principal), now});
  return public_slot(slots.back());
}

void OpenedVault::remove(Transaction& transaction, std::string_view id) {
  auto& slots = own(transaction).change_slots();
  const auto found = find_slot(slots, id);
  const auto other_root = [&](const SlotRecord& slot) { return &slot != &*found && is_root(slot); };
  const bool last = slots.size() == 1 || (is_root(*found) && std::none_of(slots.begin(), slots.end(), other_root));
  if (last) throw Error(ErrorCode::kConflict, "without this slot nobody could open the vault as its owner");
  slots.erase(found);
}

Slot OpenedVault::replace(Transaction& transaction, std::string_view id, const SecretBytes& credential, Time now) {
  auto& slots = own(transaction).change_slots();
  const auto found = find_slot(slots, id);
  found->entry =
      make_slot(keys_->id(), found->entry.id, found->entry.kind, credential, keys_->anchor(), random_, options_);
  found->created = now;
  return public_slot(*found);
}

void OpenedVault::write_header(std::span<const Keys* const> keys) {
  ++parsed_.header.generation;
  HeaderReplacement(path_, header_file(parsed_.header, keys)).commit();
}

void OpenedVault::renew(lmdb::Txn& txn, RecordTable& table, std::vector<SlotRecord> slots) {
  const std::uint64_t sequence = table.read_state().sequence;
  auto fresh_keys = std::make_unique<Keys>(keys_->id(), keys_->epoch() + 1, random_.secret(kKeySize),
                                           SecretBytes::copy_of(keys_->anchor().reveal()));
  fresh_keys->new_material(random_);
  parsed_.header.sections.push_back(make_section(*fresh_keys, slots, random_));
  parsed_.header.compaction_due = true;
  const std::array<const Keys*, 2> both{keys_.get(), fresh_keys.get()};
  step("before-header");
  write_header(both);
  step("header-with-both");

  RecordTable fresh(txn, *fresh_keys, random_);
  fresh.start_state({.sequence = sequence});
  seal_anew(txn, *keys_, fresh);
  fresh.write_state();
  txn.put(as_bytes(kEpochKey), epoch_bytes(fresh_keys->epoch()));
  step("before-records");
  txn.commit();
  *keys_ = std::move(*fresh_keys);
  slots_ = std::move(slots);
  live_ = 1;
  step("records");
  finish_change();
}

void OpenedVault::finish_change() {
  Header& header = parsed_.header;
  const Keys* const live = keys_.get();
  header.sections = {Section(header.sections.at(live_))};
  live_ = 0;
  header.compaction_due = true;
  write_header({&live, 1});
  step("header-with-new");

  const std::string data = file_in(path_, kDataName);
  OutputFile compacted(data, true);
  env_->compact_to(compacted.fd(), data);
  if (fsync(compacted.fd()) != 0) throw_file_error(data, errno);
  step("before-compacted");
  env_.reset();
  compacted.commit();
  step("compacted");
  header.compaction_due = false;
  write_header({&live, 1});
  step("done");
  load();
}

}  // namespace kms::vault
