#pragma once
// The end of key material. It is condemned where it is found to be due, and destroyed for good, all of it at once, by a
// transaction of its own: its commit may have to wait for others (store.h).
#include <cstdint>
#include <string_view>

#include "core/model/key.h"
#include "core/service/context.h"
#include "core/store/store.h"

namespace kms {

// Material that no key is to have any more, or whose key has lost it for good; and a whole key.
void condemn_material(Transaction& transaction, const Key& key, std::string_view material_id);
void condemn_key(Transaction& transaction, const Key& key);
bool has_condemned(const Transaction& transaction);

// Destroys it, and what belongs to the keys: aliases, grants, policies. Answers the number of keys. Audits each.
std::int32_t destroy_all_condemned(const Context& context, Transaction& transaction, Time now);

// Destroys a key with all that is stored of it and by its name, whether it is due or not, and audits that. It leaves
// its set: a primary that waited for its last replica begins its own waiting period.
void destroy_key(const Context& context, Transaction& transaction, const Key& key, Time now);

}  // namespace kms
