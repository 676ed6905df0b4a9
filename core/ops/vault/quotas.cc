#include "core/ops/vault/quotas.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/quotas.h"
#include "core/service/response.h"

namespace kms {
namespace {

std::string require_counted(const Call& call, const std::string& text) {
  if (text == kEveryone) return text;
  const auto arn = principal_arn(call.caller.home.account, text);
  if (arn) return *arn;
  throw Error(ErrorCode::kValidation,
              cat("'", text, "' names no principal: it is user/NAME, role/NAME, root, an ARN, or * for each"));
}

void require_class(const Call& call, const std::string& name) {
  const auto& classes = quota_classes();
  const auto operations = call.context.operations;
  const bool known = name == kAllRequests || std::find(classes.begin(), classes.end(), name) != classes.end() ||
                     std::any_of(operations.begin(), operations.end(), [&](const auto& o) { return o.name == name; });
  if (known) return;
  throw Error(ErrorCode::kValidation, cat("'", name,
                                          "' is no class of requests: cryptographic-symmetric, cryptographic-rsa, "
                                          "cryptographic-ecc, an operation as Encrypt, or * for all"));
}

}  // namespace

EmptyResponse put_quota(Call& call, const PutQuotaRequest& request) {
  require_class(call, request.request_class);
  put_quota(call.transaction, {require_counted(call, request.principal), request.request_class, request.rate,
                               request.burst == 0 ? request.rate : request.burst});
  return {};
}

EmptyResponse delete_quota(Call& call, const QuotaRequest& request) {
  const std::string principal = require_counted(call, request.principal);
  if (!erase_quota(call.transaction, principal, request.request_class)) {
    throw Error(ErrorCode::kNotFound, cat("There is no quota of ", request.request_class, " for ", principal, "."));
  }
  return {};
}

ListQuotasResponse list_quotas(Call& call, const EmptyRequest& /*request*/) {
  ListQuotasResponse answer;
  for (const Quota& each : kms::list_quotas(call.transaction)) {
    answer.quotas.push_back({each.principal, each.request_class, each.rate, each.burst});
  }
  return answer;
}

}  // namespace kms
