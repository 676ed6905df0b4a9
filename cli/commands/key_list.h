#pragma once
// `keys`: which keys there are, with what people look for in a list of them.
#include <chrono>
#include <optional>

#include "cli/commands/lists.h"
#include "cli/session.h"
#include "core/base/clock.h"

namespace kms::cli {

struct KeyListOptions {
  bool pending = false;
  std::optional<std::chrono::days> unused;
  bool all = false;
  bool wide = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--pending", pending, {.help = "Those whose deletion is pending, and when"});
    visit("--unused", unused,
          {.help = "Those that were not used for so long, as 90d; of those never used, since they were made"});
    visit("--all", all, {.help = "Also those whose deletion is pending, and those that kmsctl manages"});
    add_wide(visit, wide);
  }
};

// Sorted by alias; keys without one come last. Throws kUsage for options that contradict each other.
void list_keys(Session& session, const KeyListOptions& options, Time now);

}  // namespace kms::cli
