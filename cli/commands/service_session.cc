#include "cli/commands/service_session.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/agent/protocol.h"
#include "cli/agent/status.h"
#include "cli/ask.h"
#include "cli/commands/hints.h"
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
#include "core/ops/vault/audit_trail.h"
#include "core/ops/vault/sessions.h"
#include "core/service/dispatch.h"
#include "core/service/service_events.h"
#include "core/service/signers.h"
#include "core/upkeep/delivery.h"

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

// Each Region has keys, aliases, grants and a trail of its own.
bool is_of_region(std::string_view operation) {
  const auto rows = operations();
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const Operation& each) { return each.name == operation; });
  return row == rows.end() || !row->service->of_vault || !row->permission->of_vault ||
         row->resource == Resource::kKey || row->tag == row_of<kms::list_audit_events>().tag;
}

}  // namespace

std::string session_token_of(Json assumed) {
  return answer_as<kms::assume_role>(std::move(assumed)).credentials.session_token;
}

std::string anchors_directory(const GlobalOptions& options) {
  return options.state.empty() ? std::string() : cat(options.state, "/anchors");
}

std::string agent_socket(const GlobalOptions& options) {
  std::string named = environment(kAgentVariable);
  return named.empty() ? agent::default_socket(options.vault, default_vault()) : named;
}

std::unique_ptr<agent::Client> connect_agent(const GlobalOptions& options, const std::string& socket) {
  agent::TrustedUsers trusted;
  const std::string named = options.agent_uid.empty() ? environment(kAgentUidVariable) : options.agent_uid;
  if (!named.empty()) trusted.named = agent::user_id(named);
  if (options.vault_named) trusted.vault_owner = agent::owner_of(options.vault);
  return agent::Client::connect(socket, trusted);
}

ServiceSession::ServiceSession(const GlobalOptions& options, const Streams& streams, Terminal& terminal)
    : options_(options),
      streams_(streams),
      terminal_(terminal),
      deliverer_([this](std::string_view line) { streams_.err << cat("kmsctl: ", line, "\n"); }) {}

// Whether it would answer as whom a credential of the environment stands for. A person is asked for nothing here: who
// types a passphrase names it to this command alone.
bool ServiceSession::answers_as_named(agent::Client& agent) {
  auto credential = environment_credential(terminal_.streams());
  if (!credential) return true;
  std::string answers_as = "nobody";
  try {
    const auto status = read_response<agent::Status>(agent.get(agent::kStatusPath, headers("")));
    if (!status.is_unlocked()) throw Error(ErrorCode::kVaultLocked, "the agent is locked");
    answers_as = status.principal.value_or(answers_as);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kAccessDenied) throw;
  }
  crypto::init();
  std::string wanted;
  noting_failure(options_, terminal_, *credential,
                 [&] { wanted = vault::principal_of(options_.vault, *credential, {}); });
  if (wanted == answers_as) return true;
  named_ = std::move(credential);
  if (environment(kAgentVariable).empty()) return false;
  throw Error(ErrorCode::kUsage,
              cat("the agent at ", agent_socket(options_), " answers as ", answers_as,
                  ", and the credential in the environment is that of ", wanted, ": unset KMSCTL_AGENT, or it"));
}

// A credential that is named, on the command line or by the environment, says as whom; it is not for the agent to say
// otherwise.
agent::Client* ServiceSession::agent() {
  if (agent_sought_) return agent_.get();
  agent_sought_ = true;
  const bool credential = options_.passphrase_fd >= 0 || !options_.passphrase_file.empty() || !options_.keyfile.empty();
  if (options_.no_agent || credential || vault_ || rollback_allowed_) return nullptr;
  const bool named = !environment(kAgentVariable).empty();
  auto found = connect_agent(options_, agent_socket(options_));
  if (!found) {
    if (named) throw Error(ErrorCode::kFile, cat(agent_socket(options_), ": no agent listens there"));
    return nullptr;
  }
  agent_ = std::move(found);
  token_ = environment(kSessionVariable);
  try {
    if (!answers_as_named(*agent_)) agent_.reset();
    if (!agent_ || options_.role.empty()) return agent_.get();
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
  throw Error(ErrorCode::kVaultLocked,
              cat("the agent at ", agent_socket(options_), " is locked, or serves another vault"));
}

agent::Client::Headers ServiceSession::vault_header() const {
  const bool named = !environment(kAgentVariable).empty();
  if (named && !options_.vault_named) return {};
  const std::string vault = agent::directory_identity(options_.vault);
  if (vault.empty() && !options_.vault_named) return {};
  return {{agent::kVaultHeader, vault.empty() ? "-" : vault}};
}

agent::Client::Headers ServiceSession::headers(std::string_view service, const std::string& region) const {
  agent::Client::Headers out = vault_header();
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
  mode_ = status.mode.value();
  return true;
}

void ServiceSession::require_open() {
  if (vault_ || !principal_.empty()) return;
  if (!open_at_agent()) unlock(true);
}

bool ServiceSession::uses_agent() {
  require_open();
  return agent() != nullptr;
}

const AccountRegion& ServiceSession::home() {
  require_open();
  return home_;
}

const std::string& ServiceSession::principal() {
  require_open();
  return principal_;
}

const std::string& ServiceSession::mode() {
  require_open();
  return mode_;
}

void ServiceSession::close() {
  vault_.reset();
  agent_.reset();
}

void ServiceSession::deliver_alerts() {
  constexpr std::chrono::seconds kMostSeconds{3};
  if (!vault_ || beside_agent_) return;  // the agent does it
  try {
    (void)deliver_due(context(), kMostSeconds);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the outbox has it still
  }
}

// Whether an agent holds it open beside this process, which goes past it.
bool ServiceSession::agent_has_vault() const {
  try {
    const auto agent = connect_agent(options_, agent_socket(options_));
    return agent && read_response<agent::Status>(agent->get(agent::kStatusPath, vault_header())).is_unlocked();
  } catch (const agent::OtherVault&) {
    return false;
  } catch (const Error& error) {
    return error.code() == ErrorCode::kAccessDenied;  // unlocked, and the caller is nobody there
  }
}

vault::Vault& ServiceSession::unlock(bool allow_prompt) {
  if (vault_) return *vault_;
  crypto::init();
  (void)vault::inspect(options_.vault);  // nobody is asked for a passphrase to a vault that is not there
  vault::Options how;
  how.anchors = anchors_directory(options_);
  how.allow_rollback = rollback_allowed_;
  if (terminal_.error_is_terminal()) how.progress = show_renewal;
  beside_agent_ = agent_has_vault();
  if (beside_agent_) how.alone_patience = std::chrono::milliseconds(0);
  const auto open = [&](const vault::Credential& credential) {
    noting_failure(options_, terminal_, credential,
                   [&] { vault_ = vault::Vault::open(options_.vault, credential, random_, how); });
  };
  if (named_) {
    open(*named_);
    named_.reset();
  } else {
    with_unlocking_credential(options_, terminal_, allow_prompt, open);
  }
  become_caller();
  record_failed_unlocks(context());
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
    mode_ = kAdvisoryMode;
  } catch (...) {
    vault_.reset();
    throw;
  }
}

Context ServiceSession::context() {
  vault::Vault& opened = *vault_;
  return {clock_,       random_, opened,  opened,  authorizer_, audit_,     upkeep_,
          operations(), nullptr, nullptr, &opened, {},          &deliverer_};
}

Json ServiceSession::call(std::string_view operation, Json request) {
  return call_through("", operation, std::move(request));
}

// The ARN of a key says where it is. As `kmsctl kms` it is AWS's answer that counts: a key of another Region is none.
// What is about the whole vault, as adding a Region, heeds no Region that only the environment names.
std::string ServiceSession::region_of(std::string_view operation, const Json& request) const {
  const std::string otherwise = is_of_region(operation) ? options_.default_region : std::string();
  std::string region = options_.region;
  if (options_.aws_form) return region.empty() ? otherwise : region;
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
  return region.empty() ? otherwise : region;
}

Json ServiceSession::call_through(std::string_view service, std::string_view operation, Json request) {
  const std::string region = region_of(operation, request);
  try {
    return call_in(region, service, operation, std::move(request));
  } catch (const Error& error) {
    const bool by_environment = options_.region.empty() && !region.empty() && region == options_.default_region;
    if (!by_environment || !std::string_view(error.what()).starts_with(cat("Region ", region, " is not"))) throw;
    throw Error(error.code(), cat(error.what(), " (AWS_REGION or AWS_DEFAULT_REGION names it)"));
  }
}

Json ServiceSession::call_in(const std::string& region, std::string_view service, std::string_view operation,
                             Json request) {
  const WipedAtEnd wiped(request);
  try {
    auto answer = through_agent(
        [&](agent::Client& agent) { return agent.call(target_of(operation), headers(service, region), request); });
    if (!answer) answer = call_here(region, service, operation, request);
    return *std::move(answer);
  } catch (const Error& error) {
    set_hint(hint_after(operation, request, error.code()));
    throw;
  }
}

Json ServiceSession::call_here(const std::string& region, std::string_view service, std::string_view operation,
                               const Json& request) {
  unlock(true);
  Proof proof = proof_;
  proof.region = region;
  proof.via_service = service;
  Json answer = dispatch(context(), proof, operation, request);
  try {
    throw_if_error(answer);
  } catch (const Error& error) {
    if (!beside_agent_ || error.code() != ErrorCode::kConflict || vault::kInUse != error.what()) throw;
    throw Error(error.code(),
                cat("the agent at ", agent_socket(options_), " has the vault open: use it, without --no-agent and ",
                    "a credential of somebody else, or end it (kmsctl agent stop)"));
  }
  return answer;
}

}  // namespace kms::cli
