#pragma once
// Events as text, and back: the one place that knows how CloudTrail (record version 1.11) spells them.
#include <string>
#include <string_view>

#include "core/audit/event.h"
#include "core/base/json.h"

namespace kms {

// Who does what nobody calls for.
inline constexpr std::string_view kUpkeepPrincipal = "upkeep.kmsctl.local";

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

}  // namespace kms
