#pragma once
// Sets of keys (core/model/key_set.h) in the store.
#include <string_view>

#include "core/base/clock.h"
#include "core/model/key.h"
#include "core/model/key_set.h"
#include "core/service/context.h"
#include "core/store/store.h"

namespace kms {

// The set of `key`, with those members that its list of Regions names and this vault has. Costs a record for each.
KeySet load_set(const Transaction& transaction, const Key& key, Time now);

// Writes the members that differ from what is stored, brings material that was made here to those that lack it, and
// condemns what the set has dropped (core/upkeep/destruction.h). `about` is the Region of the key that a caller or
// upkeep changed: for each other member there is an event.
void store_set(const Context& context, Transaction& transaction, const KeySet& set, std::string_view about, Time now);

// A key past its deletion date gives its place to another one before its destruction was due: with all that belongs to
// it, it is destroyed. Nothing where there is none.
void clear_place(const Context& context, Transaction& transaction, const AccountRegion& home, const KeyId& id,
                 Time now);

}  // namespace kms
