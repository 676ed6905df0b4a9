#pragma once
// The end of key material. It is condemned where it is found to be due, and destroyed for good, all of it at once, by a
// transaction of its own: its commit may have to wait for others (store.h).
#include "core/model/key.h"
#include "core/service/context.h"
#include "core/store/store.h"

namespace kms {

// Imported material that has expired: out of use at once, since a key that lacks any of its material is pending import.
// Its secret stays until condemn_material(), and restore_material() brings it back. The caller puts the key.
void withdraw_material(Key& key, BackingKey& material, const DueSight& sight);
void restore_material(Key& key, BackingKey& material);
void condemn_material(Transaction& transaction, const Key& key, BackingKey& material);
void condemn_key(Transaction& transaction, const Key& key);
bool has_condemned(const Transaction& transaction);

// Destroys it, and what belongs to the keys: aliases, grants, policies. Answers the number of keys. Audits each.
std::int32_t destroy_all_condemned(const Context& context, Transaction& transaction, Time now);

// When the last replica of a primary key that waits for that is gone, its own waiting period begins.
void leave_set(const Context& context, Transaction& transaction, const Key& replica, Time now);

}  // namespace kms
