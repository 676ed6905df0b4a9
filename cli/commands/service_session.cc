#include "cli/commands/service_session.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/agent/protocol.h"
#include "cli/credentials.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/init.h"
#include "core/model/principal.h"
#include "core/ops/table.h"
#include "core/service/dispatch.h"
#include "core/service/identity_records.h"
#include "core/service/session_token.h"
#include "core/service/vault_records.h"

namespace kms::cli {
namespace {

std::string require_region(const Transaction& transaction, const std::string& name) {
  const auto regions = find_regions(transaction);
  if (std::find(regions.begin(), regions.end(), name) != regions.end()) return name;
  throw Error(ErrorCode::kNotFound,
              cat("Region ", name, " is not part of this vault; add it with: kmsctl region add ", name));
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? std::string() : std::string(value);
}

// A request may hold plaintext, and a call may end with an exception.
class WipedAtEnd {
 public:
  explicit WipedAtEnd(Json& json) : json_(json) {}
  ~WipedAtEnd() { wipe(json_); }
  WipedAtEnd(const WipedAtEnd&) = delete;
  WipedAtEnd& operator=(const WipedAtEnd&) = delete;
  WipedAtEnd(WipedAtEnd&&) = delete;
  WipedAtEnd& operator=(WipedAtEnd&&) = delete;

 private:
  Json& json_;
};

bool is_of_kms(std::string_view operation) {
  for (const Operation& row : operations()) {
    if (row.name == operation) return row.of_aws_kms;
  }
  return true;
}

}  // namespace

std::string agent_socket() {
  std::string named = environment(kAgentVariable);
  return named.empty() ? agent::default_socket() : named;
}

ServiceSession::ServiceSession(const GlobalOptions& options, std::ostream& out, Terminal& terminal)
    : options_(options), out_(out), terminal_(terminal) {}

// A credential that the command line names says as whom; it is not for the agent to say otherwise.
agent::Client* ServiceSession::agent() {
  if (agent_sought_) return agent_.get();
  agent_sought_ = true;
  const bool credential = options_.passphrase_fd >= 0 || !options_.passphrase_file.empty() || !options_.keyfile.empty();
  if (options_.no_agent || credential || vault_) return nullptr;
  const bool named = !environment(kAgentVariable).empty();
  auto found = agent::Client::connect(agent_socket(), !named);
  if (!found) {
    if (named) throw Error(ErrorCode::kFile, cat(agent_socket(), ": no agent listens there"));
    return nullptr;
  }
  agent_ = std::move(found);
  token_ = environment(kSessionVariable);
  try {
    if (options_.role.empty()) return agent_.get();
    const Json answer =
        agent_->call("Kmsctl.AssumeRole", headers(""), {{"RoleArn", options_.role}, {"RoleSessionName", "kmsctl"}});
    token_ = answer.at("Credentials").at("SessionToken");
  } catch (const agent::OtherVault&) {
    leave_agent();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultLocked) throw;
    leave_agent();
  }
  return agent_.get();
}

// An agent that was named has the last word; the one that is merely there makes way.
void ServiceSession::leave_agent() {
  agent_.reset();
  if (environment(kAgentVariable).empty()) return;
  throw Error(ErrorCode::kVaultLocked, cat("the agent at ", agent_socket(), " is locked, or serves another vault"));
}

agent::Client::Headers ServiceSession::headers(std::string_view service) const {
  agent::Client::Headers out;
  const bool named = !environment(kAgentVariable).empty();
  if (!named || options_.vault_named) {
    const std::string vault = agent::directory_identity(options_.vault);
    if (!vault.empty() || options_.vault_named) out.emplace_back(agent::kVaultHeader, vault.empty() ? "-" : vault);
  }
  if (!service.empty()) out.emplace_back(agent::kServiceHeader, service);
  if (!options_.region.empty()) out.emplace_back(agent::kRegionHeader, options_.region);
  if (!token_.empty()) out.emplace_back(agent::kTokenHeader, token_);
  return out;
}

std::optional<Json> ServiceSession::through_agent(const std::function<Json(agent::Client&)>& exchange) {
  agent::Client* const found = agent();
  if (found == nullptr) return std::nullopt;
  try {
    return exchange(*found);
  } catch (const agent::OtherVault&) {
    leave_agent();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultLocked) throw;
    leave_agent();
  }
  return std::nullopt;
}

void ServiceSession::require_open() {
  if (vault_ || !caller_.principal.empty()) return;
  const auto status = through_agent([&](agent::Client& agent) {
    Json answer = agent.get(agent::kStatusPath, headers(""));
    if (answer.at("State") != "UNLOCKED") throw Error(ErrorCode::kVaultLocked, "the agent is locked");
    return answer;
  });
  if (!status) {
    unlock(true);
    return;
  }
  caller_.principal = status->at("Principal");
  caller_.home = {status->at("AccountId"), status->at("Region")};
}

const AccountRegion& ServiceSession::home() {
  require_open();
  return caller_.home;
}

const std::string& ServiceSession::principal() {
  require_open();
  return caller_.principal;
}

const char* ServiceSession::mode() {
  require_open();
  return agent_ ? agent::kEnforcedMode : kAdvisoryMode;
}

void ServiceSession::close() {
  vault_.reset();
  agent_.reset();
}

vault::Vault& ServiceSession::unlock(bool allow_prompt) {
  if (vault_) return *vault_;
  crypto::init();
  (void)vault::inspect(options_.vault);  // nobody is asked for a passphrase to a vault that is not there
  const vault::Credential credential = unlocking_credential(options_, terminal_, allow_prompt);
  auto opened = vault::Vault::open(options_.vault, credential, random_, {});
  {
    const auto transaction = opened->begin(Access::kRead);
    become_caller(*transaction, opened->principal());
  }
  vault_ = std::move(opened);
  if (!options_.role.empty()) assume_here(options_.role);
  return *vault_;
}

// Who unlocks is who calls. The keys of another account are in the same region of that account.
void ServiceSession::become_caller(const Transaction& transaction, const std::string& principal) {
  caller_ = {principal, find_home(transaction), std::string(kUserAgent), "127.0.0.1"};
  caller_.home.account = account_of(principal);
  caller_.principal_id = unique_id_of(transaction, principal);
  if (!options_.region.empty()) caller_.home.region = require_region(transaction, options_.region);
  if (const std::string token = environment(kSessionVariable); !token.empty()) resume_session(transaction, token);
}

void ServiceSession::resume_session(const Transaction& transaction, const std::string& token) {
  auto session = read_session_token(transaction, token);
  if (!session || session->source != caller_.principal) {
    throw Error(ErrorCode::kAccessDenied,
                cat(kSessionVariable, " holds no session token that this vault gave to ", caller_.principal));
  }
  caller_.home.account = account_of(session->role_arn);
  caller_.principal = session->arn();
  caller_.session = std::make_shared<const RoleSession>(*std::move(session));
}

void ServiceSession::assume_here(const std::string& role) {
  const Json answer = call_here("", "AssumeRole", {{"RoleArn", role}, {"RoleSessionName", "kmsctl"}});
  const auto transaction = vault_->begin(Access::kRead);
  caller_.principal = vault_->principal();
  resume_session(*transaction, answer.at("Credentials").at("SessionToken"));
}

Context ServiceSession::context() {
  vault::Vault& opened = vault();
  return {clock_, random_, opened, opened, authorizer_, audit_, operations()};
}

Json ServiceSession::call(std::string_view operation, Json request) {
  return call_through("", operation, std::move(request));
}

Json ServiceSession::call_through(std::string_view service, std::string_view operation, Json request) {
  const WipedAtEnd wiped(request);
  auto answer = through_agent([&](agent::Client& agent) {
    const std::string_view target = is_of_kms(operation) ? agent::kKmsTarget : agent::kAdministrationTarget;
    return agent.call(cat(target, operation), headers(service), request);
  });
  if (!answer) answer = call_here(service, operation, request);
  return *std::move(answer);
}

Json ServiceSession::call_here(std::string_view service, std::string_view operation, const Json& request) {
  const Context with = context();
  caller_.via_service = service;
  Json answer = dispatch(with, caller_, operation, request);
  throw_if_error(answer);
  return answer;
}

Json ServiceSession::keep_up(UpkeepMode mode) {
  const auto answer = through_agent([&](agent::Client& agent) {
    return agent.call(cat(agent::kAgentTarget, "Maintain"), headers(""),
                      {{"ConfirmDestroy", mode == UpkeepMode::kConfirmDestroy}});
  });
  return answer ? *answer : as_json(kms::keep_up(context(), mode));
}

}  // namespace kms::cli
