#pragma once
// What events have to be to be listed.
#include <optional>
#include <string>

#include "core/audit/event_parts.h"

namespace kms {

// The texts are as as_in_event() has them; one that is empty asks for nothing.
struct EventFilter {
  std::string operation;
  std::string principal;  // ARN
  std::string resource;   // ARN
  std::string from;       // as EventParts::time(): from then on
  std::string until;      // before then
  std::string id = {};
  std::optional<bool> failed = {};
  std::optional<bool> denied = {};
  std::optional<bool> read_only = {};

  bool asks_for_anything() const;
  bool accepts(const EventParts& event) const;
};

}  // namespace kms
