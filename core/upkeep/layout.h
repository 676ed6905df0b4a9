#pragma once
// What records keep by now (core/records/vault.h, layouts), and vaults of versions before.
#include "core/base/clock.h"
#include "core/service/context.h"
#include "core/store/store.h"

namespace kms {

bool has_current_layout(const Transaction& transaction);
// Writes what a vault lacks, and makes consistent what is not: once, at the first use, in the time that it takes to
// read each key and grant.
void bring_up_to_date(const Context& context, Transaction& transaction, Time now);

}  // namespace kms
