#pragma once
// The session of a command: through the agent where one runs for the vault, else in this process, which then unlocks
// the vault itself as the principal of the slot that opened it.
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "cli/agent/client.h"
#include "cli/command_of.h"
#include "cli/delivery/deliverer.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/service/authorization.h"
#include "core/service/context.h"
#include "core/upkeep/upkeep.h"
#include "vault/local/vault.h"

namespace kms::cli {

struct Streams {
  std::ostream& out;
  std::ostream& err;
};

class ServiceSession final : public Session {
 public:
  // All of them outlive the session. `options` may change until the first call.
  ServiceSession(const GlobalOptions& options, const Streams& streams, Terminal& terminal);

  Json call(std::string_view operation, Json request) override;
  Json call_through(std::string_view service, std::string_view operation, Json request) override;
  Json call_in(const std::string& region, std::string_view service, std::string_view operation, Json request) override;

  void require_open() override;
  bool uses_agent() override;
  const AccountRegion& home() override;
  const std::string& principal() override;
  const std::string& mode() override;
  void close() override;

  const GlobalOptions& options() const override { return options_; }
  std::ostream& out() override { return streams_.out; }
  std::ostream& err() override { return streams_.err; }
  Terminal& terminal() override { return terminal_; }
  Random& random() override { return random_; }
  const Clock& clock() const override { return clock_; }

  // What alerts of a vault that this process has open have to tell, once what the command was for is done: for a few
  // seconds, since what is left waits for the next. Throws nothing.
  void deliver_alerts();

  bool open_at_agent();  // whether an agent has the vault open, and knows the caller

  // For what only this process can do with the vault.
  vault::Vault& unlock(bool allow_prompt);  // on first use
  // From here on no agent is asked, and the vault is opened although it may be older than what this machine remembers.
  void allow_rollback() { rollback_allowed_ = true; }
  agent::Client* agent();  // null where none runs for this vault, or it is locked
  // Tells an agent which vault is meant, so that another one's refuses (agent::OtherVault). Nothing where the agent was
  // named, and the vault was not.
  agent::Client::Headers vault_header() const;

 private:
  // Nothing where no agent is to be used.
  std::optional<Json> through_agent(const std::function<Json(agent::Client&)>& exchange);
  agent::Client::Headers headers(std::string_view service) const { return headers(service, options_.region); }
  agent::Client::Headers headers(std::string_view service, const std::string& region) const;
  std::string region_of(std::string_view operation, const Json& request) const;
  bool answers_as_named(agent::Client& agent);
  bool agent_has_vault() const;
  void leave_agent();
  Json call_here(const std::string& region, std::string_view service, std::string_view operation, const Json& request);
  Context context();
  void become_caller();
  const GlobalOptions& options_;
  Streams streams_;
  Terminal& terminal_;
  SystemRandom random_;
  SystemClock clock_;
  PolicyAuthorizer authorizer_;
  AuditRecorder audit_;
  UpkeepOnRequest upkeep_;
  Proof proof_;
  std::string principal_;  // of the caller, once it is known; with its account and region
  AccountRegion home_;
  std::string mode_;
  std::unique_ptr<vault::Vault> vault_;
  std::optional<vault::Credential> named_;  // by the environment, where an agent was passed by: a pipe is read once
  bool beside_agent_ = false;               // which has the vault open, too
  bool rollback_allowed_ = false;
  std::unique_ptr<agent::Client> agent_;
  bool agent_sought_ = false;
  delivery::Deliverer deliverer_;
  std::string token_;  // of the role that calls through the agent act as
};

// Where this machine remembers the newest change of each vault; nowhere where it is empty.
std::string anchors_directory(const GlobalOptions& options);

// The token in what AssumeRole answered, which is wiped: of all in it, the token alone is no secret.
std::string session_token_of(Json assumed);

// $KMSCTL_AGENT, else the default socket of the vault.
std::string agent_socket(const GlobalOptions& options);
// As Client::connect(), with the users that the options and the environment name.
std::unique_ptr<agent::Client> connect_agent(const GlobalOptions& options, const std::string& socket);

// Holds the session token of the role that commands act as.
inline constexpr const char* kSessionVariable = "KMSCTL_SESSION_TOKEN";
// What the policies are worth when the process opened the vault itself.
inline constexpr const char* kAdvisoryMode = "advisory (in-process)";
// The socket of an agent, when it is not the default one.
inline constexpr const char* kAgentVariable = "KMSCTL_AGENT";
// The user that it may run as.
inline constexpr const char* kAgentUidVariable = "KMSCTL_AGENT_UID";
inline constexpr std::string_view kUserAgent = "kmsctl/" KMSCTL_VERSION;

// A command (command_of.h) of what starts and ends agents, and makes vaults. `session` outlives it.
template <class Options>
Command session_command(ServiceSession& session, std::string path, std::string_view summary, std::string_view group,
                        void (*run)(ServiceSession&, const Options&), const OperationInfo* prints = nullptr) {
  return command<Options>(
      std::move(path), summary, group, [&session, run](Session&, const Options& options) { run(session, options); },
      prints);
}

}  // namespace kms::cli
