#pragma once
// What alerts count: when something was seen often enough within their time, it becomes a notice.
#include <optional>

#include "core/base/clock.h"
#include "core/store/store.h"

namespace kms {

// Looks at all that was seen, and forgets what is too old to count. Returns when that is to be done again, and nothing
// where nothing is left.
std::optional<Time> count_sightings(Transaction& transaction, Time now);

}  // namespace kms
