#include "core/upkeep/due_check.h"

#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/base/time_text.h"

namespace kms {
namespace {

struct Words {
  std::string_view what;
  std::string_view remedy;  // changes the date, which brings it into the index
};

constexpr Words words_of(DueKind kind) {
  switch (kind) {
    case DueKind::kRotation:
      return {"rotation", "disable its rotation and enable it again"};
    case DueKind::kExpiry:
      return {"expiration", "delete its material and import it again"};
    case DueKind::kDeletion:
      return {"deletion", "cancel it and schedule it again"};
  }
  return {};
}

}  // namespace

DueCheck::DueCheck(const Transaction& transaction) {
  for (const DueKind kind : kDueKinds) {
    Times& times = entries_.at(static_cast<std::size_t>(kind));
    scan_due(transaction, kind, Time::max(), [&](const Due& due) {
      const std::string arn = key_arn(due.home, due.key);
      if (!times.emplace(arn, due.when).second) {
        found_.push_back(cat("what falls due lists the ", words_of(kind).what, " of ", arn,
                             " twice: kmsctl maintain takes away the wrong one when it has come"));
      }
      return true;
    });
  }
  scan_waiting(transaction, [&](const AccountRegion& home, const KeyId& key) { waiting_.insert(key_arn(home, key)); });
}

void DueCheck::report_missing(const Key& key, DueKind kind) {
  const auto [what, remedy] = words_of(kind);
  found_.push_back(cat(key.arn(), " has its ", what, " at ", iso_seconds(*due_time(key, kind)),
                       ", and is not listed for it, so that it will not come: ", remedy));
}

void DueCheck::inspect(const Key& key) {
  const std::string arn = key.arn();
  for (const DueKind kind : kDueKinds) {
    Times& times = entries_.at(static_cast<std::size_t>(kind));
    const auto listed = times.find(arn);
    const auto due = due_time(key, kind);
    if (due && (listed == times.end() || listed->second != *due)) report_missing(key, kind);
    if (due && listed != times.end() && listed->second == *due) times.erase(listed);
  }
  if (waiting_.erase(arn) == 0 && waits_for_sight(key)) {
    found_.push_back(cat(arn, " waits for its destruction, and is not listed for it: restore a backup of before its ",
                         "date, or cancel its deletion or import its material again"));
  }
}

std::vector<std::string> DueCheck::take_found() {
  for (const DueKind kind : kDueKinds) {
    for (const auto& [arn, when] : entries_.at(static_cast<std::size_t>(kind))) {
      found_.push_back(cat("what falls due lists a ", words_of(kind).what, " of ", arn, " at ", iso_seconds(when),
                           ", of which that key knows nothing: kmsctl maintain takes it away when that time has come"));
    }
  }
  return std::move(found_);
}

}  // namespace kms
