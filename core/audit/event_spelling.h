#pragma once
// From an event as somebody has it back to the text that the trail keeps (core/audit/event_text.h). Tools indent JSON
// and sort its members, and a hash is of bytes: so a text is made again in each way in which it may have been written.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace kms {

// As encode() writes the members of an event that was read from such a text, in whatever order they are.
std::string spelled_as_stored(const Json& event);

struct GivenEvent {
  std::optional<std::uint64_t> number;  // in its log, where that was given along: {"Number":N,"Event":{...}}
  std::vector<std::string> spellings;   // which the trail may have: as given, in the order given, as encode() has it
  std::string summary;                  // name, time and id, as far as it has them
};

// What audit show prints, the event alone, or its text. ValidationException for what is no such thing, and where a
// member stands twice: people and programs would see different events in it.
GivenEvent read_given_event(std::string_view text);

}  // namespace kms
