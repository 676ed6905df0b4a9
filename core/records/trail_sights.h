#pragma once
// What upkeep has seen of a trail whose old events are pruned by the settings of its account
// (core/records/audit_settings.h): they go at a second sight (core/upkeep/keeping.h).
#include <cstdint>
#include <optional>

#include "core/model/arn.h"
#include "core/model/backing_key.h"
#include "core/store/store.h"

namespace kms {

struct TrailSight {
  std::uint64_t end = 0;  // the events before this number were too old at `sight`
  bool whole = false;     // else there may be more, and it is to go on there
  DueSight sight;
};

std::optional<TrailSight> find_trail_sight(const Transaction& transaction, const AccountRegion& home);
void put_trail_sight(Transaction& transaction, const AccountRegion& home, const TrailSight& sight);
void erase_trail_sight(Transaction& transaction, const AccountRegion& home);

}  // namespace kms
