#pragma once
// Verifying the trail where it lies: action kmsctl:VerifyAuditTrail. A part of it a call, since each event is opened.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

struct VerifyAuditTrailRequest {
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Marker", marker, kMarkerRule);
  }
};
struct VerifyAuditTrailResponse {
  std::vector<std::string> problems;
  std::optional<std::string> next_marker;
  bool truncated = false;
  std::int64_t checked = 0;
  std::int64_t size = 0;
  std::optional<std::int64_t> pruned;
  std::optional<Time> first_time;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Problems", problems, {.help = "What is wrong; empty when this part of the trail is what its tree says"});
    visit_next_page(visit, next_marker, truncated);
    visit("Checked", checked, {.help = "How many events were compared until now, from the oldest on"});
    visit("Size", size, {.help = "How many there are"});
    visit(
        "Pruned", pruned,
        {.help = "How many of them were pruned, from the oldest on: of these, the tree alone was compared. Absent when "
                 "none was"});
    visit("FirstTime", first_time, {.help = "With Pruned: when the oldest was that is left"});
  }
};
VerifyAuditTrailResponse verify_audit_trail(Call& call, const VerifyAuditTrailRequest& request);

}  // namespace kms
