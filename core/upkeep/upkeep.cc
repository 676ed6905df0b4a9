#include "core/upkeep/upkeep.h"

#include <algorithm>
#include <nlohmann/json.hpp>
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
#include "core/upkeep/layout.h"
#include "core/upkeep/managed_keys.h"

namespace kms {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr auto kBetweenSights = hours(24);
constexpr auto kClockSlack = minutes(5);

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

bool seen_long_enough(const DueSight& sight, Time now, const BootTime& boot) {
  if (sight.boot_id == boot.boot_id) return boot.since_boot - sight.since_boot >= kBetweenSights;
  return now - sight.when >= kBetweenSights;
}

bool sweep_rotation(Sweep& sweep, Key& key) {
  if (!key.rotates()) return false;
  const bool due = sweep.now >= key.rotation.next;
  if (due) {
    rotate_to_new(sweep.transaction, key, sweep.context.random, sweep.now, RotationType::kAutomatic);
    const auto period = hours(24) * key.rotation.period_days;
    while (key.rotation.next <= sweep.now) key.rotation.next += period;
    const auto& previous = *(key.materials.end() - 2);
    append_service_event(sweep.context, sweep.transaction, key, "RotateKey", sweep.now,
                         {{"rotationType", "AUTOMATIC"},
                          {"keyOrigin", to_text(key.origin)},
                          {"previousKeyMaterialId", previous.id},
                          {"currentKeyMaterialId", key.material_id()},
                          {"keyId", key.id.str()}});
    ++sweep.report.rotated;
  }
  sweep.due_at(key.rotation.next);
  return due;
}

DueSight sight_of(const Sweep& sweep) {
  const BootTime boot = sweep.context.clock.boot_time();
  return {sweep.now, boot.since_boot, boot.boot_id};
}

// Whether what was first seen to be due at `first` may be destroyed now.
bool may_destroy(const Sweep& sweep, const std::optional<DueSight>& first) {
  if (sweep.went_back) return false;
  if (sweep.mode == UpkeepMode::kConfirmDestroy) return true;
  return first && seen_long_enough(*first, sweep.now, sweep.context.clock.boot_time());
}

void wait_for_second_sight(Sweep& sweep, Time date, bool was_seen) {
  ++sweep.report.waiting;
  sweep.has_passed(date);
  sweep.due_at(sweep.now + (was_seen ? hours(1) : hours(kBetweenSights)));
}

void append_expiry_event(Sweep& sweep, const Key& key, std::string_view name) {
  append_service_event(sweep.context, sweep.transaction, key, name, sweep.now, {{"keyId", key.id.str()}});
}

// Out of use once its date has passed, destroyed at the second sight, and back if the date has not passed after all.
bool sweep_expired(Sweep& sweep, Key& key, BackingKey& material) {
  if (sweep.now < material.expired->valid_to) {
    restore_material(key, material);
    sweep.due_at(*material.valid_to);
    append_expiry_event(sweep, key, "RestoreKeyMaterial");
    return true;
  }
  if (!may_destroy(sweep, material.expired->sight)) {
    wait_for_second_sight(sweep, material.expired->valid_to, true);
    return false;
  }
  condemn_material(sweep.transaction, key, material);
  return sweep.destroy = true;
}

bool sweep_expiration(Sweep& sweep, Key& key) {
  bool changed = false;
  bool expired = false;
  for (BackingKey& material : key.materials) {
    if (material.expired) {
      changed = sweep_expired(sweep, key, material) || changed;
      continue;
    }
    if (!material.present || !material.valid_to) continue;
    if (sweep.now < *material.valid_to) {
      sweep.due_at(*material.valid_to);
      continue;
    }
    withdraw_material(key, material, sight_of(sweep));
    changed = expired = true;
    ++sweep.report.expired;
    if (may_destroy(sweep, std::nullopt)) {
      condemn_material(sweep.transaction, key, material);
      sweep.destroy = true;
    } else {
      wait_for_second_sight(sweep, material.expired->valid_to, false);
    }
  }
  if (expired) append_expiry_event(sweep, key, "DeleteExpiredKeyMaterial");
  return changed;
}

// The dates of a key that are further ahead than they can be, since a clock was ahead when they were set. True when one
// was. An end of validity is whoever imported's own date, and stays.
bool put_back(Key& key, Time now) {
  bool moved = false;
  const auto period = hours(24) * key.rotation.period_days;
  while (key.rotation.enabled && key.rotation.next - period > now) {
    key.rotation.next -= period;
    moved = true;
  }
  const auto window = hours(24) * key.deletion_window_days;
  if (key.deletion_date && *key.deletion_date > now + window) {
    key.deletion_date = now + window;
    moved = true;
  }
  const auto from_future = [&](const DueSight& sight) { return sight.when > now; };
  if (key.due_sight && from_future(*key.due_sight)) {
    key.due_sight.reset();
    moved = true;
  }
  for (BackingKey& material : key.materials) {
    if (!material.expired || !from_future(material.expired->sight)) continue;
    material.expired->sight.when = now;
    moved = true;
  }
  return moved;
}

bool sweep_deletion(Sweep& sweep, Key& key) {
  if (key.state != KeyState::kPendingDeletion || !key.deletion_date) return false;
  if (sweep.now < *key.deletion_date) {
    sweep.due_at(*key.deletion_date);
    const bool was_seen = key.due_sight.has_value();  // by a clock that was wrong
    key.due_sight.reset();
    return was_seen;
  }
  if (may_destroy(sweep, key.due_sight)) {
    condemn_key(sweep.transaction, key);
    sweep.destroy = true;
    return false;
  }
  wait_for_second_sight(sweep, *key.deletion_date, key.due_sight.has_value());
  if (key.due_sight) return false;
  key.due_sight = sight_of(sweep);
  return true;
}

void sweep_key(Sweep& sweep, Key& key) {
  const bool rotated = sweep_rotation(sweep, key);
  const bool expired = sweep_expiration(sweep, key);
  const bool seen = sweep_deletion(sweep, key);
  if (rotated) {
    put_shared(sweep.context, sweep.transaction, key, sweep.now);
  } else if (expired || seen) {
    put_key(sweep.transaction, key);
  }
}

void sweep_due(Sweep& sweep) {
  std::vector<std::pair<AccountRegion, KeyId>> places;  // written to only after the scan
  scan_due(sweep.transaction, sweep.now,
           [&](const AccountRegion& home, const KeyId& id) { places.emplace_back(home, id); });
  for (const auto& [home, id] : places) {
    if (auto key = find_key(sweep.transaction, home, id)) sweep_key(sweep, *key);
  }
  if (const auto next = find_due_after(sweep.transaction, sweep.now)) sweep.due_at(*next);
}

// A clock that went back is told once, until it has caught up again.
bool check_clock(Sweep& sweep, const AccountRegion& home) {
  SeenTime seen = find_seen_time(sweep.transaction);
  const bool back = sweep.now + kClockSlack < seen.latest;
  if (back && !seen.went_back) {
    append_vault_event(sweep.context, sweep.transaction, home, "ClockWentBack", sweep.now,
                       {{"latestTimeSeen", iso_seconds(seen.latest)}});
  }
  if (back != seen.went_back) {
    seen.went_back = back;
    put_seen_time(sweep.transaction, seen);
  }
  return back;
}

bool is_due(const Transaction& transaction, Time now) {
  if (!has_current_layout(transaction)) return true;
  const auto next = find_next_due(transaction);
  if (next && now >= *next) return true;
  const auto passed = find_passed(transaction);
  if (passed && now < *passed) return true;
  const SeenTime seen = find_seen_time(transaction);
  return (now + kClockSlack < seen.latest) != seen.went_back;
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

}  // namespace

void rotate_to(Key& key, std::string_view next, Time now, RotationType type) {
  if (BackingKey* current = key.current()) current->state = MaterialState::kNonCurrent;
  BackingKey* material = key.find_material(next);
  material->state = MaterialState::kCurrent;
  material->rotation_date = now;
  material->rotation_type = type;
}

void rotate_to_new(Transaction& transaction, Key& key, Random& random, Time now, RotationType type) {
  const SecretBytes secret = random.secret(kSymmetricKeySize);
  const std::string id = make_material_id(key.id, secret);
  key.materials.push_back({id, MaterialState::kPendingRotation});
  rotate_to(key, id, now, type);
  put_material(transaction, key, id, secret);
}

void put_shared(const Context& context, Transaction& transaction, const Key& key, Time now) {
  put_key(transaction, key);
  if (!key.is_primary()) return;
  for (const std::string& region : key.regions) {
    if (region == key.home.region) continue;
    auto replica = find_key(transaction, {key.home.account, region}, key.id);
    if (!replica) continue;  // in another vault
    replica->primary_region = key.primary_region;
    replica->regions = key.regions;
    replica->rotation = key.rotation;
    if (key.origin == Origin::kAwsKms) {
      for (const BackingKey& material : key.materials) {
        if (replica->find_material(material.id) != nullptr) continue;
        const auto secret = find_material(transaction, key, backing_key_id(material.id));
        if (secret) put_material(transaction, *replica, material.id, *secret);
      }
      replica->materials = key.materials;
    }
    put_key(transaction, *replica);
    append_service_event(context, transaction, *replica, "SynchronizeMultiRegionKey", now, {{"keyId", key.id.str()}});
  }
}

Json as_json(const UpkeepReport& report) {
  Json out{{"Rotated", report.rotated},
           {"Expired", report.expired},
           {"Destroyed", report.destroyed},
           {"Waiting", report.waiting},
           {"ClockWentBack", report.clock_went_back}};
  if (report.orphans != 0) out["OrphansDestroyed"] = report.orphans;
  return out;
}

UpkeepReport keep_up(const Context& context, UpkeepMode mode) {
  const Time now = context.clock.now();
  if (mode == UpkeepMode::kWhenDue && !is_due(*context.store.begin(Access::kRead), now)) return {};
  UpkeepReport report;
  bool destroy = false;
  transact(context.store, [&](Transaction& transaction) {
    Sweep sweep{context, transaction, mode, now, false, {}, std::nullopt};
    sweep.report.clock_went_back = sweep.went_back = check_clock(sweep, find_home(transaction));
    if (!has_current_layout(transaction)) bring_up_to_date(transaction);
    sweep_due(sweep);
    sweep.destroy = sweep.destroy || has_condemned(transaction);
    // What cannot be destroyed now is tried again, but not by every call.
    if (sweep.destroy) sweep.due_at(now + minutes(10));
    put_next_due(transaction, sweep.next_due);
    put_passed(transaction, sweep.passed);
    report = sweep.report;
    destroy = sweep.destroy;
  });
  if (destroy) destroy_condemned(context, mode, now, report);
  // A custom key store may take long: nobody who only came by waits for it.
  if (mode != UpkeepMode::kWhenDue) report.orphans = destroy_orphans(context, now);
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
      scan_keys(transaction, {account.id, region}, "", [&](Key key) {
        if (put_back(key, now)) moved.push_back(std::move(key));
        return true;
      });
    }
  }
  for (const Key& key : moved) put_shared(context, transaction, key, now);
  note_due(transaction, now);
}

}  // namespace kms
