#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/ask.h"
#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/commands/support.h"
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
  std::string duration;
  std::vector<std::string> command;
};

[[noreturn]] void throw_environment_full() {
  throw Error(ErrorCode::kInternal, "the environment is full");
}

void hand_on(const char* variable, const std::string& value) {
  if (setenv(variable, value.c_str(), 1) != 0) throw_environment_full();
}

std::string absolute(const std::string& path) {
  std::error_code error;
  const auto found = std::filesystem::absolute(path, error);
  return error ? path : found.string();
}

// The token works for whoever unlocks the vault as the principal that assumed the role, and is no secret. So the
// command gets what unlocks it as that one; what was typed, or came by a descriptor, it has to ask for itself.
void hand_on_session(const GlobalOptions& options, const std::string& token) {
  hand_on(kSessionVariable, token);
  if (options.vault_named) hand_on("KMSCTL_VAULT", absolute(options.vault));
  if (!options.passphrase_file.empty()) {
    if (unsetenv("KMSCTL_KEYFILE") != 0) throw_environment_full();
    hand_on("KMSCTL_PASSPHRASE_FILE", absolute(options.passphrase_file));
  } else if (!options.keyfile.empty()) {
    hand_on("KMSCTL_KEYFILE", absolute(options.keyfile));
  }
}

// With a command, it runs as the role; without, the answer is AWS's.
void assume(ServiceSession& session, const RoleOptions& options) {
  Json request{{"RoleArn", options.role}, {"RoleSessionName", options.session_name}};
  if (!options.policy.empty()) request["Policy"] = file_text(options.policy);
  if (!options.duration.empty()) request["DurationSeconds"] = parse_seconds(options.duration);
  if (options.command.empty()) return print_call(session, row_of<kms::assume_role>(), std::move(request));
  hand_on_session(session.options(), session_token_of(session.call(name_of<kms::assume_role>(), std::move(request))));
  session.out().flush();
  session.close();
  session.end_with(become(options.command));
}

void whoami(ServiceSession& session) {
  const auto identity = ask<kms::get_caller_identity>(session, Json::object());
  print(session, {{"Principal", identity.arn},
                  {"Account", identity.account},
                  {"UserId", identity.user_id},
                  {"Region", session.home().region},
                  {"Mode", session.mode()}});
}

}  // namespace

void add_role_commands(Commands& commands, ServiceSession& session) {
  commands.push_back(
      {"role assume", "Run a command as a role, or print what opens the session", kRoleGroup,
       [&session](ArgumentParser& parser, Session&) {
         auto options = std::make_shared<RoleOptions>();
         parser.add_option("role", options->role, "role/NAME or its ARN").required();
         parser.add_option("--session-name", options->session_name,
                           "What the audit trail calls the session; kmsctl when left out");
         parser.add_option("--policy", options->policy, "File with a policy that narrows the session").names_file();
         parser.add_option("--duration", options->duration, "How long it lasts, as 15m or 1h");
         parser.add_option("command", options->command, "After --: the command, with its arguments").takes_words();
         parser.callback([&session, options] { assume(session, *options); });
       }});
  commands.push_back(
      {"whoami", "Show as whom you unlock the vault, and what that is worth", kRoleGroup,
       [&session](ArgumentParser& parser, Session&) { parser.callback([&session] { whoami(session); }); }});
}

}  // namespace kms::cli
