#pragma once
// Alerts about what no event tells of, because nothing happens: material that is about to expire, rotations that are
// overdue, a trail without a checkpoint.
#include "core/base/clock.h"
#include "core/store/store.h"

namespace kms {

// Puts a notice into the outbox for each thing that an alert has not told of since its date changed. Reads the index of
// what falls due as far as the alerts ask, and nothing where there are none of this kind. Before upkeep does what is
// overdue.
void raise_timed_alerts(Transaction& transaction, Time now);

}  // namespace kms
