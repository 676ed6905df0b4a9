#pragma once
// What a report says of keys that needs no more than the list of them. Pure functions.
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands/report_data.h"
#include "core/base/clock.h"
#include "core/ops/vault/key_details.h"

namespace kms::cli {

// The most frequent first.
std::vector<Tally> tallies_of(const std::map<std::string, std::int64_t>& counts);

KeyName name_of_key(const KeyDetails& key);
KeyNumbers numbers_of_keys(const std::vector<KeyDetails>& keys, Time now);
// What is to come in the next twelve months, soonest first.
Bounded<CalendarEntry> calendar_of_keys(const std::vector<KeyDetails>& keys, Time now);
// Soonest first, without their users.
Bounded<PendingDeletion> pending_deletions(const std::vector<KeyDetails>& keys);
// Those of people, as `uses` orders them: an ARN and a count each, the largest first. Keys that are not among these
// come last. Without who may use them.
Bounded<KeyAccess> most_used_keys(const std::vector<KeyDetails>& keys, const std::optional<std::vector<Tally>>& uses);

// The first `most` of them.
template <class Entry>
Bounded<Entry> bounded(std::vector<Entry> entries, std::size_t most) {
  Bounded<Entry> out;
  if (entries.size() > most) {
    out.more = static_cast<std::int64_t>(entries.size() - most);
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(most), entries.end());
  }
  out.shown = std::move(entries);
  return out;
}

}  // namespace kms::cli
