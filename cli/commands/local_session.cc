#include "cli/commands/local_session.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/credentials.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/service/dispatch.h"
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
    caller_ = {opened->principal(), find_home(*transaction), std::string(kUserAgent), "127.0.0.1"};
    if (!options_.region.empty()) caller_.home.region = require_region(*transaction, options_.region);
  }
  vault_ = std::move(opened);
  return *vault_;
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
