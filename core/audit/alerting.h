#pragma once
// Which alerts an event concerns: those of the account of its author, and of the accounts whose keys it is about.
#include <vector>

#include "core/audit/event.h"
#include "core/store/store.h"

namespace kms {

// What goes into the outbox for that (core/records/outbox.h), together with the event or not at all. `transaction` is
// the event's own, with what it changed, or one that reads. Costs a look into what is remembered where there are no
// alerts, and their number where there are.
std::vector<SideRecord> alert_records(const Transaction& transaction, const AuditEvent& event);

}  // namespace kms
