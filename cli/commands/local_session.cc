#include "cli/commands/local_session.h"

#include <nlohmann/json.hpp>

#include "cli/credentials.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/service/dispatch.h"
#include "core/service/vault_records.h"

namespace kms::cli {

LocalSession::LocalSession(const GlobalOptions& options, std::ostream& out, Terminal& terminal)
    : options_(options), out_(out), terminal_(terminal) {}

vault::Vault& LocalSession::unlock(bool allow_prompt) {
  if (vault_) return *vault_;
  (void)vault::inspect(options_.vault);  // nobody is asked for a passphrase to a vault that is not there
  const vault::Credential credential = unlocking_credential(options_, terminal_, allow_prompt);
  auto opened = vault::Vault::open(options_.vault, credential, random_, {});
  caller_ = {opened->principal(), find_home(*opened->begin(Access::kRead)), std::string(kUserAgent), "127.0.0.1"};
  if (!options_.region.empty() && options_.region != caller_.home.region) {
    throw Error(ErrorCode::kNotFound,
                cat("Region ", options_.region, " is not part of this vault, which has ", caller_.home.region, "."));
  }
  vault_ = std::move(opened);
  return *vault_;
}

Json LocalSession::call(std::string_view operation, Json request) {
  vault::Vault& opened = vault();
  const Context context{clock_, random_, opened, opened, authorizer_, audit_, operations()};
  Json answer = dispatch(context, caller_, operation, request);
  wipe(request);
  throw_if_error(answer);
  return answer;
}

}  // namespace kms::cli
