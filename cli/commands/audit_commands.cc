#include <memory>
#include <nlohmann/json.hpp>

#include "cli/api_commands.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_trail.h"

namespace kms::cli {
namespace {

// What fits on a line of a terminal.
Json summary_of(const Json& event) {
  const Json& who = event.at("userIdentity");
  Json row{{"Time", event.at("eventTime")},
           {"Event", event.at("eventName")},
           {"Principal", who.contains("arn") ? who.at("arn") : who.at("invokedBy")},  // nobody called
           {"Result", event.value("errorCode", "ok")},
           {"Resource", ""}};
  if (const auto resources = event.find("resources"); resources != event.end() && !resources->empty()) {
    row["Resource"] = resources->front().at("ARN");
  }
  return row;
}

void list(ServiceSession& session, const FieldValues& values) {
  Json answer = session.call(name_of<kms::list_audit_events>(), values.request());
  if (session.options().output == "table") {
    for (Json& event : answer.at("Events")) event = summary_of(event);
  }
  print_answer(session.out(), std::move(answer), session.options());
}

}  // namespace

void add_audit_commands(Commands& commands, ServiceSession& session) {
  commands.push_back(
      {"audit list", "List what was done, newest last", "Audit", [&session](ArgumentParser& parser, Session&) {
         auto values = std::make_shared<FieldValues>();
         add_field_options(parser, fields_of(name_of<kms::list_audit_events>()), values);
         parser.callback([&session, values] { list(session, *values); });
       }});
}

}  // namespace kms::cli
