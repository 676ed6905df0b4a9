#include "core/ops/vault/lookup_events.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/audit/event_text.h"
#include "core/audit/trail.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/ops/vault/trail_marker.h"

namespace kms {
namespace {

constexpr std::string_view kLookup = "lookup";
constexpr std::int32_t kMostLookedUp = 50;
constexpr std::uint64_t kMostSearched = 128 * kStretch;  // events opened for a page, which may stay empty then

std::string text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// As CloudTrail shows it: the name of a user, root, that of a role's session; empty where nobody called.
std::string username_of(const Json& event) {
  const auto who = event.find("userIdentity");
  if (who == event.end()) return {};
  const std::string type = text_in(*who, "type");
  if (type == "Root") return "root";
  if (type == "AssumedRole") {
    const std::string arn = text_in(*who, "arn");
    return arn.substr(arn.rfind('/') + 1);
  }
  return text_in(*who, "userName");
}

std::vector<LookedUpResource> resources_of_event(const Json& event) {
  std::vector<LookedUpResource> resources;
  const auto found = event.find("resources");
  if (found == event.end()) return resources;
  for (const Json& resource : *found) {
    std::string arn = text_in(resource, "ARN");
    std::string type = text_in(resource, "type");
    if (type.empty()) type = arn.find(":alias/") == std::string::npos ? "AWS::KMS::Key" : "AWS::KMS::Alias";
    resources.push_back({std::move(type), std::move(arn)});
  }
  return resources;
}

// The ARN of what a name means that is not one yet.
std::string resource_arn(const AccountRegion& home, const std::string& name) {
  if (name.starts_with("arn:")) return name;
  return cat("arn:aws:kms:", home.region, ":", home.account, ":", name.starts_with("alias/") ? "" : "key/", name);
}

EventFilter lookup_filter(const Call& call, const LookupEventsRequest& request) {
  EventFilter filter;
  if (request.start_time) filter.from = iso_seconds(*request.start_time);
  if (request.end_time) filter.until = iso_seconds(*request.end_time + std::chrono::seconds(1));
  if (request.lookup_attributes.empty()) return filter;
  const auto& [key, value] = request.lookup_attributes.front();
  if (key == LookupKey::kEventId) filter.id = as_in_event(value);
  if (key == LookupKey::kEventName) filter.operation = as_in_event(value);
  if (key == LookupKey::kReadOnly) filter.read_only = value == "true";
  if (key == LookupKey::kResourceName) filter.resource = as_in_event(resource_arn(call.caller.home, value));
  return filter;
}

// What the filter of the trail does not know.
bool is_looked_for(const LookupEventsRequest& request, const LookedUpEvent& event) {
  if (request.lookup_attributes.empty()) return true;
  const auto& [key, value] = request.lookup_attributes.front();
  if (key == LookupKey::kUsername) return event.username == value;
  if (key == LookupKey::kEventSource) return event.event_source == value;
  if (key == LookupKey::kAccessKeyId) return event.access_key_id == value;
  if (key != LookupKey::kResourceType) return true;
  return std::any_of(event.resources.begin(), event.resources.end(),
                     [&type = value](const LookedUpResource& each) { return each.resource_type == type; });
}

LookedUpEvent looked_up(std::string text) {
  const Json event = decode(text);
  LookedUpEvent answer;
  answer.event_id = text_in(event, "eventID");
  answer.event_name = text_in(event, "eventName");
  answer.read_only = event.value("readOnly", false) ? "true" : "false";
  answer.event_source = text_in(event, "eventSource");
  if (const auto time = parse_time(text_in(event, "eventTime"))) answer.event_time = *time;
  answer.username = unless_empty(username_of(event));
  if (const auto who = event.find("userIdentity"); who != event.end()) {
    answer.access_key_id = unless_empty(text_in(*who, "accessKeyId"));
  }
  answer.resources = resources_of_event(event);
  answer.cloud_trail_event = std::move(text);
  return answer;
}

}  // namespace

void LookupEventsRequest::check() const {
  if (lookup_attributes.size() > 1) {
    throw Error(ErrorCode::kInvalidLookupAttributes, "You can only specify one lookup attribute per request.");
  }
  for (const auto& [key, value] : lookup_attributes) {
    if (key == LookupKey::kReadOnly && value != "true" && value != "false") {
      throw Error(ErrorCode::kInvalidLookupAttributes, "ReadOnly is true or false.");
    }
  }
  if (max_results && (*max_results < 1 || *max_results > kMostLookedUp)) {
    throw Error(ErrorCode::kInvalidMaxResults, "MaxResults is from 1 to 50.");
  }
  if (start_time && end_time && *start_time > *end_time) {
    throw Error(ErrorCode::kInvalidTimeRange, "StartTime is behind EndTime.");
  }
}

LookupEventsResponse lookup_events(Call& call, const LookupEventsRequest& request) {
  const Trail trail(call.transaction, call.caller.home);
  std::uint64_t position = trail.head();
  if (!request.next_token.empty()) {
    const auto given = trail_position(kLookup, trail.log(), request.next_token);
    if (!given || *given > trail.head()) throw Error(ErrorCode::kInvalidNextToken, "The token is none of this list.");
    position = *given;
  }
  TrailCursor cursor = trail.backward(lookup_filter(call, request), position, kMostSearched);
  LookupEventsResponse answer;
  const auto most = static_cast<std::size_t>(request.max_results.value_or(kMostLookedUp));
  while (answer.events.size() < most) {
    auto entry = cursor.next();
    if (!entry) break;
    LookedUpEvent event = looked_up(std::move(entry->text));
    if (is_looked_for(request, event)) answer.events.push_back(std::move(event));
  }
  if (cursor.has_next() || !cursor.at_end()) answer.next_token = trail_marker(kLookup, trail.log(), cursor.position());
  call.notes = cursor.take_indexes();
  return answer;
}

}  // namespace kms
