#include "core/upkeep/sightings.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/audit/alert_notice.h"
#include "core/base/text.h"
#include "core/records/alerts.h"
#include "core/records/outbox.h"

namespace kms {
namespace {

using Group = std::tuple<std::string, std::string, std::string>;  // account, alert, subject
using Sightings = std::vector<Sighting>;

std::map<Group, Sightings> grouped(const Transaction& transaction) {
  std::map<Group, Sightings> groups;
  scan_sightings(transaction, [&](const Sighting& each) {
    groups[{each.account, each.alert, each.subject}].push_back(each);
    return true;
  });
  for (auto& [group, seen] : groups) std::ranges::sort(seen, {}, &Sighting::when);
  return groups;
}

Notice notice_of_many(const Alert& alert, const Sighting& last) {
  Notice notice{last.account, last.alert, last.subject, last.when, {}};
  AlertNews news{last.id, last.when,
                 cat(std::to_string(alert.count), " times within ", std::to_string(alert.within.count()),
                     " seconds, the last: ", last.what),
                 last.event};
  news.count = alert.count;
  notice.text = notice_text(alert, last.account, news);
  notice.next = last.when;
  return notice;
}

// Where the last of enough of them stands, from `first` on; nothing where there are not enough.
std::optional<std::size_t> find_enough(const Alert& alert, const Sightings& seen, std::size_t first) {
  const auto count = static_cast<std::size_t>(alert.count);
  for (std::size_t last = first + count - 1; last < seen.size(); ++last) {
    if (seen[last].when - seen[last - count + 1].when <= alert.within) return last;
  }
  return std::nullopt;
}

// How many of them are done with.
std::size_t raise(Transaction& transaction, const Alert& alert, const Sightings& seen, Time now) {
  std::size_t done = 0;
  while (const auto last = find_enough(alert, seen, done)) {
    for (const SideRecord& record : notice_records(notice_of_many(alert, seen[*last]))) add(transaction, record);
    done = *last + 1;
  }
  while (done < seen.size() && seen[done].when + alert.within < now) ++done;
  return done;
}

}  // namespace

std::optional<Time> count_sightings(Transaction& transaction, Time now) {
  std::optional<Time> again;
  for (const auto& [group, seen] : grouped(transaction)) {
    const auto& [account, name, subject] = group;
    const auto alert = find_alert(transaction, account, name);
    const bool counts = alert && alert->count > 1;
    const std::size_t done = counts ? raise(transaction, *alert, seen, now) : seen.size();
    for (std::size_t i = 0; i < done; ++i) erase_sighting(transaction, seen[i]);
    if (done == seen.size()) continue;
    const Time end = seen.back().when + alert->within;
    again = again ? std::min(*again, end) : end;
  }
  return again;
}

}  // namespace kms
