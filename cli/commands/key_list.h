#pragma once
// `keys`: which keys there are, with what people look for in a list of them.
#include <chrono>
#include <string>
#include <string_view>

#include "cli/session.h"
#include "core/base/clock.h"

namespace kms::cli {

struct KeyListOptions {
  bool pending = false;  // those alone whose deletion is pending
  bool all = false;      // also those whose deletion is pending, and those that kmsctl manages
  std::string unused;    // those alone that were not used for so long: 90d
  bool wide = false;
};

// Sorted by alias; keys without one come last. Throws kUsage for options that are malformed or contradict each other.
void list_keys(Session& session, const KeyListOptions& options, Time now);

// "90d", "12w" or a number of days.
std::chrono::hours parse_days(std::string_view option, const std::string& text);

}  // namespace kms::cli
