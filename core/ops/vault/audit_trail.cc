#include "core/ops/vault/audit_trail.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/audit/event_parts.h"
#include "core/audit/event_text.h"
#include "core/audit/trail.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/model/principal.h"
#include "core/ops/vault/trail_marker.h"

namespace kms {
namespace {

constexpr std::string_view kEventList = "events";

// What a page is at most: events, bytes of their texts, and events opened in search of them. The last one bounds what
// a list costs that finds next to nothing in a trail that none went through before.
constexpr std::int32_t kMostEvents = 1000;
constexpr std::size_t kMostBytes = std::size_t{4} << 20U;
constexpr std::uint64_t kMostOpened = 128 * kStretch;

// As events write times.
std::string time_text(std::string_view text) {
  if (text.empty()) return {};
  const auto time = parse_time(text);
  if (!time)
    throw Error(ErrorCode::kValidation, cat("'", text, "' is no time: give 2026-01-31 or 2026-01-31T12:00:00Z"));
  return iso_seconds(*time);
}

EventFilter filter_of(const Call& call, const ListAuditEventsRequest& request) {
  const std::string principal = principal_arn(call.caller.home.account, request.principal).value_or(request.principal);
  EventFilter filter{as_in_event(request.event_name), as_in_event(principal),
                     as_in_event(call.key ? call.key->arn() : ""), time_text(request.start_time),
                     time_text(request.end_time)};
  filter.id = as_in_event(request.event_id);
  filter.failed = request.errors;
  filter.denied = request.denied;
  if (request.read_only) filter.read_only = *request.read_only == ReadOnly::kTrue;
  return filter;
}

std::string marker_of(const Trail& trail, std::uint64_t position) {
  return trail_marker(kEventList, trail.log(), position);
}

// Where the page begins that follows the one of `marker`.
std::uint64_t position_behind(const Call& call, const Trail& trail, std::string_view marker) {
  const auto position = trail_position(kEventList, trail.log(), marker);
  if (!position || *position == 0 || *position > trail.head()) throw_invalid_marker(call.event.operation);
  return *position;
}

TrailCursor cursor_of(const Call& call, const Trail& trail, const ListAuditEventsRequest& request) {
  std::uint64_t position = static_cast<std::uint64_t>(request.first_number.value_or(0));
  if (!request.first_number) position = trail.head();
  if (!request.marker.empty()) position = position_behind(call, trail, request.marker);
  EventFilter filter = filter_of(call, request);
  return request.first_number ? trail.forward(std::move(filter), position, kMostOpened)
                              : trail.backward(std::move(filter), position, kMostOpened);
}

// Of those that encode() writes: a quote within a value has a backslash before it.
bool is_of_follower(const Call& call, std::string_view text) {
  return EventParts(text).operation() == call.event.operation &&
         text.find(R"("follow":true)") != std::string_view::npos;
}

// Oldest first.
std::vector<TrailEntry> page_of(const Call& call, TrailCursor& cursor, const ListAuditEventsRequest& request) {
  std::vector<TrailEntry> page;
  std::size_t bytes = 0;
  while (page.size() < page_size(request.limit, kMostEvents) && bytes < kMostBytes) {
    auto entry = cursor.next();
    if (!entry) break;
    if (request.follow && is_of_follower(call, entry->text)) continue;
    bytes += entry->text.size();
    page.push_back(*std::move(entry));
  }
  if (!request.first_number) std::reverse(page.begin(), page.end());
  return page;
}

}  // namespace

void ListAuditEventsRequest::check() const {
  (void)time_text(start_time);
  (void)time_text(end_time);
  if (follow && !first_number) {
    throw Error(ErrorCode::kValidation, "Follow goes on from an event: give FirstNumber, 0 for the first");
  }
  if (errors == false && denied == true) {
    throw Error(ErrorCode::kValidation, "what was denied is an error, too: nothing is Denied and not among the Errors");
  }
}

ListAuditEventsResponse list_audit_events(Call& call, const ListAuditEventsRequest& request) {
  const Trail trail(call.transaction, call.caller.home);
  TrailCursor cursor = cursor_of(call, trail, request);
  ListAuditEventsResponse answer;
  if (request.stored) answer.records.emplace();
  for (TrailEntry& entry : page_of(call, cursor, request)) {
    if (request.stored) {
      answer.records->push_back({static_cast<std::int64_t>(entry.number), std::move(entry.text)});
    } else {
      *answer.events.emplace_back() = decode(entry.text);
    }
  }
  call.saw_nothing_new = request.follow && answer.events.empty() && (!answer.records || answer.records->empty());
  answer.truncated = cursor.has_next() || !cursor.at_end();
  if (answer.truncated) answer.next_marker = marker_of(trail, cursor.position());
  call.notes = cursor.take_indexes();
  return answer;
}

}  // namespace kms
