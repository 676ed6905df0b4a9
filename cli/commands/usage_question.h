#pragma once
// Counts over the audit trail (GetAuditUsage), as several commands ask for them.
#include "cli/session.h"
#include "core/base/json.h"
#include "core/ops/vault/audit_usage.h"

namespace kms::cli {

// Asks until the whole trail is counted: of events without an index one call reads some, and leaves them indexed. Stops
// where another call gets no further. Throws what the call throws.
Json call_usage(Session& session, const Json& request);
// On standard error, when something is not counted.
void note_unread(Session& session, const Json& answer);

}  // namespace kms::cli
