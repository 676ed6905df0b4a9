#pragma once
// Indexes of the trails (core/audit/stretch_index.h), for lists that nobody has made yet. A call adds nothing to them:
// they are made of whole stretches afterwards, some at a time.
#include <cstdint>

#include "core/store/store.h"

namespace kms {

struct IndexedTrails {
  std::uint64_t stretches = 0;  // that have an index now, and had none
  bool more = false;            // whether there are some left
};
// Makes indexes of up to `most` whole stretches that have none, the oldest first, over the logs of all accounts and
// Regions; a stretch with an event that cannot be read stays without. Where there is nothing to do, it costs the size
// of each log and a small record. Belongs outside of any transaction.
IndexedTrails index_trails(Store& store, std::uint64_t most);
// Of all there is, some in one commit. The number of stretches.
std::uint64_t index_all_trails(Store& store);

}  // namespace kms
