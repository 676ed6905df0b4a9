#include "cli/commands/report_keys.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "cli/ask.h"
#include "core/model/key.h"
#include "core/ops/kms/agreement.h"
#include "core/ops/kms/encrypt.h"
#include "core/ops/kms/mac.h"
#include "core/ops/kms/sign.h"
#include "core/ops/table.h"

namespace kms::cli {
namespace {

using std::chrono::days;

constexpr std::size_t kMostEntries = 200;
constexpr std::size_t kMostPending = 20;
constexpr std::size_t kMostUsed = 50;
constexpr days kCalendarDays{365};

struct AgeGroup {
  days below;
  std::string_view name;
};
constexpr auto kAges = std::to_array<AgeGroup>({{days(30), "under 30 days"},
                                                {days(90), "30 to 90 days"},
                                                {days(365), "90 days to a year"},
                                                {days(730), "1 to 2 years"},
                                                {days::max(), "2 years and more"}});

bool is_managed_key(const KeyDetails& key) {
  return key.key_metadata && key.key_metadata->key_manager == KeyManager::kAws;
}

bool awaits_deletion(const KeyMetadata& key) {
  return key.key_state == to_text(KeyState::kPendingDeletion) ||
         key.key_state == to_text(KeyState::kPendingReplicaDeletion);
}

std::size_t age_group(Time created, Time now) {
  const auto age = std::chrono::floor<days>(now - created);
  const auto group = std::find_if(kAges.begin(), kAges.end(), [&](const AgeGroup& each) { return age < each.below; });
  return static_cast<std::size_t>(group - kAges.begin());
}

std::string action_of(KeyUsage usage) {
  switch (usage) {
    case KeyUsage::kSignVerify:
      return permission_of<kms::sign>();
    case KeyUsage::kGenerateVerifyMac:
      return permission_of<kms::generate_mac>();
    case KeyUsage::kKeyAgreement:
      return permission_of<kms::derive_shared_secret>();
    case KeyUsage::kEncapsulateDecapsulate:
      return permission_of<kms::decapsulate>();
    case KeyUsage::kEncryptDecrypt:
      break;
  }
  return permission_of<kms::decrypt>();
}

}  // namespace

std::vector<Tally> tallies_of(const std::map<std::string, std::int64_t>& counts) {
  std::vector<Tally> out;
  out.reserve(counts.size());
  for (const auto& [name, count] : counts) out.push_back({name, count});
  std::stable_sort(out.begin(), out.end(),
                   [](const Tally& one, const Tally& other) { return one.count > other.count; });
  return out;
}

KeyName name_of_key(const KeyDetails& key) {
  KeyName out;
  if (key.alias_names && !key.alias_names->empty()) out.name = key.alias_names->front();
  out.id = key.key_id;
  if (key.key_metadata) out.description = key.key_metadata->description;
  return out;
}

KeyNumbers numbers_of_keys(const std::vector<KeyDetails>& keys, Time now) {
  KeyNumbers out;
  std::map<std::string, std::int64_t> states;
  std::map<std::string, std::int64_t> specs;
  out.ages.reserve(kAges.size());
  for (const AgeGroup& group : kAges) out.ages.push_back({std::string(group.name), 0});
  for (const KeyDetails& key : keys) {
    if (is_managed_key(key)) {
      ++out.managed;
      continue;
    }
    ++out.total;
    if (!key.key_metadata) {
      ++out.undescribed;
      continue;
    }
    ++states[key.key_metadata->key_state];
    ++specs[std::string(to_text(key.key_metadata->key_spec))];
    ++out.ages.at(age_group(key.key_metadata->creation_date, now)).count;
  }
  out.states = tallies_of(states);
  out.specs = tallies_of(specs);
  return out;
}

Bounded<CalendarEntry> calendar_of_keys(const std::vector<KeyDetails>& keys, Time now) {
  std::vector<CalendarEntry> entries;
  const auto add = [&](const KeyDetails& key, const std::optional<Time>& when, CalendarEvent what) {
    if (when && *when < now + kCalendarDays) entries.push_back({*when, what, name_of_key(key)});
  };
  for (const KeyDetails& key : keys) {
    if (is_managed_key(key)) continue;
    if (key.rotation) add(key, key.rotation->next_rotation_date, CalendarEvent::kRotation);
    if (!key.key_metadata) continue;
    add(key, key.key_metadata->valid_to, CalendarEvent::kExpiry);
    add(key, key.key_metadata->deletion_date, CalendarEvent::kDestruction);
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const CalendarEntry& one, const CalendarEntry& other) { return one.when < other.when; });
  return bounded(std::move(entries), kMostEntries);
}

Bounded<PendingDeletion> pending_deletions(const std::vector<KeyDetails>& keys) {
  std::vector<PendingDeletion> pending;
  for (const KeyDetails& key : keys) {
    if (!key.key_metadata || !awaits_deletion(*key.key_metadata)) continue;
    pending.push_back({name_of_key(key), key.key_arn, key.key_metadata->deletion_date, {}});
  }
  // What waits for its replicas has no date, and comes last.
  std::stable_sort(pending.begin(), pending.end(), [](const PendingDeletion& one, const PendingDeletion& other) {
    return one.when.value_or(Time::max()) < other.when.value_or(Time::max());
  });
  return bounded(std::move(pending), kMostPending);
}

Bounded<KeyAccess> most_used_keys(const std::vector<KeyDetails>& keys, const std::optional<std::vector<Tally>>& uses) {
  std::map<std::string_view, std::int64_t> counts;
  if (uses) {
    for (const Tally& each : *uses) counts.emplace(each.name, each.count);
  }
  std::vector<KeyAccess> out;
  for (const KeyDetails& key : keys) {
    if (!key.key_metadata || is_managed_key(key)) continue;
    KeyAccess access{name_of_key(key), key.key_arn, action_of(key.key_metadata->key_usage), {}, {}, {}};
    if (uses) {
      const auto found = counts.find(key.key_arn);
      access.uses = found == counts.end() ? 0 : found->second;
    }
    out.push_back(std::move(access));
  }
  std::stable_sort(out.begin(), out.end(), [](const KeyAccess& one, const KeyAccess& other) {
    return one.uses.value_or(0) > other.uses.value_or(0);
  });
  return bounded(std::move(out), kMostUsed);
}

}  // namespace kms::cli
