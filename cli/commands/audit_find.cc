#include "cli/commands/audit_find.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/ask.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"

namespace kms::cli {
namespace {

bool is_event_number(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<StoredEvent> event_of_number(Session& session, const std::string& text) {
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;  // more than there can be
  auto answer =
      ask<kms::list_audit_events>(session, {{"FirstNumber", number}, {"Limit", 1}, {"Stored", true}}).records.value();
  if (answer.empty()) return std::nullopt;
  if (answer.front().number != number) {
    throw Error(ErrorCode::kNotFound,
                cat("event ", text, " was pruned: the oldest that is left is ", std::to_string(answer.front().number)));
  }
  return std::move(answer.front());
}

// From the newest on: nothing but the time that it takes keeps one from asking for the oldest.
std::optional<StoredEvent> event_of_id(Session& session, const std::string& id) {
  std::optional<StoredEvent> found;
  ask_pages<kms::list_audit_events>(session, {{"EventId", id}, {"Stored", true}},
                                    [&](const ListAuditEventsResponse& page) {
                                      if (page.records && !page.records->empty()) found = page.records->front();
                                      return !found;
                                    });
  return found;
}

}  // namespace

StoredEvent find_event(Session& session, const std::string& text) {
  auto found = is_event_number(text) ? event_of_number(session, text) : event_of_id(session, text);
  if (found) return *std::move(found);
  throw Error(ErrorCode::kNotFound, cat("the audit trail has no event ", text));
}

}  // namespace kms::cli
