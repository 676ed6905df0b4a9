#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/service/context.h"

namespace kms {

Decision AccountRootAuthorizer::decide(const Transaction& /*transaction*/, const Caller& caller,
                                       std::string_view action, std::string_view resource) const {
  const auto arn = parse_kms_arn(resource);
  const std::string& account = arn ? arn->home.account : caller.home.account;
  if (caller.principal == root_principal(account)) return {true, ""};
  return {false, cat("no identity-based policy allows the ", action, " action")};
}

}  // namespace kms
