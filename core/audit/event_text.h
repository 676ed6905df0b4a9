#pragma once
// Events as text, and back: the one place that knows how CloudTrail (record version 1.11) spells them.
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/event.h"
#include "core/base/json.h"

namespace kms {

// The record as JSON; the author must be known. Text from a caller may be no valid UTF-8: what is not is replaced, and
// the event kept. Members beyond 8 KiB together give way to their size and SHA-256, the longest ones first; messages
// show their first KiB.
std::string encode(const AuditEvent& event);
// With the logs that it belongs in: the owner of a key sees who of another account used it.
AuditRecord record_of(const AuditEvent& event);

// VaultDamagedException when it is no record.
Json decode(std::string_view text);

// What fits on a line.
struct EventLine {
  std::string time;
  std::string operation;
  std::string principal;  // or what acted without a call
  std::string result;     // ok, or the name of the error
  std::string resource;   // the first; empty when there is none
  std::string id;
};
EventLine line_of(const Json& event);

// The text of a JSON string as encode() has it, without its quotes.
std::string as_in_event(std::string_view value);

// What events are found by, out of a text that is not parsed: in encode()'s form each part is where it can be looked
// for. A text of another form, as of another version, is parsed. The parts are as as_in_event() has them, views into
// the text, which outlives this, or into this.
class EventParts {
 public:
  explicit EventParts(std::string_view text);  // throws as decode()
  EventParts(const EventParts&) = delete;
  EventParts& operator=(const EventParts&) = delete;
  EventParts(EventParts&&) = delete;
  EventParts& operator=(EventParts&&) = delete;
  ~EventParts() = default;

  std::string_view time() const { return time_; }  // to the second; as texts they compare as times
  std::string_view operation() const { return operation_; }
  std::string_view principal() const { return principal_; }  // ARN; empty where nobody called
  const std::vector<std::string_view>& resources() const { return resources_; }

 private:
  bool find_in(std::string_view text);
  std::string rewritten_;
  std::string_view time_;
  std::string_view operation_;
  std::string_view principal_;
  std::vector<std::string_view> resources_;
};

}  // namespace kms
