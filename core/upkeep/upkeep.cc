#include "core/upkeep/upkeep.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/keys/material.h"
#include "core/records/due.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"
#include "core/service/orphaned_material.h"
#include "core/service/service_events.h"
#include "core/store/retry.h"
#include "core/upkeep/destruction.h"
#include "core/upkeep/keeping.h"
#include "core/upkeep/key_sets.h"
#include "core/upkeep/layout.h"
#include "core/upkeep/managed_keys.h"
#include "core/upkeep/timed_alerts.h"
#include "core/upkeep/trail_indexes.h"
#include "core/upkeep/two_sights.h"

namespace kms {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// Of indexes of the trail: how many a call makes that only came by, and when the next call looks for more, when there
// are some and when there are none.
constexpr std::uint64_t kStretchesAtOnce = 4;
constexpr auto kBetweenStretches = std::chrono::seconds(1);
constexpr auto kBetweenLooks = minutes(10);

struct Sweep {
  const Context& context;
  Transaction& transaction;
  UpkeepMode mode;
  Time now;
  bool went_back;
  UpkeepReport report;
  std::optional<Time> next_due;
  std::optional<Time> passed = std::nullopt;
  bool destroy = false;

  void due_at(Time when) {
    if (!next_due || when < *next_due) next_due = when;
  }
  // A date that counts as passed, without anything final done about it.
  void has_passed(Time date) {
    if (!passed || date > *passed) passed = date;
  }
};

constexpr std::string_view kUpkeep = "upkeep";
constexpr std::string_view kPassed = "passed";
constexpr Memo<std::optional<Time>> kDatePassed{"latest date passed"};

// The latest date that counts as passed. While the clock is before it, that was an error.
std::optional<Time> find_passed(const Transaction& transaction) {
  return *transaction.remembered(kDatePassed, {}, [&]() -> std::optional<Time> {
    const auto stored = transaction.get(kUpkeep, kPassed);
    return stored ? std::optional(StoredRecord(*stored).time("when")) : std::nullopt;
  });
}

void put_passed(Transaction& transaction, std::optional<Time> when) {
  if (when == find_passed(transaction)) return;
  transaction.erase(kUpkeep, kPassed);
  if (when) transaction.put(kUpkeep, kPassed, Json{{"when", milliseconds(*when)}}.dump());
}

// Of the key of `set` in `region`, as what follows.
void sweep_rotation(Sweep& sweep, KeySet& set, const std::string& region) {
  if (!set.in(region).rotates()) return;
  Rotation rotation = set.in(region).rotation;
  if (sweep.now >= rotation.next) {
    const std::string previous = set.in(region).material_id();
    rotate_to_new(sweep.transaction, set, sweep.context.random, RotationType::kAutomatic);
    while (rotation.next <= sweep.now) rotation.next += hours(24) * rotation.period_days;
    set.set_rotation(rotation);
    const Key& key = set.in(region);
    append_service_event(sweep.context, sweep.transaction, key, VaultEvent::kRotateKey, sweep.now,
                         {{"rotationType", "AUTOMATIC"},
                          {"keyOrigin", to_text(key.origin)},
                          {"previousKeyMaterialId", previous},
                          {"currentKeyMaterialId", key.material_id()},
                          {"keyId", key.id.str()}});
    ++sweep.report.rotated;
  }
  sweep.due_at(rotation.next);
}

// Whether what was first seen to be due at `first` may be destroyed now.
bool may_destroy(const Sweep& sweep, const std::optional<DueSight>& first) {
  if (sweep.went_back) return false;
  if (sweep.mode == UpkeepMode::kConfirmDestroy) return true;
  return first && left_until_second_sight(*first, sweep.context.clock, sweep.now).count() <= 0;
}

void wait_for_second_sight(Sweep& sweep, Time date, bool was_seen) {
  ++sweep.report.waiting;
  sweep.has_passed(date);
  sweep.due_at(sweep.now + (was_seen ? hours(1) : kBetweenSights));
}

void append_expiry_event(Sweep& sweep, const Key& key, VaultEvent what) {
  append_service_event(sweep.context, sweep.transaction, key, what, sweep.now, {{"keyId", key.id.str()}});
}

// Out of use once its date has passed, destroyed at the second sight, and back if the date has not passed after all.
void sweep_expired(Sweep& sweep, KeySet& set, const std::string& region, const BackingKey& material) {
  const Time valid_to = material.expired.value().valid_to;
  if (sweep.now < valid_to) {
    set.restore_material(region, material.id);
    sweep.due_at(valid_to);
    append_expiry_event(sweep, set.in(region), VaultEvent::kRestoreKeyMaterial);
  } else if (may_destroy(sweep, material.expired->sight)) {
    set.forget_material(region, material.id);
    sweep.destroy = true;
  } else {
    wait_for_second_sight(sweep, valid_to, true);
  }
}

void sweep_expiration(Sweep& sweep, KeySet& set, const std::string& region) {
  bool expired = false;
  const std::vector<BackingKey> materials = set.in(region).materials;  // as they are before any of them changes
  for (const BackingKey& material : materials) {
    if (material.expired) {
      sweep_expired(sweep, set, region, material);
      continue;
    }
    if (!material.present || !material.valid_to) continue;
    if (sweep.now < *material.valid_to) {
      sweep.due_at(*material.valid_to);
      continue;
    }
    set.withdraw_material(region, material.id, sight_at(sweep.context.clock, sweep.now));
    expired = true;
    ++sweep.report.expired;
    if (may_destroy(sweep, std::nullopt)) {
      set.forget_material(region, material.id);
      sweep.destroy = true;
    } else {
      wait_for_second_sight(sweep, *material.valid_to, false);
    }
  }
  if (expired) append_expiry_event(sweep, set.in(region), VaultEvent::kDeleteExpiredKeyMaterial);
}

// The dates of a key that are further ahead than they can be, since a clock was ahead when they were set. True when one
// was. An end of validity is whoever imported's own date, and stays.
bool put_back(KeySet& set, const std::string& region, Time now) {
  bool moved = false;
  const Key key = set.in(region);
  Rotation rotation = key.rotation;
  const auto period = hours(24) * rotation.period_days;
  while (rotation.enabled && rotation.next - period > now) rotation.next -= period;
  if (rotation != key.rotation) {
    set.set_rotation(rotation);
    moved = true;
  }
  const auto window = hours(24) * key.deletion_window_days;
  if (key.deletion_date && *key.deletion_date > now + window) {
    set.set_deletion_date(region, now + window);
    moved = true;
  }
  const auto from_future = [&](const DueSight& sight) { return sight.when > now; };
  if (key.due_sight && from_future(*key.due_sight)) {
    set.set_due_sight(region, std::nullopt);
    moved = true;
  }
  for (const BackingKey& material : key.materials) {
    if (!material.expired || !from_future(material.expired->sight)) continue;
    set.move_sight(region, material.id, now);
    moved = true;
  }
  return moved;
}

void sweep_deletion(Sweep& sweep, KeySet& set, const std::string& region) {
  const Key& key = set.in(region);
  if (key.state != KeyState::kPendingDeletion || !key.deletion_date) return;
  if (sweep.now < *key.deletion_date) {
    sweep.due_at(*key.deletion_date);
    if (key.due_sight) set.set_due_sight(region, std::nullopt);  // by a clock that was wrong
  } else if (may_destroy(sweep, key.due_sight)) {
    condemn_key(sweep.transaction, key);
    sweep.destroy = true;
  } else {
    wait_for_second_sight(sweep, *key.deletion_date, key.due_sight.has_value());
    if (!key.due_sight) set.set_due_sight(region, sight_at(sweep.context.clock, sweep.now));
  }
}

void sweep_key(Sweep& sweep, const Key& key) {
  const std::string& region = key.home.region;
  KeySet set = load_set(sweep.transaction, key, sweep.now);
  sweep_rotation(sweep, set, region);
  sweep_expiration(sweep, set, region);
  sweep_deletion(sweep, set, region);
  store_set(sweep.context, sweep.transaction, set, region, sweep.now);
}

void sweep_due(Sweep& sweep) {
  std::vector<Due> entries;  // written to only after the scan
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<std::pair<AccountRegion, KeyId>> places;
  const auto add = [&](const AccountRegion& home, const KeyId& id) {
    if (seen.insert({cat(home.account, "/", home.region), id.str()}).second) places.emplace_back(home, id);
  };
  for (const DueKind kind : kDueKinds) {
    scan_due(sweep.transaction, kind, sweep.now, [&](const Due& due) {
      entries.push_back(due);
      return true;
    });
  }
  for (const Due& due : entries) {
    const auto key = find_key(sweep.transaction, due.home, due.key);
    if (!key || due_time(*key, due.kind) != due.when) {
      forget_due(sweep.transaction, due);  // it would be found for ever
    } else {
      add(due.home, due.key);
    }
  }
  scan_waiting(sweep.transaction, add);
  for (const auto& [home, id] : places) {
    if (const auto key = find_key(sweep.transaction, home, id)) sweep_key(sweep, *key);
  }
  for (const DueKind kind : kDueKinds) {
    if (const auto next = find_due_after(sweep.transaction, kind, sweep.now)) sweep.due_at(*next);
  }
}

// A clock that went back is told once, until it has caught up again.
bool check_clock(Sweep& sweep, const AccountRegion& home) {
  SeenTime seen = find_seen_time(sweep.transaction);
  const bool back = is_clock_behind(seen, sweep.now);
  if (back && !seen.went_back) {
    append_vault_event(sweep.context, sweep.transaction, home, VaultEvent::kClockWentBack, sweep.now,
                       {{"latestTimeSeen", iso_seconds(seen.latest)}});
  }
  if (back != seen.went_back) {
    seen.went_back = back;
    put_seen_time(sweep.transaction, seen);
  }
  return back;
}

// What every call looks at, whatever it is: remembered as one.
struct Signs {
  bool current_layout = false;
  std::optional<Time> next;
  std::optional<Time> passed;
  SeenTime seen;
};
constexpr Memo<Signs> kSigns("signs that something is due");

bool is_due(const Transaction& transaction, Time now) {
  const auto signs = transaction.remembered(kSigns, {}, [&]() -> Signs {
    if (!has_current_layout(transaction)) return {};
    return {true, find_next_due(transaction), find_passed(transaction), find_seen_time(transaction)};
  });
  if (!signs->current_layout || !signs->next) return true;
  if (now >= *signs->next) return true;
  if (signs->passed && now < *signs->passed) return true;
  return is_clock_behind(signs->seen, now) != signs->seen.went_back;
}

// When to look again.
Time index_trails_for(const Context& context, UpkeepMode mode, Time now, UpkeepReport& report) {
  if (mode == UpkeepMode::kWhenDue) {
    return now + (index_trails(context.store, kStretchesAtOnce).more ? kBetweenStretches : kBetweenLooks);
  }
  report.stretches = index_all_trails(context.store);
  return now + kBetweenLooks;
}

void destroy_condemned(const Context& context, UpkeepMode mode, Time now, UpkeepReport& report) {
  try {
    const Patience patience = mode == UpkeepMode::kWhenDue ? Patience::kNone : Patience::kWait;
    transact(
        context.store,
        [&](Transaction& transaction) { report.destroyed = destroy_all_condemned(context, transaction, now); },
        patience);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kConflict || mode != UpkeepMode::kWhenDue) throw;
    report.busy = true;
  }
}

// Upkeep on request closes all, a call that only came by one of each log. What has no room for it now has it later:
// nobody who only came by is refused for that.
std::int32_t close_segments(const Context& context, UpkeepMode mode) {
  if (context.care == nullptr) return 0;
  std::int32_t closed = 0;
  try {
    for (;;) {
      const std::int32_t now = context.care->close_segments();
      closed += now;
      if (now == 0 || mode == UpkeepMode::kWhenDue) return closed;
    }
  } catch (const Error&) {
    if (mode != UpkeepMode::kWhenDue) throw;
    return closed;
  }
}

}  // namespace

void rotate_to_new(Transaction& transaction, KeySet& set, Random& random, RotationType type) {
  const SecretBytes secret = random.secret(kSymmetricKeySize);
  const std::string id = make_material_id(set.leader().id, secret);
  set.rotate_to_made(id, type);
  put_material(transaction, set.leader(), id, secret);
}

UpkeepReport keep_up(const Context& context, UpkeepMode mode) {
  const Time now = context.clock.now();
  if (mode == UpkeepMode::kWhenDue && !is_due(*context.store.begin(Access::kRead), now)) return {};
  UpkeepReport of_trails;
  const Time next_look = index_trails_for(context, mode, now, of_trails);
  const KeepingReport kept = prune_by_settings(context, mode, now);
  of_trails.events_pruned = kept.pruned;
  of_trails.events_waiting = kept.waiting;
  UpkeepReport report;
  bool destroy = false;
  transact(context.store, [&](Transaction& transaction) {
    Sweep sweep{context, transaction, mode, now, false, of_trails, std::nullopt};
    sweep.report.clock_went_back = sweep.went_back = check_clock(sweep, find_home(transaction));
    if (!has_current_layout(transaction)) bring_up_to_date(context, transaction, now);
    raise_timed_alerts(transaction, now);
    sweep_due(sweep);
    sweep.destroy = sweep.destroy || has_condemned(transaction);
    // What cannot be destroyed now is tried again, but not by every call.
    if (sweep.destroy) sweep.due_at(now + minutes(10));
    sweep.due_at(next_look);
    if (kept.next) sweep.due_at(*kept.next);
    put_next_due(transaction, sweep.next_due);
    put_passed(transaction, sweep.passed);
    report = sweep.report;
    destroy = sweep.destroy;
  });
  if (destroy) destroy_condemned(context, mode, now, report);
  // A custom key store may take long: nobody who only came by waits for it.
  if (mode != UpkeepMode::kWhenDue) report.orphans = destroy_orphans(context, now);
  report.segments = close_segments(context, mode);
  return report;
}

bool UpkeepOnRequest::is_due(const Transaction& transaction, Time now) const {
  return kms::is_due(transaction, now);
}

void UpkeepOnRequest::do_what_is_due(const Context& context) const {
  (void)keep_up(context, UpkeepMode::kWhenDue);
}

void UpkeepOnRequest::provide_managed_key(const Context& context, const Caller& caller,
                                          std::string_view reference) const {
  kms::provide_managed_key(context, caller, reference);
}

void accept_clock(const Context& context, Transaction& transaction, Time now) {
  put_seen_time(transaction, {now, false});
  std::vector<Key> moved;  // written to only after the scan
  for (const Account& account : list_accounts(transaction)) {
    for (const std::string& region : find_regions(transaction)) {
      scan_keys(transaction, {account.id, region}, "", [&](const Key& key) {
        KeySet alone({key}, now);
        if (put_back(alone, region, now)) moved.push_back(key);
        return true;
      });
    }
  }
  for (const Key& key : moved) {
    // Another one of its set may have been put back with it.
    KeySet set = load_set(transaction, StoredRecord::present(find_key(transaction, key.home, key.id)), now);
    if (put_back(set, key.home.region, now)) store_set(context, transaction, set, key.home.region, now);
  }
  note_due(transaction, now);
}

}  // namespace kms
