#pragma once
// When something falls due with a key, as an index of the store: what is due is found at the cost of what is due. There
// is one of each kind. The entries lie in a collection for each minute, those minutes in one for each hour, the hours
// in one for each day, the days in one for each span of days, and the spans in one of their own, since a store keeps no
// order that means anything.
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/model/key.h"
#include "core/store/store.h"

namespace kms {

enum class DueKind : std::uint8_t { kRotation, kExpiry, kDeletion };
inline constexpr std::array kDueKinds = {DueKind::kRotation, DueKind::kExpiry, DueKind::kDeletion};

// When `key` is to be looked at: for its next rotation, the end of imported material, its deletion. Nothing where that
// does not come, or waits for a second sight (waits_for_sight()).
std::optional<Time> due_time(const Key& key, DueKind kind);
// Whether something of it is out of use, and destroyed only when it has been seen to be due for a second time.
bool waits_for_sight(const Key& key);

// As put_key() and erase_key() keep them. `before` or `after` is null where there is no key.
void index_due(Transaction& transaction, const Key* before, const Key* after);

// An entry of the index.
struct Due {
  DueKind kind = DueKind::kRotation;
  Time when;
  AccountRegion home;
  KeyId key;
};
// What was due by `now`, the earlier minutes first, while `visit` returns true.
void scan_due(const Transaction& transaction, DueKind kind, Time now, const std::function<bool(const Due&)>& visit);
// Keys that wait for a second sight.
void scan_waiting(const Transaction& transaction,
                  const std::function<void(const AccountRegion& home, const KeyId& key)>& visit);
// The first time after `now`, of the kind.
std::optional<Time> find_due_after(const Transaction& transaction, DueKind kind, Time now);
// Takes an entry away that its key knows nothing of.
void forget_due(Transaction& transaction, const Due& entry);

// Takes away the index that versions before kept, of all kinds in one.
void erase_index_of_all_kinds(Transaction& transaction);

}  // namespace kms
