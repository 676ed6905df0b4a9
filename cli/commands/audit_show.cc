// audit show: one event of the trail, whole.
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/command_of.h"
#include "cli/commands/audit_find.h"
#include "cli/commands/audit_questions.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/output.h"
#include "cli/sheet.h"
#include "core/audit/event_text.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_trail.h"

namespace kms::cli {
namespace {

struct ShowEventOptions {
  std::string event;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("id", event, {.required = true, .help = kEventHelp});
  }
};

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// NAME: VALUE each.
std::vector<Cell> lines_of_member(const Json& event, const char* name) {
  std::vector<Cell> lines;
  const auto member = event.find(name);
  if (member == event.end() || !member->is_object()) return lines;
  for (const auto& [key, value] : member->items()) lines.emplace_back(cat(key, ": ", text_of(value)));
  return lines;
}

std::string text_of_member(const Json& event, const char* name) {
  const auto member = event.find(name);
  return member == event.end() || member->is_null() ? std::string() : text_of(*member);
}

std::vector<Cell> resources_of(const Json& event, const std::string& account) {
  std::vector<Cell> lines;
  const auto about = event.find("resources");
  if (about == event.end()) return lines;
  for (const Json& resource : *about) {
    lines.emplace_back(short_resource(account, resource.at("ARN").get<std::string>()));
  }
  return lines;
}

void print_event_sheet(Session& session, const StoredEvent& stored, const Json& event) {
  const std::string& account = session.home().account;
  const EventLine line = line_of(event);
  const bool ok = line.result == "ok";
  Sheet sheet;
  sheet.add("Event", line.operation);
  sheet.add("Number", std::to_string(stored.number));
  sheet.add("Event id", line.id);
  sheet.add("Time", shown_event_time(line.time));
  sheet.add("Who", short_principal(account, line.principal));
  sheet.add("From", cat(text_of_member(event, "sourceIPAddress"), " ", text_of_member(event, "userAgent")));
  sheet.add("Result", Cell(short_result(line.result), ok ? Style::kPlain : Style::kBad));
  sheet.add("Message", text_of_member(event, "errorMessage"));
  sheet.add("Changes", event.value("readOnly", false) ? "nothing" : ok ? "yes" : "would have, had it not failed");
  sheet.add("About", resources_of(event, account));
  sheet.add("Request", lines_of_member(event, "requestParameters"));
  sheet.add("Response", lines_of_member(event, "responseElements"));
  sheet.add("More", lines_of_member(event, "additionalEventData"));
  sheet.add("Details", lines_of_member(event, "serviceEventDetails"));
  sheet.add("Request id", text_of_member(event, "requestID"));
  sheet.print(session.out(), screen_of(session.options(), false));
}

void show_event(Session& session, const ShowEventOptions& options) {
  const StoredEvent stored = find_event(session, options.event);
  Json event = decode(stored.text);
  if (shows_people(session, false)) return print_event_sheet(session, stored, event);
  print_answer(session.out(), {{"Number", stored.number}, {"Event", std::move(event)}}, session.options());
}

}  // namespace

void add_audit_show_command(Commands& commands) {
  commands.push_back(command<ShowEventOptions>("audit show", "Show one event, whole", "Audit", show_event));
}

}  // namespace kms::cli
