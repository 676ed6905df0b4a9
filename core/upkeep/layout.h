#pragma once
// The indexes that records have by now (core/records), and vaults of versions before them.
#include "core/store/store.h"

namespace kms {

bool has_current_layout(const Transaction& transaction);
// Writes what a vault lacks: once, at the first use, in the time that it takes to read each key and grant.
void bring_up_to_date(Transaction& transaction);

}  // namespace kms
