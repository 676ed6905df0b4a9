// The SlotKeeper of a vault: what its operations prepare in a transaction. vault/local/renewal.cc carries it out.
#include <algorithm>

#include "core/base/text.h"
#include "vault/local/open_vault.h"
#include "vault/sealed/slot_keys.h"

namespace kms::vault {
namespace {

const VaultTransaction& ours(const Transaction& transaction) {
  return dynamic_cast<const VaultTransaction&>(transaction);
}

SlotChanges& changes_of(Transaction& transaction) {
  return dynamic_cast<VaultTransaction&>(transaction).change_slots();
}

std::vector<SlotRecord>::iterator find_slot(SlotChanges& changes, std::string_view id) {
  const auto found = std::find_if(changes.slots.begin(), changes.slots.end(),
                                  [&](const SlotRecord& slot) { return slot_id_text(slot.entry.id) == id; });
  if (found == changes.slots.end()) throw Error(ErrorCode::kNotFound, cat("there is no slot ", id));
  return found;
}

}  // namespace

std::vector<Slot> OpenVault::list(const Transaction& transaction) const {
  std::vector<Slot> out;
  for (const auto& slot : ours(transaction).slots()) out.push_back(describe(slot));
  return out;
}

Slot OpenVault::add(Transaction& transaction, SlotKind kind, std::string_view principal, const SecretBytes& credential,
                    Time now, std::string_view label) {
  SlotChanges& changes = changes_of(transaction);
  SlotRecord slot;
  slot.entry =
      make_slot(keys_->id(), new_slot_id(changes.slots, random_), kind, credential, keys_->anchor(), random_, options_);
  put_root(slot.entry, keys_->root());
  slot.principal = principal;
  slot.created = now;
  slot.label = label;
  std::vector<SlotRecord> slots = changes.slots;
  slots.push_back(slot);
  require_room(slots);
  changes.slots = std::move(slots);
  changes.changed = true;
  return describe(slot);
}

void OpenVault::remove(Transaction& transaction, std::string_view id, std::string_view owner) {
  SlotChanges& changes = changes_of(transaction);
  const auto found = find_slot(changes, id);
  const auto is_of_owner = [&](const SlotRecord& slot) { return slot.principal == owner; };
  const auto owned = std::count_if(changes.slots.begin(), changes.slots.end(), is_of_owner);
  if (changes.slots.size() == 1 || (is_of_owner(*found) && owned == 1)) {
    throw Error(ErrorCode::kConflict,
                cat("this is the last slot of ", owner, ", without whom nobody could administer the ",
                    "vault; add another one first (slot add)"));
  }
  changes.slots.erase(found);
  changes.changed = changes.revoked = true;
}

Slot OpenVault::replace(Transaction& transaction, std::string_view id, const SecretBytes& credential, Time now) {
  SlotChanges& changes = changes_of(transaction);
  const auto found = find_slot(changes, id);
  const SlotEntry& old = found->entry;
  found->entry = make_slot(keys_->id(), old.id, old.kind, credential, keys_->anchor(), random_, options_);
  found->created = now;
  changes.changed = changes.revoked = true;
  return describe(*found);
}

}  // namespace kms::vault
