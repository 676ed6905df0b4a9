#pragma once
// Reading the audit trail: action kmsctl:ListAuditEvents. The first page has the newest events, the next ones go on to
// older ones; each has its events oldest first. With FirstNumber the list goes the other way: so whoever follows the
// trail asks for what came behind the last event that he has. A marker says how far the pages before it have come, so
// what is added meanwhile moves nothing.
//
// Whoever follows asks again and again. With Follow a question that finds nothing leaves no event, and one that finds
// something leaves one that no follower is shown: so the trail does not grow by being looked at, and two who follow it
// do not show each other their questions for ever.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum_names.h"
#include "core/ops/kms/fields.h"

namespace kms {

// As CloudTrail's LookupEvents has it, whose answer is a text, too.
enum class ReadOnly : std::uint8_t { kTrue, kFalse };
template <>
struct EnumNames<ReadOnly> {
  static constexpr auto kAll =
      std::to_array<EnumName<ReadOnly>>({{ReadOnly::kTrue, "true"}, {ReadOnly::kFalse, "false"}});
};

struct ListAuditEventsRequest {
  std::string key_id;
  std::string event_name;
  std::string principal;
  std::string start_time;
  std::string end_time;
  std::string event_id;
  std::optional<bool> errors;
  std::optional<bool> denied;
  std::optional<ReadOnly> read_only;
  std::optional<std::int64_t> first_number;
  bool follow = false;
  bool stored = false;
  std::int32_t limit = 1000;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id,
          {.min = 1, .max = 2048, .help = "Only events about this key", .condition = {ConditionKind::kAlias}});
    visit("EventName", event_name, {.min = 1, .max = 128, .help = "Only events of this operation, as Decrypt"});
    visit("Principal", principal, {.min = 1, .max = 2048, .help = "Only events of this principal (root, or an ARN)"});
    visit("StartTime", start_time, {.min = 1, .max = 64, .help = "Only events from then on (ISO 8601, UTC)"});
    visit("EndTime", end_time, {.min = 1, .max = 64, .help = "Only events before then (ISO 8601, UTC)"});
    visit("EventId", event_id, {.min = 1, .max = 64, .help = "Only the event of this id"});
    visit("Errors", errors, {.help = "Only what failed or was denied; of no: only what did not fail"});
    visit("Denied", denied, {.help = "Only what was denied for want of a permission; of no: only what was not"});
    visit("ReadOnly", read_only, {.help = "Only what changed nothing, or only what is made to change something"});
    visit("FirstNumber", first_number,
          {.min = 0, .help = "From the event of this number on to newer ones. Events are numbered from 0"});
    visit("Follow", follow,
          {.help = "With FirstNumber: what is new, without the events of those who ask so. Where nothing is, the "
                   "question leaves no event"});
    visit("Stored", stored, {.help = "Answer Records in place of Events: the texts of the trail, with their numbers"});
    visit("Limit", limit,
          {.min = 1, .max = 1000000, .help = "The newest events up to this number; 1000, and never more at once"});
    visit("Marker", marker, kMarkerRule);
  }
  void check() const;
  std::string_view key_reference() const { return key_id; }
};
// An event as the trail keeps it.
struct StoredEvent {
  std::int64_t number = 0;
  std::string text;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Number", number, {.help = "Which event of the trail it is, for ever"});
    visit("Text", text, {.help = "The JSON of the event, to the byte"});
  }
};
struct ListAuditEventsResponse {
  std::vector<JsonBox> events;
  std::optional<std::vector<StoredEvent>> records;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Events", events, {.help = "As CloudTrail writes events, oldest first"});
    visit("Records", records, {.help = "With Stored, in place of Events: each event as the trail keeps it"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListAuditEventsResponse list_audit_events(Call& call, const ListAuditEventsRequest& request);

}  // namespace kms
