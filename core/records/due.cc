#include "core/records/due.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

#include "core/records/stored_record.h"
#include "core/records/vault.h"

namespace kms {
namespace {

constexpr std::string_view kWaiting = "due-waiting";
constexpr std::int64_t kMilliseconds = 60'000;  // of a minute
constexpr std::int64_t kMinutesOfDay = 1440;

// From coarse to fine. The numbers that have entries: each in a collection for the number above.
struct Level {
  std::string_view table;
  std::int64_t minutes;
};
constexpr std::array kLevels = {Level{"due-span", 64 * kMinutesOfDay}, Level{"due-day", kMinutesOfDay},
                                Level{"due-hour", 60}, Level{"due-minute", 1}};
constexpr std::array kLevelsOfAllKinds = {kLevels[0], kLevels[1], kLevels[3]};

// Where an index lies: of a kind, or as versions before had it.
struct Tree {
  std::string_view name;  // a part of its collections' names
  std::span<const Level> levels;
};
constexpr Tree kAllKinds{"", kLevelsOfAllKinds};

constexpr Tree tree_of(DueKind kind) {
  constexpr std::array<std::string_view, kDueKinds.size()> kNames = {"/rotation", "/expiry", "/deletion"};
  return {kNames.at(static_cast<std::size_t>(kind)), kLevels};
}

std::int64_t minute_of(Time time) {
  const std::int64_t all = milliseconds(time);
  return all >= 0 ? all / kMilliseconds : 0;
}

std::string numbers_of(const Tree& tree, std::size_t level, std::int64_t minute) {
  const std::string collection = cat(tree.levels[level].table, tree.name);
  return level == 0 ? collection : cat(collection, "/", std::to_string(minute / tree.levels[level - 1].minutes));
}

std::string entries_of(const Tree& tree, std::int64_t minute) {
  return cat("due-at", tree.name, "/", std::to_string(minute));
}

std::int64_t number_from(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  StoredRecord::require(error == std::errc() && end == text.data() + text.size());
  return number;
}

std::string place_of(const AccountRegion& home, const KeyId& key) {
  return cat(home.account, "/", home.region, "/", key.str());
}

std::pair<AccountRegion, KeyId> read_place(std::string_view place) {
  const std::size_t account = place.find('/');
  const std::size_t region = place.find('/', account + 1);
  StoredRecord::require(account != std::string_view::npos && region != std::string_view::npos);
  return {{std::string(place.substr(0, account)), std::string(place.substr(account + 1, region - account - 1))},
          StoredRecord::present(KeyId::parse(place.substr(region + 1)))};
}

bool is_empty(const Transaction& transaction, std::string_view collection) {
  bool empty = true;
  transaction.scan(collection, "", [&](std::string_view, std::string_view) { return empty = false; });
  return empty;
}

// Sorted.
std::vector<std::int64_t> numbers_in(const Transaction& transaction, std::string_view collection) {
  std::vector<std::int64_t> numbers;
  transaction.scan(collection, "", [&](std::string_view item, std::string_view) {
    numbers.push_back(number_from(item));
    return true;
  });
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void put_due(Transaction& transaction, const Tree& tree, Time when, const std::string& place) {
  const std::int64_t minute = minute_of(when);
  transaction.put(entries_of(tree, minute), place, std::to_string(milliseconds(when)));
  for (std::size_t level = tree.levels.size(); level-- > 0;) {
    const std::string numbers = numbers_of(tree, level, minute);
    const std::string number = std::to_string(minute / tree.levels[level].minutes);
    if (transaction.get(numbers, number)) return;
    transaction.put(numbers, number, "");
  }
}

void erase_due(Transaction& transaction, const Tree& tree, Time when, const std::string& place) {
  const std::int64_t minute = minute_of(when);
  transaction.erase(entries_of(tree, minute), place);
  bool empty = is_empty(transaction, entries_of(tree, minute));
  for (std::size_t level = tree.levels.size(); empty && level-- > 0;) {
    const std::string numbers = numbers_of(tree, level, minute);
    transaction.erase(numbers, std::to_string(minute / tree.levels[level].minutes));
    empty = is_empty(transaction, numbers);
  }
}

// In the order of the minutes, those from `from` to `until`.
struct Range {
  Time from;
  Time until;
};
using Visit = std::function<bool(Time when, std::string_view place)>;

// Whether to go on.
bool scan_minutes(const Transaction& transaction, const Tree& tree, std::size_t level, std::int64_t above,
                  const Range& range, const Visit& visit) {
  for (const std::int64_t number : numbers_in(transaction, numbers_of(tree, level, above))) {
    const std::int64_t width = tree.levels[level].minutes;
    if (number < minute_of(range.from) / width) continue;
    if (number > minute_of(range.until) / width) return false;
    bool more = true;
    if (width > 1) {
      more = scan_minutes(transaction, tree, level + 1, number * width, range, visit);
    } else {
      transaction.scan(entries_of(tree, number), "", [&](std::string_view place, std::string_view stored) {
        return more = visit(Time(std::chrono::milliseconds(number_from(stored))), place);
      });
    }
    if (!more) return false;
  }
  return true;
}

}  // namespace

bool waits_for_sight(const Key& key) {
  return key.due_sight || std::any_of(key.materials.begin(), key.materials.end(),
                                      [](const BackingKey& each) { return each.expired.has_value(); });
}

std::optional<Time> due_time(const Key& key, DueKind kind) {
  switch (kind) {
    case DueKind::kRotation:
      return key.rotates() ? std::optional(key.rotation.next) : std::nullopt;
    case DueKind::kExpiry:
      return key.valid_to();
    case DueKind::kDeletion:
      return key.state == KeyState::kPendingDeletion && !key.due_sight ? key.deletion_date : std::nullopt;
  }
  return std::nullopt;
}

void index_due(Transaction& transaction, const Key* before, const Key* after) {
  const Key& key = after != nullptr ? *after : *before;
  const std::string place = place_of(key.home, key.id);
  for (const DueKind kind : kDueKinds) {
    const auto due_before = before != nullptr ? due_time(*before, kind) : std::nullopt;
    const auto due_after = after != nullptr ? due_time(*after, kind) : std::nullopt;
    if (due_before != due_after) {
      if (due_before) erase_due(transaction, tree_of(kind), *due_before, place);
      if (due_after) put_due(transaction, tree_of(kind), *due_after, place);
    }
    if (due_after) note_due(transaction, *due_after);
  }
  const bool waited = before != nullptr && waits_for_sight(*before);
  const bool waits = after != nullptr && waits_for_sight(*after);
  if (waits && !waited) transaction.put(kWaiting, place, "");
  if (waited && !waits) transaction.erase(kWaiting, place);
}

void scan_due(const Transaction& transaction, DueKind kind, Time now, const std::function<bool(const Due&)>& visit) {
  scan_minutes(transaction, tree_of(kind), 0, 0, {Time(), now}, [&](Time when, std::string_view place) {
    if (when > now) return true;
    auto [home, key] = read_place(place);
    return visit({kind, when, std::move(home), std::move(key)});
  });
}

void scan_waiting(const Transaction& transaction,
                  const std::function<void(const AccountRegion& home, const KeyId& key)>& visit) {
  transaction.scan(kWaiting, "", [&](std::string_view place, std::string_view) {
    const auto [home, key] = read_place(place);
    visit(home, key);
    return true;
  });
}

std::optional<Time> find_due_after(const Transaction& transaction, DueKind kind, Time now) {
  std::optional<Time> first;
  scan_minutes(transaction, tree_of(kind), 0, 0, {now, Time::max()}, [&](Time when, std::string_view) {
    if (first && minute_of(when) > minute_of(*first)) return false;
    if (when > now && (!first || when < *first)) first = when;
    return true;
  });
  return first;
}

void forget_due(Transaction& transaction, const Due& entry) {
  erase_due(transaction, tree_of(entry.kind), entry.when, place_of(entry.home, entry.key));
}

void erase_index_of_all_kinds(Transaction& transaction) {
  std::vector<std::pair<Time, std::string>> entries;  // written to only after the scan
  scan_minutes(transaction, kAllKinds, 0, 0, {Time(), Time::max()}, [&](Time when, std::string_view place) {
    entries.emplace_back(when, place);
    return true;
  });
  for (const auto& [when, place] : entries) erase_due(transaction, kAllKinds, when, place);
}

}  // namespace kms
