#pragma once
// Whether the events of a trail are those that its tree was made of.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/store.h"

namespace kms {

struct TrailCheck {
  std::uint64_t checked = 0;          // up to before this number
  std::vector<std::string> problems;  // empty where all is as it should be
};

// Compares the events from `from`, a multiple of 256, with the tiles over them, and these with the tiles above, some
// `most` events at a time; who reaches the end also compares the tiles with the root. Opens each of the events. Those
// that were pruned are passed over: of them the tiles above the lowest are compared, as parts of the root.
TrailCheck check_trail(const Transaction& transaction, std::string_view log, std::uint64_t from, std::uint64_t most);

}  // namespace kms
