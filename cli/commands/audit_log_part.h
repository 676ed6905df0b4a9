#pragma once
// The audit log, or a part of it, as a command gets it from the service: under one checkpoint, whatever is added
// meanwhile.
#include <cstdint>
#include <functional>
#include <string>

#include "cli/session.h"
#include "core/ops/vault/audit_trail.h"
#include "formats/audit_export.h"

namespace kms::cli {

// Texts of times as ListAuditEvents takes them; empty: without a bound.
struct TimeBounds {
  std::string since;
  std::string until;
};

struct AuditLogPart {
  formats::AuditExportHeader header;
  formats::AuditExportEnd end;
};

// Takes a checkpoint, and finds the smallest run of entries that has all events between the bounds. Empty, and at the
// end of the log, where there are none. Throws as calls do.
AuditLogPart audit_log_part(Session& session, const TimeBounds& bounds);

// Hands over the entries of the part, in order.
void for_each_entry(Session& session, const AuditLogPart& part, const std::function<void(const StoredEvent&)>& take);

}  // namespace kms::cli
