#include "cli/commands/local_session.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/credentials.h"
#include "core/base/error.h"
#include "core/base/text.h"
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

}  // namespace

LocalSession::LocalSession(const GlobalOptions& options, std::ostream& out, Terminal& terminal)
    : options_(options), out_(out), terminal_(terminal) {}

vault::Vault& LocalSession::unlock(bool allow_prompt) {
  if (vault_) return *vault_;
  (void)vault::inspect(options_.vault);  // nobody is asked for a passphrase to a vault that is not there
  const vault::Credential credential = unlocking_credential(options_, terminal_, allow_prompt);
  auto opened = vault::Vault::open(options_.vault, credential, random_, {});
  {
    const auto transaction = opened->begin(Access::kRead);
    become_caller(*transaction, opened->principal());
  }
  vault_ = std::move(opened);
  if (!options_.role.empty()) assume(options_.role);
  return *vault_;
}

// Who unlocks is who calls. The keys of another account are in the same region of that account.
void LocalSession::become_caller(const Transaction& transaction, const std::string& principal) {
  caller_ = {principal, find_home(transaction), std::string(kUserAgent), "127.0.0.1"};
  caller_.home.account = account_of(principal);
  caller_.principal_id = unique_id_of(transaction, principal);
  if (!options_.region.empty()) caller_.home.region = require_region(transaction, options_.region);
  const char* token = std::getenv(kSessionVariable);  // NOLINT(concurrency-mt-unsafe): before any thread
  if (token != nullptr && *token != '\0') resume_session(transaction, token);
}

void LocalSession::resume_session(const Transaction& transaction, const std::string& token) {
  auto session = read_session_token(transaction, token);
  if (!session || session->source != caller_.principal) {
    throw Error(ErrorCode::kAccessDenied,
                cat(kSessionVariable, " holds no session token that this vault gave to ", caller_.principal));
  }
  caller_.home.account = account_of(session->role_arn);
  caller_.principal = session->arn();
  caller_.session = std::make_shared<const RoleSession>(*std::move(session));
}

void LocalSession::assume(const std::string& role) {
  const Json answer = call("AssumeRole", {{"RoleArn", role}, {"RoleSessionName", "kmsctl"}});
  const auto transaction = vault_->begin(Access::kRead);
  caller_.principal = vault_->principal();
  resume_session(*transaction, answer.at("Credentials").at("SessionToken"));
}

Context LocalSession::context() {
  vault::Vault& opened = vault();
  return {clock_, random_, opened, opened, authorizer_, audit_, operations()};
}

Json LocalSession::call(std::string_view operation, Json request) {
  return call_through("", operation, std::move(request));
}

Json LocalSession::call_through(std::string_view service, std::string_view operation, Json request) {
  const Context with = context();
  caller_.via_service = service;
  Json answer = dispatch(with, caller_, operation, request);
  wipe(request);
  throw_if_error(answer);
  return answer;
}

UpkeepReport LocalSession::keep_up(UpkeepMode mode) {
  return kms::keep_up(context(), mode);
}

}  // namespace kms::cli
