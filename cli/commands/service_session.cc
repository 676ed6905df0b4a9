#include "cli/commands/service_session.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/agent/protocol.h"
#include "cli/agent/status.h"
#include "cli/ask.h"
#include "cli/credentials.h"
#include "cli/process.h"
#include "cli/terminal_stream.h"
#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/init.h"
#include "core/model/arn.h"
#include "core/model/principal.h"
#include "core/ops/table.h"
#include "core/ops/vault/sessions.h"
#include "core/service/dispatch.h"
#include "core/service/signers.h"

namespace kms::cli {
namespace {

// Of a change that seals each record of a large vault again.
void show_renewal(std::uint64_t done, std::uint64_t of) {
  draw(done >= of ? std::string("\r\033[K") : cat("\rsealing the vault anew  ", std::to_string(done * 100 / of), " %"));
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

std::string target_of(std::string_view operation) {
  for (const Operation& row : operations()) {
    if (row.name == operation) return cat(row.service->target_prefix, operation);
  }
  return cat(kKmsService.target_prefix, operation);
}

Json role_request(const std::string& role) {
  return {{"RoleArn", role}, {"RoleSessionName", "kmsctl"}};
}

}  // namespace

std::string session_token_of(Json assumed) {
  return answer_as<kms::assume_role>(std::move(assumed)).credentials.session_token;
}

std::string agent_socket() {
  std::string named = environment(kAgentVariable);
  return named.empty() ? agent::default_socket() : named;
}

std::unique_ptr<agent::Client> connect_agent(const GlobalOptions& options, const std::string& socket) {
  agent::TrustedUsers trusted;
  const std::string named = options.agent_uid.empty() ? environment(kAgentUidVariable) : options.agent_uid;
  if (!named.empty()) trusted.named = agent::user_id(named);
  if (options.vault_named) trusted.vault_owner = agent::owner_of(options.vault);
  return agent::Client::connect(socket, trusted);
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
  auto found = connect_agent(options_, agent_socket());
  if (!found) {
    if (named) throw Error(ErrorCode::kFile, cat(agent_socket(), ": no agent listens there"));
    return nullptr;
  }
  agent_ = std::move(found);
  token_ = environment(kSessionVariable);
  try {
    if (options_.role.empty()) return agent_.get();
    token_ = session_token_of(
        agent_->call(target_of(name_of<kms::assume_role>()), headers(""), role_request(options_.role)));
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

agent::Client::Headers ServiceSession::headers(std::string_view service, const std::string& region) const {
  agent::Client::Headers out;
  const bool named = !environment(kAgentVariable).empty();
  if (!named || options_.vault_named) {
    const std::string vault = agent::directory_identity(options_.vault);
    if (!vault.empty() || options_.vault_named) out.emplace_back(agent::kVaultHeader, vault.empty() ? "-" : vault);
  }
  if (!service.empty()) out.emplace_back(agent::kServiceHeader, service);
  if (!region.empty()) out.emplace_back(agent::kRegionHeader, region);
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

bool ServiceSession::open_at_agent() {
  agent::Status status;
  const auto answer = through_agent([&](agent::Client& agent) {
    Json told = agent.get(agent::kStatusPath, headers(""));
    status = read_response<agent::Status>(told);
    if (!status.is_unlocked()) throw Error(ErrorCode::kVaultLocked, "the agent is locked");
    return told;
  });
  if (!answer) return false;
  principal_ = status.principal.value();
  home_ = {status.account_id.value(), status.region.value()};
  return true;
}

void ServiceSession::require_open() {
  if (vault_ || !principal_.empty()) return;
  if (!open_at_agent()) unlock(true);
}

const AccountRegion& ServiceSession::home() {
  require_open();
  return home_;
}

const std::string& ServiceSession::principal() {
  require_open();
  return principal_;
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
  vault::Options how;
  if (terminal_.error_is_terminal()) how.progress = show_renewal;
  vault_ = vault::Vault::open(options_.vault, credential, random_, how);
  become_caller();
  return *vault_;
}

// Who unlocks is who calls, unless a role was assumed. The keys of another account are in the same region of that
// account.
void ServiceSession::become_caller() {
  try {
    proof_.principal = vault_->principal();
    proof_.principal_id = present_id_of(context(), proof_.principal);
    proof_.region = options_.region;
    proof_.user_agent = kUserAgent;
    proof_.source_address = kThisMachine;
    proof_.session_token = environment(kSessionVariable);
    if (!options_.role.empty()) {
      proof_.session_token =
          session_token_of(call_here(options_.region, "", name_of<kms::assume_role>(), role_request(options_.role)));
    }
    const Caller caller = identify(context(), proof_);
    principal_ = caller.principal;
    home_ = caller.home;
  } catch (...) {
    vault_.reset();
    throw;
  }
}

Context ServiceSession::context() {
  vault::Vault& opened = *vault_;
  return {clock_, random_, opened, opened, authorizer_, audit_, upkeep_, operations(), nullptr, nullptr, &opened};
}

Json ServiceSession::call(std::string_view operation, Json request) {
  return call_through("", operation, std::move(request));
}

// The ARN of a key says where it is. As `kmsctl kms` it is AWS's answer that counts: a key of another Region is none.
std::string ServiceSession::region_of(const Json& request) const {
  if (options_.aws_form) return options_.region;
  std::string region = options_.region;
  for (const char* member : {"KeyId", "TargetKeyId", "DestinationKeyId"}) {
    const auto named = request.find(member);
    if (named == request.end() || !named->is_string()) continue;
    const auto arn = parse_kms_arn(named->get_ref<const std::string&>());
    if (!arn || !is_region_name(arn->home.region)) continue;
    if (!region.empty() && region != arn->home.region) {
      throw Error(ErrorCode::kUsage, cat("the key ", named->get_ref<const std::string&>(), " is in ", arn->home.region,
                                         ", not in ", region, ": leave --region out, or name a key of that Region"));
    }
    region = arn->home.region;
  }
  return region;
}

Json ServiceSession::call_through(std::string_view service, std::string_view operation, Json request) {
  const std::string region = region_of(request);
  return call_in(region, service, operation, std::move(request));
}

Json ServiceSession::call_in(const std::string& region, std::string_view service, std::string_view operation,
                             Json request) {
  const WipedAtEnd wiped(request);
  auto answer = through_agent(
      [&](agent::Client& agent) { return agent.call(target_of(operation), headers(service, region), request); });
  if (!answer) answer = call_here(region, service, operation, request);
  return *std::move(answer);
}

Json ServiceSession::call_here(const std::string& region, std::string_view service, std::string_view operation,
                               const Json& request) {
  (void)vault();
  Proof proof = proof_;
  proof.region = region;
  proof.via_service = service;
  Json answer = dispatch(context(), proof, operation, request);
  throw_if_error(answer);
  return answer;
}

}  // namespace kms::cli
