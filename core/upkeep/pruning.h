#pragma once
// Pruning of trails: old events go, and what the tree has of them stays, so that it verifies as before
// (core/audit/trail_tree.h).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/model/arn.h"
#include "core/store/store.h"
#include "formats/merkle_tree.h"

namespace kms {

// When an event was, as events have it; empty where there is none of that number, or it was pruned.
std::string time_of_event(const Transaction& transaction, std::string_view log, std::uint64_t number);

// The oldest events of a trail, up to where it can be pruned: numbers from `begin` to before `end`.
struct OldEvents {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string first_time;  // of the first of them and of the last, as events have it
  std::string last_time;
  formats::MerkleHash root = {};  // of the tree over all events before `end`, those that were pruned earlier too

  std::uint64_t count() const { return end - begin; }
};

// What is too old of a trail, as far as somebody looked.
struct OldPart {
  std::uint64_t end = 0;  // none of the events before it is as late as the date
  bool more = false;      // whether he stopped there for what he had read, and not at an event that is late enough
};
// Looks from the number `from` on, and opens `most` events, give or take a stretch, where the index of a stretch counts
// as 16. VaultDamagedException where an event of a stretch without an index cannot be read.
OldPart find_old_part(const Transaction& transaction, const AccountRegion& home, Time before, std::uint64_t from,
                      std::uint64_t most);

// All that can be pruned of those before `end`; nothing where that is no whole piece.
std::optional<OldEvents> old_events(const Transaction& transaction, const AccountRegion& home, std::uint64_t end);
// Those of which none is as late as `before`; nothing where there is no whole piece of them. Reads the events of
// stretches that have no index up to the first that is late enough, and the indexes of others.
std::optional<OldEvents> find_older(const Transaction& transaction, const AccountRegion& home, Time before);
// Takes them away, with the indexes of them.
void prune(Transaction& transaction, const AccountRegion& home, const OldEvents& events);
// What the event of that tells, in lowerCamelCase.
Json told_of(const OldEvents& events);

}  // namespace kms
