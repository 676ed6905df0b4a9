#pragma once
// An event of the trail, as a command line names it.
#include <string>

#include "cli/session.h"
#include "core/ops/vault/audit_trail.h"

namespace kms::cli {

inline constexpr const char* kEventHelp =
    "The id of the event (eventID), or its number: events are numbered from 0, and audit tail shows the numbers";

// NotFoundException when the trail has none of this number or id. An id is looked for from the newest event on.
StoredEvent find_event(Session& session, const std::string& text);

}  // namespace kms::cli
