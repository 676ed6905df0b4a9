#include "core/ops/vault/audit_pruning.h"

#include <nlohmann/json.hpp>

#include "core/base/time_text.h"
#include "core/upkeep/pruning.h"

namespace kms {

PruneAuditTrailResponse prune_audit_trail(Call& call, const PruneAuditTrailRequest& request) {
  const auto events = find_older(call.transaction, call.caller.home, request.before);
  if (!events) return {};
  if (!request.preview) {
    prune(call.transaction, call.caller.home, *events);
    *call.event.additional_data = told_of(*events);
  }
  return {static_cast<std::int64_t>(events->count()),
          static_cast<std::int64_t>(events->begin),
          static_cast<std::int64_t>(events->end - 1),
          parse_time(events->first_time),
          parse_time(events->last_time),
          Bytes(events->root.begin(), events->root.end())};
}

}  // namespace kms
