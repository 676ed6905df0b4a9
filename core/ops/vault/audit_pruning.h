#pragma once
// kmsctl:PruneAuditTrail: the old events of the trail go, for good; their hashes stay in its tree, so that every
// checkpoint and every proof about later events verifies as before.
#include <cstdint>
#include <optional>

#include "core/ops/kms/fields.h"

namespace kms {

struct PruneAuditTrailRequest {
  Time before;
  bool preview = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Before", before,
          {.required = true,
           .help = "Only events from before then go, in whole pieces of which each event is that old; the newest 256 "
                   "stay"});
    visit("Preview", preview, {.help = "Say what would go, and prune nothing"});
  }
};
struct PruneAuditTrailResponse {
  std::int64_t events = 0;
  std::optional<std::int64_t> first_number;
  std::optional<std::int64_t> last_number;
  std::optional<Time> first_time;
  std::optional<Time> last_time;
  std::optional<Bytes> root_hash;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Events", events, {.help = "How many events went, or would go"});
    visit("FirstNumber", first_number, {.help = "Of the first of them; absent, as all below, when there is none"});
    visit("LastNumber", last_number, {.help = "Of the last of them"});
    visit("FirstTime", first_time, {.help = "When the first was"});
    visit("LastTime", last_time, {.help = "When the last was"});
    visit("RootHash", root_hash, {.help = "Root of the tree over the trail up to the last of them"});
  }
};
PruneAuditTrailResponse prune_audit_trail(Call& call, const PruneAuditTrailRequest& request);

}  // namespace kms
