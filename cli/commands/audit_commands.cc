#include <memory>
#include <nlohmann/json.hpp>

#include "cli/api_commands.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "cli/pages.h"
#include "core/audit/event_text.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_trail.h"

namespace kms::cli {
namespace {

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

// The first page has the newest events.
void list_events(Session& session, const FieldValues& values, const PageOptions& pages) {
  Json answer = call_list(session, row_of<kms::list_audit_events>(), values.request(), pages, Direction::kBackward);
  if (session.options().output == "table") {
    for (Json& member : answer) summarize(member);
  }
  print_answer(session.out(), std::move(answer), session.options());
}

}  // namespace

void add_audit_commands(Commands& commands) {
  commands.push_back(
      {"audit list", "List what was done, newest last", "Audit", [](ArgumentParser& parser, Session& session) {
         parser.prints(row_of<kms::list_audit_events>());
         auto values = std::make_shared<FieldValues>();
         auto pages = std::make_shared<PageOptions>();
         add_field_options(parser, row_of<kms::list_audit_events>(), values);
         add_page_options(parser, *pages);
         run_with(parser, session, values, [&session, values, pages] { list_events(session, *values, *pages); });
       }});
}

}  // namespace kms::cli
