#pragma once
// Reading the audit trail: action kmsctl:ListAuditEvents. The first page has the newest events, the next ones go on to
// older ones; each has its events oldest first. A marker says how far the pages before it have come, so what is added
// meanwhile moves nothing.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

struct ListAuditEventsRequest {
  std::string key_id;
  std::string event_name;
  std::string principal;
  std::string start_time;
  std::string end_time;
  std::int32_t limit = 1000;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id,
          {.min = 1, .max = 2048, .help = "Only events about this key", .condition = {ConditionKind::kAlias}});
    visit("EventName", event_name, {.min = 1, .max = 128, .help = "Only events of this operation, as Decrypt"});
    visit("Principal", principal, {.min = 1, .max = 2048, .help = "Only events of this principal (root, or an ARN)"});
    visit("StartTime", start_time, {.min = 1, .max = 64, .help = "Only events from then on (ISO 8601, UTC)"});
    visit("EndTime", end_time, {.min = 1, .max = 64, .help = "Only events before then (ISO 8601, UTC)"});
    visit("Limit", limit,
          {.min = 1, .max = 1000000, .help = "The newest events up to this number; 1000, and never more at once"});
    visit("Marker", marker, kMarkerRule);
  }
  void check() const;
  std::string_view key_reference() const { return key_id; }
};
struct ListAuditEventsResponse {
  std::vector<JsonBox> events;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Events", events, {.help = "As CloudTrail writes events, oldest first"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListAuditEventsResponse list_audit_events(Call& call, const ListAuditEventsRequest& request);

}  // namespace kms
