#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command_of.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/field_values.h"
#include "cli/output.h"
#include "cli/pages.h"
#include "core/audit/event_text.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_trail.h"

namespace kms::cli {
namespace {

struct TrailOptions {
  FieldValues request;
  PageOptions pages;
  bool wide = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    request.fields(visit, row_of<kms::list_audit_events>());
    pages.fields(visit);
    add_wide(visit, wide);
  }
};

Json summary_of(const Json& event) {
  EventLine line = line_of(event);
  return {{"Time", std::move(line.time)},
          {"Event", std::move(line.operation)},
          {"Principal", std::move(line.principal)},
          {"Result", std::move(line.result)},
          {"Resource", std::move(line.resource)}};
}

// Of an answer: the list of events; what says how the list goes on is no list.
void summarize(Json& member) {
  if (!member.is_array()) return;
  for (Json& event : member) event = summary_of(event);
}

// What can be seen of an event on a line; `account` is the caller's.
std::vector<Cell> row_of_event(const Json& event, std::string_view account) {
  EventLine line = line_of(event);
  const Style style = line.result == "ok" ? Style::kPlain : Style::kBad;
  constexpr std::string_view kOfErrors = "Exception";
  if (line.result.ends_with(kOfErrors)) line.result.resize(line.result.size() - kOfErrors.size());
  return {shown_event_time(line.time),
          short_principal(account, line.principal),
          line.operation,
          {line.result, style},
          short_resource(account, line.resource)};
}

// Where the list goes on that stops before its end: of several pages, or of the one that was asked for. Taken out.
std::string take_token(Json& answer) {
  for (const char* name : {"NextToken", "NextMarker"}) {
    const auto found = answer.find(name);
    if (found == answer.end()) continue;
    std::string token = found->get<std::string>();
    answer.erase(found);
    return token;
  }
  return {};
}

void show_events(Session& session, Json answer, bool wide) {
  Listing listing({{"TIME"},
                   {"WHO", 1, Cut::kAsNeeded, 12},
                   {"EVENT", 0, Cut::kAsNeeded, 10},
                   {"RESULT", 2, Cut::kAsNeeded, 12},
                   {"RESOURCE", 3, Cut::kAsNeeded, 9}});
  const std::string token = take_token(answer);
  answer["Truncated"] = !token.empty();
  for (const JsonBox& event : answer_as<kms::list_audit_events>(std::move(answer)).events) {
    listing.add(row_of_event(*event, session.home().account));
  }
  listing.print(session.out(), screen_of(session.options(), wide));
  if (!token.empty()) session.err() << "kmsctl: hint: older ones: --starting-token " << token << '\n';
}

// The first page has the newest events.
void list_events(Session& session, const TrailOptions& options) {
  const bool people = shows_people(session, options.wide);
  Json answer = call_list(session, row_of<kms::list_audit_events>(), options.request.request(), options.pages,
                          Direction::kBackward);
  if (people) return show_events(session, std::move(answer), options.wide);
  if (session.options().output == "table" && session.options().query.empty()) {
    for (Json& member : answer) summarize(member);
  }
  print_answer_of(session, row_of<kms::list_audit_events>(), std::move(answer));
}

}  // namespace

void add_audit_commands(Commands& commands) {
  commands.push_back(command<TrailOptions>("audit list", "List what was done, newest last", "Audit", list_events,
                                           &row_of<kms::list_audit_events>()));
}

}  // namespace kms::cli
