#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "cli/output.h"
#include "cli/process.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/sessions.h"

namespace kms::cli {
namespace {

constexpr const char* kRoleGroup = "Identities";

struct RoleOptions {
  std::string role;
  std::string session_name = "kmsctl";
  std::string policy;
  std::optional<std::chrono::seconds> duration;
  std::vector<std::string> command;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("role", role, {.required = true, .help = "role/NAME or its ARN"});
    visit("--session-name", session_name, {.help = "What the audit trail calls the session; kmsctl when left out"});
    visit("--policy", policy, {.file = true, .help = "File with a policy that narrows the session"});
    visit("--duration", duration, {.help = "How long it lasts, as 15m or 1h"});
    visit("command", command,
          {.foreign_words = true,
           .help = "After --: the command, with its arguments, whose exit code becomes that of kmsctl; 125 where "
                   "kmsctl failed "
                   "before, 126 and 127 where the command cannot be run or is not there"});
  }
};

// The token works for whoever unlocks the vault as the principal that assumed the role, and is no secret. So the
// command gets what unlocks it as that one; what was typed, or came by a descriptor, it has to ask for itself.
void hand_on_session(const GlobalOptions& options, const std::string& token) {
  set_environment(kSessionVariable, token);
  if (options.vault_named) set_environment("KMSCTL_VAULT", absolute_path(options.vault));
  fix_credential_variables();
  if (!options.passphrase_file.empty()) {
    unsetenv(kKeyfileVariable);
    set_environment(kPassphraseFileVariable, absolute_path(options.passphrase_file));
  } else if (!options.keyfile.empty()) {
    set_environment(kKeyfileVariable, absolute_path(options.keyfile));
  }
}

// With a command, it runs as the role, and what fails before is told apart from it as env(1) does; without, the answer
// is AWS's.
void assume(Session& session, const RoleOptions& options) {
  if (!options.command.empty()) refuse_answer_form(session, "what the command behind -- prints");
  constexpr int kFailedBefore = 125;
  if (!options.command.empty()) session.end_with(kFailedBefore);
  Json request{{"RoleArn", options.role}, {"RoleSessionName", options.session_name}};
  if (!options.policy.empty()) request["Policy"] = file_text(session, options.policy);
  if (options.duration) request["DurationSeconds"] = options.duration->count();
  if (options.command.empty()) return print_call(session, row_of<kms::assume_role>(), std::move(request));
  hand_on_session(session.options(), session_token_of(session.call(name_of<kms::assume_role>(), std::move(request))));
  session.out().flush();
  session.close();
  session.end_with(become(options.command));
}

void whoami(Session& session, const NoOptions& /*none*/) {
  const auto identity = ask<kms::get_caller_identity>(session, Json::object());
  print(session, {{"Principal", identity.arn},
                  {"Account", identity.account},
                  {"UserId", identity.user_id},
                  {"Region", session.home().region},
                  {"Mode", session.mode()}});
}

}  // namespace

void add_role_commands(Commands& commands) {
  commands.push_back(command<RoleOptions>("role assume", "Run a command as a role, or print what opens the session",
                                          kRoleGroup, assume));
  commands.push_back(
      command<NoOptions>("whoami", "Show as whom you unlock the vault, and what that is worth", kRoleGroup, whoami));
}

}  // namespace kms::cli
