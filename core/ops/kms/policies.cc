#include "core/ops/kms/policies.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/kms/strangers.h"
#include "core/policy/document.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/service/authorization.h"
#include "core/service/request_context.h"
#include "core/service/response.h"

namespace kms {
namespace {

constexpr std::string_view kOnlyName = "default";

void require_default_name(const Key& key, std::string_view name) {
  if (name == kOnlyName) return;
  throw Error(ErrorCode::kNotFound, cat("Key '", key.arn(), "' has no policy named '", name, "'"));
}

}  // namespace

CheckedPolicy check_policy(const Call& call, const Key& key, const std::string& document, bool bypass) {
  if (document.size() > kLongestKeyPolicy) {
    throw Error(ErrorCode::kLimitExceeded, "A key policy can have at most 32768 bytes.");
  }
  CheckedPolicy checked{{document}, policy::parse_key_policy(document)};
  checked.stored.principals = unique_ids(call.transaction, policy::principals_of(checked.document));
  if (bypass) return checked;
  AccessQuestion question{"kms:PutKeyPolicy", key.arn(), &key, nullptr, call.conditions(key)};
  question.proposed_policy = &document;
  if (!call.context.authorizer.decide(call.transaction, call.caller, question).allowed) {
    throw Error(ErrorCode::kMalformedPolicy,
                "The new key policy will not allow you to update the key policy in the future.");
  }
  return checked;
}

GetKeyPolicyResponse get_key_policy(Call& call, const GetKeyPolicyRequest& request) {
  const Key& key = call.key.value();
  require_default_name(key, request.policy_name);
  return {key_policy_text(call.transaction, key), std::string(kOnlyName)};
}

EmptyResponse put_key_policy(Call& call, const PutKeyPolicyRequest& request) {
  const Key& key = call.key.value();
  require_default_name(key, request.policy_name);
  const CheckedPolicy checked =
      check_policy(call, key, request.policy, request.bypass_policy_lockout_safety_check.value_or(false));
  tell_newly_allowed(
      call.event, [&] { return key_policy_document(call.transaction, key); }, checked.document, key.home.account);
  put_policy(call.transaction, key, checked.stored);
  return {};
}

ListKeyPoliciesResponse list_key_policies(Call& call, const ListKeyPoliciesRequest& request) {
  EntryPage<std::string> page(call, request.limit, 1000);
  if (page.after(request.marker).empty()) page.add(std::string(kOnlyName), kOnlyName);
  return page.answer<ListKeyPoliciesResponse>();
}

}  // namespace kms
