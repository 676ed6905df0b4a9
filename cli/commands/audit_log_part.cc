#include "cli/commands/audit_log_part.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "cli/ask.h"
#include "cli/commands/trail_checkpoints.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_checkpoints.h"

namespace kms::cli {
namespace {

Json question_between(const TimeBounds& bounds) {
  Json question{{"Stored", true}};
  if (!bounds.since.empty()) question["StartTime"] = bounds.since;
  if (!bounds.until.empty()) question["EndTime"] = bounds.until;
  return question;
}

// The number of the first event in the order of the answers that lies below `size`. Those behind came after the
// checkpoint.
std::optional<std::int64_t> first_below(Session& session, Json question, std::int64_t size, bool newest) {
  std::optional<std::int64_t> found;
  ask_pages<kms::list_audit_events>(session, std::move(question), [&](const ListAuditEventsResponse& page) {
    for (const StoredEvent& event : page.records.value()) {
      if (event.number < size && (!found || newest)) found = event.number;
    }
    return !found;
  });
  return found;
}

}  // namespace

AuditLogPart audit_log_part(Session& session, const TimeBounds& bounds) {
  const auto checkpoint = ask<kms::get_audit_checkpoint>(session, Json::object());
  const std::int64_t size = checkpoint.size;
  Json forward = question_between(bounds);  // from the oldest event on that was not pruned
  forward["FirstNumber"] = 0;
  forward["Limit"] = 1;
  const std::int64_t first = first_below(session, std::move(forward), size, false).value_or(size);
  std::int64_t end = size;
  if (first < size && (!bounds.since.empty() || !bounds.until.empty())) {
    end = first_below(session, question_between(bounds), size, true).value_or(size - 1) + 1;
  }
  const auto around = ask<kms::get_audit_range>(session, {{"Start", first}, {"End", end}, {"Size", size}});
  const auto as_number = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
  return {{checkpoint.origin, as_number(first), hashes_of(around.before)},
          {as_number(end), as_number(size), hashes_of(around.after), checkpoint.checkpoint}};
}

void for_each_entry(Session& session, const AuditLogPart& part, const std::function<void(const StoredEvent&)>& take) {
  auto next = static_cast<std::int64_t>(part.header.first);
  const auto end = static_cast<std::int64_t>(part.end.end);
  while (next < end) {
    const std::int64_t asked = next;
    const auto page = ask<kms::list_audit_events>(session, {{"Stored", true}, {"FirstNumber", asked}});
    for (const StoredEvent& event : page.records.value()) {
      if (next == end) break;
      if (event.number != next) break;
      take(event);
      ++next;
    }
    if (next == asked) {
      throw Error(ErrorCode::kVaultDamaged, cat("event ", std::to_string(next), " of the trail is not there"));
    }
  }
}

}  // namespace kms::cli
