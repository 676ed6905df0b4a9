#pragma once
// When something falls due with a key, as an index of the store: what is due is found at the cost of what is due. The
// entries lie in a collection for each minute, those minutes in one for each day, the days in one for each span of
// days, and the spans in one of their own, since a store keeps no order that means anything.
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/model/key.h"
#include "core/store/store.h"

namespace kms {

// When `key` is to be looked at: its next rotation, the end of imported material, its deletion. Nothing where none of
// these comes, or all wait for a second sight (waits_for_sight()).
std::optional<Time> due_time(const Key& key);
// Whether something of it is out of use, and destroyed only when it has been seen to be due for a second time.
bool waits_for_sight(const Key& key);

// As put_key() and erase_key() keep them. `before` or `after` is null where there is no key.
void index_due(Transaction& transaction, const Key* before, const Key* after);

// Keys that were due by `now`, and those that wait for a second sight.
void scan_due(const Transaction& transaction, Time now,
              const std::function<void(const AccountRegion&, const KeyId&)>& visit);
// The first time after `now`.
std::optional<Time> find_due_after(const Transaction& transaction, Time now);

}  // namespace kms
