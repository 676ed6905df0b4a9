#pragma once
// Figures of the vault for who watches it.
#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/ops/kms/fields.h"

namespace kms {

struct GetMetricsResponse {
  std::int64_t keys = 0;
  std::int64_t keys_pending_deletion = 0;
  std::int64_t rotations_overdue = 0;
  std::optional<Time> next_expiry;
  std::int64_t trail_events = 0;
  std::optional<Time> last_checkpoint;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Keys", keys, {.help = "Keys of all accounts and Regions"});
    visit("KeysPendingDeletion", keys_pending_deletion,
          {.help = "Keys whose deletion is scheduled, until they are destroyed"});
    visit("RotationsOverdue", rotations_overdue,
          {.help = "Scheduled rotations whose time has passed; counted up to 1,000"});
    visit("NextExpiry", next_expiry, {.help = "When imported key material expires next; absent where none does"});
    visit("TrailEvents", trail_events, {.help = "Events of all audit trails"});
    visit("LastCheckpoint", last_checkpoint,
          {.help = "When a checkpoint of a trail was asked for last; absent where none was"});
  }
};
GetMetricsResponse get_metrics(Call& call, const EmptyRequest& request);

}  // namespace kms
