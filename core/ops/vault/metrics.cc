#include "core/ops/vault/metrics.h"

#include "core/upkeep/figures.h"

namespace kms {

GetMetricsResponse get_metrics(Call& call, const EmptyRequest& /*request*/) {
  const VaultFigures figures = read_figures(call.transaction, call.now());
  return {figures.keys,        figures.keys_pending_deletion, figures.rotations_overdue,
          figures.next_expiry, figures.trail_events,          figures.last_checkpoint};
}

}  // namespace kms
