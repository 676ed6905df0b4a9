#pragma once
// When the credentials that open the vault did so last, to within an hour.
#include <optional>
#include <string_view>

#include "core/base/clock.h"
#include "core/store/store.h"

namespace kms {

// Nothing for one that never did since this is noted.
std::optional<Time> find_slot_use(const Transaction& transaction, std::string_view slot_id);
bool is_slot_use_to_note(const Transaction& transaction, std::string_view slot_id, Time now);
void put_slot_use(Transaction& transaction, std::string_view slot_id, Time when);
void erase_slot_use(Transaction& transaction, std::string_view slot_id);

}  // namespace kms
