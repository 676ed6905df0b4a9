#pragma once
// Pruning by the settings of an account (core/records/audit_settings.h): events that are older than it keeps them go by
// themselves, at a second sight (core/upkeep/two_sights.h). A piece of a trail, up to some event, is too old when none
// of its events is late enough; when that was so at two sights a day apart, both by the setting of their time, it is
// pruned, with an event PruneAuditTrail in the same trail. While the clock is behind a time that it has shown, nothing
// is seen and nothing goes. A change of the setting makes both sights anew (core/ops/vault/audit_settings.cc).
//
// An event is as old as it says. What a clock that was behind wrote is kept by the events before it, which go first.
#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/service/context.h"
#include "core/upkeep/upkeep.h"

namespace kms {

struct KeepingReport {
  std::uint64_t pruned = 0;   // events
  std::uint64_t waiting = 0;  // events that go when they are seen to be too old again
  std::optional<Time> next;   // when to look again; nothing where no account has a setting
};

// With kWhenDue one step for one trail whose time has come: it reads no more than a stretch of events, or as many
// indexes as cost that. With the others all there is, a step in a commit. Belongs outside of any transaction.
KeepingReport prune_by_settings(const Context& context, UpkeepMode mode, Time now);

}  // namespace kms
