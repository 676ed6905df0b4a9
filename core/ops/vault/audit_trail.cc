#include "core/ops/vault/audit_trail.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/model/principal.h"

namespace kms {
namespace {

struct Filter {
  std::string resource;  // ARN; empty for any
  std::string event_name;
  std::string principal;  // ARN
  std::string start;      // as events write times: comparing the texts compares the times
  std::string end;

  bool accepts(const Json& event) const {
    if (!event_name.empty() && event.value("eventName", "") != event_name) return false;
    if (!principal.empty() && event.at("userIdentity").value("arn", "") != principal) return false;
    const std::string time = event.value("eventTime", "");
    if ((!start.empty() && time < start) || (!end.empty() && time >= end)) return false;
    if (resource.empty()) return true;
    const auto found = event.find("resources");
    return found != event.end() && std::any_of(found->begin(), found->end(),
                                               [&](const Json& entry) { return entry.value("ARN", "") == resource; });
  }
};

std::string time_text(std::string_view text) {
  if (text.empty()) return {};
  const auto time = parse_time(text);
  if (!time)
    throw Error(ErrorCode::kValidation, cat("'", text, "' is no time: give 2026-01-31 or 2026-01-31T12:00:00Z"));
  return iso_seconds(*time);
}

Json parse_event(std::string_view stored) {
  Json event = Json::parse(stored, nullptr, /*allow_exceptions=*/false);
  if (!event.is_object()) throw Error(ErrorCode::kVaultDamaged, "a stored event cannot be read");
  return event;
}

}  // namespace

void ListAuditEventsRequest::check() const {
  (void)time_text(start_time);
  (void)time_text(end_time);
}

// From the end, a stretch at a time: a long trail costs nothing when only its newest events are asked for.
Json list_audit_events(Call& call, const ListAuditEventsRequest& request) {
  constexpr std::uint64_t kStretch = 1024;
  const AccountRegion& home = call.caller.home;
  const Filter filter{call.key ? call.key->arn() : "", request.event_name,
                      principal_arn(home.account, request.principal).value_or(request.principal),
                      time_text(request.start_time), time_text(request.end_time)};
  const std::string log = audit_log(home);
  const auto wanted = static_cast<std::size_t>(request.limit);
  std::vector<Json> newest_first;
  std::uint64_t end = call.transaction.log_size(log);
  while (end > 0 && newest_first.size() < wanted) {
    const std::uint64_t from = end > kStretch ? end - kStretch : 0;
    std::vector<Json> stretch;
    call.transaction.read_log(log, from, [&](std::uint64_t number, std::string_view stored) {
      if (number >= end) return false;
      if (Json event = parse_event(stored); filter.accepts(event)) stretch.push_back(std::move(event));
      return true;
    });
    std::move(stretch.rbegin(), stretch.rend(), std::back_inserter(newest_first));
    end = from;
  }
  if (newest_first.size() > wanted) newest_first.resize(wanted);
  Json events = Json::array();
  std::move(newest_first.rbegin(), newest_first.rend(), std::back_inserter(events));
  return {{"Events", std::move(events)}};
}

}  // namespace kms
