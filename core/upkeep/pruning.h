#pragma once
// Pruning of trails: old events go, and what the tree has of them stays, so that it verifies as before
// (core/audit/trail_tree.h).
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/model/arn.h"
#include "core/service/context.h"
#include "core/store/store.h"
#include "formats/merkle_tree.h"

namespace kms {

// The oldest events of a trail, up to where it can be pruned: numbers from `begin` to before `end`.
struct OldEvents {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string first_time;  // of the first of them and of the last, as events have it
  std::string last_time;
  formats::MerkleHash root = {};  // of the tree over all events before `end`, those that were pruned earlier too

  std::uint64_t count() const { return end - begin; }
};

// Those of which none is as late as `before`; nothing where there is no whole piece of them. Reads the events of
// stretches that have no index up to the first that is late enough, and the indexes of others.
std::optional<OldEvents> find_older(const Transaction& transaction, const AccountRegion& home, Time before);
// Takes them away, with the indexes of them.
void prune(Transaction& transaction, const AccountRegion& home, const OldEvents& events);
// What the event of that tells, in lowerCamelCase.
Json told_of(const OldEvents& events);

// Prunes every trail of the vault, each with an event PruneAuditTrail, by which the vault itself did it. How many
// events went. Belongs outside of any transaction.
std::uint64_t prune_older(const Context& context, Time before);

}  // namespace kms
