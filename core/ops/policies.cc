#include "core/ops/policies.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/policy/key_policy.h"
#include "core/service/records.h"

namespace kms {
namespace {

constexpr std::string_view kOnlyName = "default";

void require_default_name(const Key& key, std::string_view name) {
  if (name == kOnlyName) return;
  throw Error(ErrorCode::kNotFound, cat("Key '", key.arn(), "' has no policy named '", name, "'"));
}

// The fixed policy of a managed key: everyone in the account, but only through the key's service.
std::string managed_policy(const Key& key) {
  return Json{{"Version", "2012-10-17"},
              {"Id", cat("auto-", key.service, "-1")},
              {"Statement",
               {{{"Sid", cat("Allow use through ", key.service, " for all principals of the account")},
                 {"Effect", "Allow"},
                 {"Principal", {{"AWS", "*"}}},
                 {"Action",
                  {"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Sign", "kms:Verify",
                   "kms:DescribeKey"}},
                 {"Resource", "*"},
                 {"Condition",
                  {{"StringEquals",
                    {{"kms:CallerAccount", key.home.account},
                     {"kms:ViaService", cat(key.service, ".", key.home.region, ".kmsctl.local")}}}}}}}}}
      .dump();
}

}  // namespace

void check_policy(const Call& call, std::string_view document, bool bypass) {
  if (document.size() > kLongestKeyPolicy) {
    throw Error(ErrorCode::kLimitExceeded, "A key policy can have at most 32768 bytes.");
  }
  const KeyPolicy policy = parse_key_policy(document);
  for (const std::string& arn : policy.principals()) {
    // Whether a principal of another account exists is not for this vault to say.
    const bool ours = account_of(arn) == call.caller.home.account;
    const bool shaped = principal_arn(account_of(arn), arn).has_value() || arn.find(":sts:") != std::string::npos;
    if (ours && !shaped) {
      throw Error(ErrorCode::kMalformedPolicy, "Policy contains a statement with one or more invalid principals.");
    }
  }
  if (!bypass && !policy.surely_allows(call.caller.principal, "kms:PutKeyPolicy")) {
    throw Error(ErrorCode::kMalformedPolicy,
                "The new key policy will not allow you to update the key policy in the future.");
  }
}

std::string policy_of(const Transaction& transaction, const Key& key) {
  if (key.manager == KeyManager::kAws) return managed_policy(key);
  return find_policy(transaction, key).value_or(default_key_policy(key.home.account));
}

Json get_key_policy(Call& call, const GetKeyPolicyRequest& request) {
  const Key& key = call.key.value();
  require_default_name(key, request.policy_name);
  return {{"Policy", policy_of(call.transaction, key)}, {"PolicyName", kOnlyName}};
}

Json put_key_policy(Call& call, const PutKeyPolicyRequest& request) {
  const Key& key = call.key.value();
  require_default_name(key, request.policy_name);
  check_policy(call, request.policy, request.bypass_policy_lockout_safety_check);
  put_policy(call.transaction, key, request.policy);
  return Json::object();
}

Json list_key_policies(Call& /*call*/, const ListKeyPoliciesRequest& request) {
  Page page("PolicyNames", page_size(request.limit, 1000));
  if (request.marker.empty()) page.add(kOnlyName, kOnlyName);
  return page.answer();
}

}  // namespace kms
