#include "cli/commands/principal_picture.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "cli/ask.h"
#include "cli/commands/key_words.h"
#include "cli/commands/lists.h"
#include "cli/output.h"
#include "cli/sheet.h"
#include "core/audit/event_text.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_trail.h"
#include "core/ops/vault/credentials.h"
#include "core/ops/vault/identities.h"
#include "core/ops/vault/slots.h"

namespace kms::cli {
namespace {

using Lines = std::vector<Cell>;

Lines as_lines(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// Lines of what the vault lists for all, of which some are of the principal.
template <class Entry, class Line>
Lines lines_of(const std::vector<Entry>& entries, const std::string& arn, const Line& line) {
  Lines lines;
  for (const Entry& entry : entries) {
    if (entry.principal == arn) lines.emplace_back(line(entry));
  }
  return lines;
}

// What opens the vault, or signs, or calls the agent as the principal.
void add_credentials(Sheet& sheet, Session& session, const std::string& arn) {
  const auto slots = if_allowed([&] { return ask<kms::list_slots>(session, Json::object()).slots; });
  sheet.add_part("Slots", slots, [&](const auto& all) {
    return lines_of(all, arn, [](const ListedSlot& slot) {
      const std::string label = slot.label ? cat(" ", *slot.label, ",") : std::string();
      return cat(slot.slot_id, "  ", to_text(slot.kind), label, " since ", shown_time(slot.creation_date));
    });
  });
  const auto keys = if_allowed([&] { return ask<kms::list_access_keys>(session, Json::object()).access_keys; });
  sheet.add_part("Access keys", keys, [&](const auto& all) {
    return lines_of(all, arn, [](const AccessKeyDescription& key) {
      return cat(key.access_key_id, " since ", shown_time(key.creation_date));
    });
  });
  const auto uids = if_allowed([&] { return ask<kms::list_uid_mappings>(session, Json::object()).uid_mappings; });
  sheet.add_part("System users", uids, [&](const auto& all) {
    return lines_of(all, arn, [](const UidMappingDescription& each) { return cat("uid ", std::to_string(each.uid)); });
  });
}

void add_last_activity(Sheet& sheet, Session& session, const std::string& arn) {
  const auto events = if_allowed([&] {
    return ask<kms::list_audit_events>(session, {{"Principal", arn}, {"Limit", 1}}).events;
  });
  sheet.add_part("Last call", events, [](const std::vector<JsonBox>& found) {
    Lines lines;
    for (const JsonBox& event : found) {
      const EventLine line = line_of(*event);
      lines.emplace_back(cat(shown_event_time(line.time), "  ", line.operation, ", ", line.result));
    }
    return lines;
  });
}

Sheet sheet_of_principal(Session& session, const PrincipalDescription& principal) {
  const std::string account(account_of(principal.arn));
  Sheet sheet;
  sheet.add("Principal", principal.principal);
  sheet.add("ARN", principal.arn);
  sheet.add("Id", principal.principal_id);
  sheet.add("Created", shown_time(principal.creation_date));
  sheet.add_part("Policies", std::optional(principal.policy_names), as_lines);
  if (principal.boundary) sheet.add("Boundary", "one limits what it may do; --output json shows it");
  if (principal.groups) sheet.add_part("Groups", principal.groups, as_lines);
  if (principal.users) sheet.add_part("Users", principal.users, as_lines);
  if (principal.trust_policy) {
    sheet.add("Trust", policy_in_words(policy::DocumentKind::kTrust, *principal.trust_policy, account));
  }
  if (principal.max_session_duration) {
    sheet.add("Sessions", cat("of up to ", std::to_string(*principal.max_session_duration / 60), " minutes"));
  }
  sheet.add_part("Tags", std::optional(principal.tags), tag_lines);
  if (!principal.principal.starts_with("user/")) return sheet;
  add_credentials(sheet, session, principal.arn);
  add_last_activity(sheet, session, principal.arn);
  return sheet;
}

}  // namespace

void show_principal(Session& session, const std::string& principal, bool wide) {
  const Json request{{"Principal", principal}};
  if (!shows_people(session, wide)) return print_call(session, row_of<kms::describe_principal>(), request);
  const PrincipalDescription found = ask<kms::describe_principal>(session, request).principal;
  sheet_of_principal(session, found).print(session.out(), screen_of(session.options(), wide));
}

}  // namespace kms::cli
