// audit prune: old events go, their hashes stay.
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/commands/trail_checkpoints.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_pruning.h"

namespace kms::cli {
namespace {

struct PruneOptions {
  Time before;
  bool yes = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--before", before,
          {.required = true,
           .help = "Only events from before then: in pieces of which each event is that old. The newest 256 always "
                   "stay"});
    visit("--yes", yes, {.help = "Do not ask"});
  }
};

void prune_trail(Session& session, const PruneOptions& options) {
  const OperationInfo& operation = row_of<kms::prune_audit_trail>();
  Json request{{"Before", epoch_seconds(options.before)}};
  Json question = request;
  question["Preview"] = true;
  const auto old = ask<kms::prune_audit_trail>(session, question);
  if (old.events == 0) {
    session.err() << "kmsctl: no whole piece of the trail is from before " << shown_time(options.before)
                  << "; nothing is pruned\n";
    return print_call(session, operation, std::move(question));
  }
  session.err() << old.events << " events, number " << *old.first_number << " to " << *old.last_number << ", from "
                << shown_time(*old.first_time) << " to " << shown_time(*old.last_time)
                << ". Their hashes stay, so later events are proven as before.\n";
  if (!confirmed(session, options.yes, "Erase these events? Nobody can read them again.")) {
    throw Error(ErrorCode::kUsage, "nothing was pruned");
  }
  // What this machine remembers of the trail is compared with it, and moves on to behind what goes: a tree that ends
  // among events that were pruned is proven no more.
  (void)take_checkpoint(session, {}, {});
  print_call(session, operation, std::move(request));
}

}  // namespace

void add_audit_prune_command(Commands& commands) {
  commands.push_back(command<PruneOptions>("audit prune", "Erase old events of the trail, whose hashes stay", "Audit",
                                           prune_trail, &row_of<kms::prune_audit_trail>()));
}

}  // namespace kms::cli
