#pragma once
// Material in a custom key store that may be there without a key, as records of the store: written before material is
// made and erased with the key's own record, or written as the key goes and erased once the store has let go of it.
// Whatever stops in between, the record tells what is left behind.
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/model/key.h"
#include "core/store/store.h"

namespace kms {

struct Orphan {
  AccountRegion home;
  KeyId key;
  std::string key_store_id;
  Time since;
  // Its key is gone. Otherwise it is being made, or whoever made it stopped before there was a key.
  bool left = false;
};

// Whether nobody can still be making it.
bool is_left(const Orphan& orphan, Time now);

void put_orphan(Transaction& transaction, const Orphan& orphan);
void erase_orphan(Transaction& transaction, const Orphan& orphan);
std::optional<Orphan> find_orphan(const Transaction& transaction, const AccountRegion& home, const KeyId& key);
// In the order of the store, from the first one after `after`, while `visit` returns true.
void scan_orphans(const Transaction& transaction, const AccountRegion& home, std::string_view after,
                  const std::function<bool(const Orphan&)>& visit);

}  // namespace kms
