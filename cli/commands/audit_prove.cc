// audit prove: a file that proves to others that the trail has an event.
#include <nlohmann/json.hpp>
#include <string>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/audit_find.h"
#include "cli/commands/log_files.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_checkpoints.h"

namespace kms::cli {
namespace {

struct ProveOptions {
  std::string event;
  std::string output;
  bool force = false;
  bool witnessed = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("id", event, {.required = true, .help = kEventHelp});
    visit("-o", output, {.file = true, .help = "Output file, as e.tlog-proof; standard output when left out"});
    visit("--force", force, {.help = "Replace an output file that exists"});
    visit("--witnessed", witnessed, {.help = "By the largest checkpoint that a witness has signed, not by a new one"});
  }
};

void prove_event(Session& session, const ProveOptions& options) {
  refuse_answer_form(session, "a proof");
  LogOutput output(session, options.output, options.force);
  const StoredEvent event = find_event(session, options.event);
  Json request{{"Number", event.number}};
  if (options.witnessed) request["Witnessed"] = true;
  output.write(ask<kms::get_audit_proof>(session, std::move(request)).proof);
}

}  // namespace

void add_audit_prove_command(Commands& commands) {
  commands.push_back(command<ProveOptions>("audit prove", "Prove to others that the trail has an event", "Audit",
                                           prove_event, &row_of<kms::get_audit_proof>()));
}

}  // namespace kms::cli
