#include "core/records/due.h"

#include <algorithm>
#include <array>
#include <charconv>
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
                                Level{"due-minute", 1}};

std::int64_t minute_of(Time time) {
  const std::int64_t all = milliseconds(time);
  return all >= 0 ? all / kMilliseconds : 0;
}

std::string numbers_of(std::size_t level, std::int64_t minute) {
  if (level == 0) return std::string(kLevels.front().table);
  return cat(kLevels.at(level).table, "/", std::to_string(minute / kLevels.at(level - 1).minutes));
}

std::string entries_of(std::int64_t minute) {
  return cat("due-at/", std::to_string(minute));
}

std::int64_t number_from(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  StoredRecord::require(error == std::errc() && end == text.data() + text.size());
  return number;
}

std::string place_of(const Key& key) {
  return cat(key.home.account, "/", key.home.region, "/", key.id.str());
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

void put_due(Transaction& transaction, Time when, const std::string& place) {
  const std::int64_t minute = minute_of(when);
  transaction.put(entries_of(minute), place, std::to_string(milliseconds(when)));
  for (std::size_t level = kLevels.size(); level-- > 0;) {
    const std::string numbers = numbers_of(level, minute);
    const std::string number = std::to_string(minute / kLevels.at(level).minutes);
    if (transaction.get(numbers, number)) return;
    transaction.put(numbers, number, "");
  }
}

void erase_due(Transaction& transaction, Time when, const std::string& place) {
  const std::int64_t minute = minute_of(when);
  transaction.erase(entries_of(minute), place);
  bool empty = is_empty(transaction, entries_of(minute));
  for (std::size_t level = kLevels.size(); empty && level-- > 0;) {
    const std::string numbers = numbers_of(level, minute);
    transaction.erase(numbers, std::to_string(minute / kLevels.at(level).minutes));
    empty = is_empty(transaction, numbers);
  }
}

using Visit = std::function<bool(Time when, std::string_view place)>;

// In the order of the minutes, those from `from` to `until`. Whether to go on.
bool scan_minutes(const Transaction& transaction, std::size_t level, std::int64_t above, Time from, Time until,
                  const Visit& visit) {
  for (const std::int64_t number : numbers_in(transaction, numbers_of(level, above))) {
    const std::int64_t width = kLevels.at(level).minutes;
    if (number < minute_of(from) / width) continue;
    if (number > minute_of(until) / width) return false;
    bool more = true;
    if (width > 1) {
      more = scan_minutes(transaction, level + 1, number * width, from, until, visit);
    } else {
      transaction.scan(entries_of(number), "", [&](std::string_view place, std::string_view stored) {
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

std::optional<Time> due_time(const Key& key) {
  std::optional<Time> first = key.valid_to();
  const auto add = [&](Time when) { first = first ? std::min(*first, when) : when; };
  if (key.rotates()) add(key.rotation.next);
  if (key.state == KeyState::kPendingDeletion && key.deletion_date && !key.due_sight) add(*key.deletion_date);
  return first;
}

void index_due(Transaction& transaction, const Key* before, const Key* after) {
  const std::string place = place_of(after != nullptr ? *after : *before);
  const auto due_before = before != nullptr ? due_time(*before) : std::nullopt;
  const auto due_after = after != nullptr ? due_time(*after) : std::nullopt;
  if (due_before != due_after) {
    if (due_before) erase_due(transaction, *due_before, place);
    if (due_after) put_due(transaction, *due_after, place);
  }
  if (due_after) note_due(transaction, *due_after);
  const bool waited = before != nullptr && waits_for_sight(*before);
  const bool waits = after != nullptr && waits_for_sight(*after);
  if (waits && !waited) transaction.put(kWaiting, place, "");
  if (waited && !waits) transaction.erase(kWaiting, place);
}

void scan_due(const Transaction& transaction, Time now,
              const std::function<void(const AccountRegion&, const KeyId&)>& visit) {
  const auto visit_place = [&](std::string_view place) {
    const std::size_t account = place.find('/');
    const std::size_t region = place.find('/', account + 1);
    StoredRecord::require(account != std::string_view::npos && region != std::string_view::npos);
    visit({std::string(place.substr(0, account)), std::string(place.substr(account + 1, region - account - 1))},
          StoredRecord::present(KeyId::parse(place.substr(region + 1))));
  };
  scan_minutes(transaction, 0, 0, Time(), now, [&](Time when, std::string_view place) {
    if (when <= now) visit_place(place);
    return true;
  });
  transaction.scan(kWaiting, "", [&](std::string_view place, std::string_view) {
    visit_place(place);
    return true;
  });
}

std::optional<Time> find_due_after(const Transaction& transaction, Time now) {
  std::optional<Time> first;
  scan_minutes(transaction, 0, 0, now, Time::max(), [&](Time when, std::string_view) {
    if (first && minute_of(when) > minute_of(*first)) return false;
    if (when > now && (!first || when < *first)) first = when;
    return true;
  });
  return first;
}

}  // namespace kms
