#pragma once
// Figures of a vault for who watches it. What they cost does not grow with the keys: counts, the index of what falls
// due, and the sizes of the trails.
#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/service/context.h"
#include "core/store/store.h"

namespace kms {

// Of all accounts and Regions.
struct VaultFigures {
  std::int64_t keys = 0;                   // those past their deletion date are not among them
  std::int64_t keys_pending_deletion = 0;  // until they are destroyed
  std::int64_t rotations_overdue = 0;      // counted up to 1,000
  std::optional<Time> next_expiry;         // of imported material
  std::int64_t trail_events = 0;
  std::optional<Time> last_checkpoint;  // when one was asked for last
};
VaultFigures read_figures(const Transaction& transaction, Time now);
// The same without a call: nobody is asked who he is, and nothing of it is in the trail. Belongs outside of any
// transaction.
VaultFigures read_figures(const Context& context);

}  // namespace kms
