#pragma once
// CloudTrail's LookupEvents over the trail (API version 2013-11-01): action cloudtrail:LookupEvents. It answers the
// newest events first. What CloudTrail calls a resource's name is the ARN of a key or alias; the id of a key and the
// name of an alias find it as well.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/enum_names.h"
#include "core/ops/kms/fields.h"

namespace kms {

enum class LookupKey : std::uint8_t {
  kEventId,
  kEventName,
  kReadOnly,
  kUsername,
  kResourceType,
  kResourceName,
  kEventSource,
  kAccessKeyId,
};
template <>
struct EnumNames<LookupKey> {
  static constexpr auto kAll = std::to_array<EnumName<LookupKey>>({{LookupKey::kEventId, "EventId"},
                                                                   {LookupKey::kEventName, "EventName"},
                                                                   {LookupKey::kReadOnly, "ReadOnly"},
                                                                   {LookupKey::kUsername, "Username"},
                                                                   {LookupKey::kResourceType, "ResourceType"},
                                                                   {LookupKey::kResourceName, "ResourceName"},
                                                                   {LookupKey::kEventSource, "EventSource"},
                                                                   {LookupKey::kAccessKeyId, "AccessKeyId"}});
};

struct LookupAttribute {
  LookupKey attribute_key = LookupKey::kEventId;
  std::string attribute_value;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AttributeKey", attribute_key, {.required = true, .help = "What to look for"});
    visit("AttributeValue", attribute_value, {.required = true, .min = 1, .max = 2000, .help = "As what"});
  }
};

struct LookupEventsRequest {
  std::vector<LookupAttribute> lookup_attributes;
  std::optional<Time> start_time;
  std::optional<Time> end_time;
  std::optional<std::int32_t> max_results;
  std::string next_token;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("LookupAttributes", lookup_attributes, {.max = 100, .help = "What events have to be; one at most"});
    visit("StartTime", start_time, {.help = "Only events from then on"});
    visit("EndTime", end_time, {.help = "Only events up to then"});
    visit("MaxResults", max_results, {.help = "Most events to answer at once, 1 to 50"});
    visit("NextToken", next_token, {.min = 1, .max = 1024, .help = "NextToken of the answer before"});
  }
  void check() const;
};

struct LookedUpResource {
  std::string resource_type;
  std::string resource_name;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("ResourceType", resource_type, {.help = "AWS::KMS::Key or AWS::KMS::Alias"});
    visit("ResourceName", resource_name, {.help = "ARN"});
  }
};
struct LookedUpEvent {
  std::string event_id;
  std::string event_name;
  std::string read_only;
  std::optional<std::string> access_key_id;
  Time event_time;
  std::string event_source;
  std::optional<std::string> username;
  std::vector<LookedUpResource> resources;
  std::string cloud_trail_event;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("EventId", event_id, {.help = "Id of the event"});
    visit("EventName", event_name, {.help = "The operation"});
    visit("ReadOnly", read_only, {.help = "true or false"});
    visit("AccessKeyId", access_key_id, {.help = "That signed the request; absent when none did"});
    visit("EventTime", event_time, {.help = "When"});
    visit("EventSource", event_source, {.help = "The service"});
    visit("Username", username, {.help = "Who; absent where nobody called"});
    visit("Resources", resources, {.help = "About what"});
    visit("CloudTrailEvent", cloud_trail_event, {.help = "The whole event, as the trail keeps it"});
  }
};
struct LookupEventsResponse {
  std::vector<LookedUpEvent> events;
  std::optional<std::string> next_token;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Events", events, {.help = "The newest first"});
    visit("NextToken", next_token, {.help = "Of the next page, which may be empty; absent on the last one"});
  }
};
LookupEventsResponse lookup_events(Call& call, const LookupEventsRequest& request);

}  // namespace kms
