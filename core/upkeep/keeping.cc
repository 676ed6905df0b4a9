#include "core/upkeep/keeping.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/audit/event.h"
#include "core/audit/positions.h"
#include "core/base/error.h"
#include "core/records/audit_settings.h"
#include "core/records/identities.h"
#include "core/records/trail_sights.h"
#include "core/records/vault.h"
#include "core/service/service_events.h"
#include "core/store/retry.h"
#include "core/upkeep/pruning.h"
#include "core/upkeep/two_sights.h"

namespace kms {
namespace {

constexpr std::uint64_t kMostRead = kStretch;  // events in a step
constexpr std::chrono::seconds kBetweenSteps{1};
constexpr std::chrono::minutes kBetweenTries{10};

struct KeptTrail {
  AccountRegion home;
  std::int32_t days = 0;
};

// A trail as a transaction finds it.
struct TrailState {
  std::uint64_t begin = 0;
  bool clock_is_behind = false;
  std::optional<TrailSight> seen = {};

  // Events that were seen once.
  std::uint64_t waiting() const { return seen && seen->whole ? std::max(seen->end, begin) - begin : 0; }
};

struct Step {
  std::uint64_t pruned = 0;
  std::uint64_t waiting = 0;
  Time next = {};
  bool more = false;  // another step has something to do at once
};

std::vector<KeptTrail> kept_trails(const Transaction& transaction) {
  std::vector<KeptTrail> trails;
  const auto regions = find_regions(transaction);
  for (const Account& account : list_accounts(transaction)) {
    const auto days = find_audit_settings(transaction, account.id).keep_days;
    if (!days) continue;
    for (const std::string& region : regions) trails.push_back({{account.id, region}, *days});
  }
  return trails;
}

TrailState state_of(const Transaction& transaction, const AccountRegion& home, Time now) {
  TrailState state{transaction.log_begin(audit_log(home)), is_clock_behind(find_seen_time(transaction), now),
                   find_trail_sight(transaction, home)};
  if (state.seen && state.seen->sight.when > now) state.seen.reset();  // by a clock that was ahead
  return state;
}

// One look at some trails.
class Keeper {
 public:
  Keeper(const Context& context, UpkeepMode mode, Time now) : context_(context), mode_(mode), now_(now) {}

  // Until when a trail has nothing to be done; nothing where a step may do something.
  std::optional<Time> waits_until(const TrailState& state) const {
    if (state.clock_is_behind) return now_ + kBetweenTries;
    if (!state.seen || !state.seen->whole) return std::nullopt;
    // It saw nothing, and may see something now.
    if (mode_ != UpkeepMode::kWhenDue && state.waiting() == 0) return std::nullopt;
    const auto left = left_until_second_sight(state.seen->sight, context_.clock, now_);
    return left.count() > 0 ? std::optional(now_ + left) : std::nullopt;
  }

  Step take_step(Transaction& transaction, const KeptTrail& trail) const {
    const TrailState state = state_of(transaction, trail.home, now_);
    if (const auto until = waits_until(state)) return {.waiting = state.waiting(), .next = *until};
    const Time before = now_ - std::chrono::days(trail.days);
    const std::uint64_t from = state.seen && !state.seen->whole ? std::max(state.seen->end, state.begin) : state.begin;
    const OldPart part = find_old_part(transaction, trail.home, before, from, kMostRead);
    if (state.waiting() > 0) {
      const auto events = old_events(transaction, trail.home, std::min(part.end, state.seen->end));
      if (events) return prune_at_second_sight(transaction, trail, *events, part.more && events->end < state.seen->end);
      // What has no index yet costs more than a step may read.
      if (part.more && part.end < state.seen->end) return {.waiting = state.waiting(), .next = now_ + kBetweenTries};
    }
    return note_sight(transaction, trail.home, state.begin, part);
  }

 private:
  // The rest of what was seen goes on where `goes_on`, else the sights begin anew.
  Step prune_at_second_sight(Transaction& transaction, const KeptTrail& trail, const OldEvents& events,
                             bool goes_on) const {
    prune(transaction, trail.home, events);
    Json told = told_of(events);
    told["keepDays"] = trail.days;
    append_vault_event(context_, transaction, trail.home, VaultEvent::kPruneAuditTrail, now_, std::move(told));
    if (!goes_on) erase_trail_sight(transaction, trail.home);
    return {.pruned = events.count(), .next = now_ + kBetweenSteps, .more = true};
  }

  Step note_sight(Transaction& transaction, const AccountRegion& home, std::uint64_t begin, const OldPart& part) const {
    const std::uint64_t end = part.more ? part.end : transaction.prunable(audit_log(home), part.end);
    put_trail_sight(transaction, home, {end, !part.more, sight_at(context_.clock, now_)});
    if (part.more) return {.next = now_ + kBetweenSteps, .more = true};
    return {.waiting = end - begin, .next = now_ + kBetweenSights};
  }

  const Context& context_;
  const UpkeepMode mode_;
  const Time now_;
};

void add(KeepingReport& report, const Step& step) {
  report.pruned += step.pruned;
  report.waiting += step.waiting;
  if (!report.next || step.next < *report.next) report.next = step.next;
}

// A trail that cannot be read stays as it is, and nobody is refused for that: `vault check` tells of it.
Step step_of(Store& store, const Keeper& keeper, const KeptTrail& trail, Time now) {
  Step step;
  try {
    transact(store, [&](Transaction& transaction) { step = keeper.take_step(transaction, trail); });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
    step = {.next = now + kBetweenSights};
  }
  return step;
}

}  // namespace

KeepingReport prune_by_settings(const Context& context, UpkeepMode mode, Time now) {
  const Keeper keeper(context, mode, now);
  KeepingReport report;
  std::vector<KeptTrail> due;
  {
    const auto transaction = context.store.begin(Access::kRead);
    for (KeptTrail& trail : kept_trails(*transaction)) {
      const TrailState state = state_of(*transaction, trail.home, now);
      const auto until = keeper.waits_until(state);
      if (until) add(report, {.waiting = state.waiting(), .next = *until});
      if (!until) due.push_back(std::move(trail));
    }
  }
  const bool one_step = mode == UpkeepMode::kWhenDue;
  for (const KeptTrail& trail : due) {
    Step step = step_of(context.store, keeper, trail, now);
    for (; step.more && !one_step; step = step_of(context.store, keeper, trail, now)) report.pruned += step.pruned;
    add(report, step);
    if (one_step) break;
  }
  if (one_step && due.size() > 1) add(report, {.next = now + kBetweenSteps});
  return report;
}

}  // namespace kms
