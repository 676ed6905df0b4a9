#include "core/ops/vault/identity_policies.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/kms/strangers.h"
#include "core/policy/document.h"
#include "core/records/identities.h"
#include "core/service/authorization.h"
#include "core/service/response.h"

namespace kms {
namespace {

constexpr std::size_t kLongestManaged = 6144;
constexpr std::size_t kLongestTrust = 4096;

// IAM's quotas, which do not count white space.
std::size_t counted_size(std::string_view policy) {
  return policy.size() - static_cast<std::size_t>(std::count_if(policy.begin(), policy.end(), [](char c) {
           return c == ' ' || c == '\t' || c == '\n' || c == '\r';
         }));
}

void require_size(std::size_t size, std::size_t most, std::string_view what) {
  if (size <= most) return;
  throw Error(ErrorCode::kLimitExceeded,
              cat("Maximum policy size of ", std::to_string(most), " bytes exceeded for ", what));
}

std::size_t longest_inline(IdentityKind kind) {
  constexpr std::size_t kUser = 2048;
  constexpr std::size_t kGroup = 5120;
  constexpr std::size_t kRole = 10240;
  return kind == IdentityKind::kUser ? kUser : kind == IdentityKind::kGroup ? kGroup : kRole;
}

}  // namespace

std::vector<std::string> policy_names(const Identity& identity) {
  std::vector<std::string> names;
  for (const auto& [name, text] : identity.policies) names.push_back(name);
  return names;
}

void set_boundary(Identity& identity, const std::string& policy) {
  if (identity.name.kind == IdentityKind::kGroup) {
    throw Error(ErrorCode::kValidation, "Users and roles have a permissions boundary, groups do not.");
  }
  (void)policy::parse_identity_policy(policy);
  require_size(counted_size(policy), kLongestManaged, "the permissions boundary");
  identity.boundary = policy;
}

void set_trust_policy(const Call& call, Identity& identity, const std::string& policy) {
  if (identity.name.kind != IdentityKind::kRole) throw Error(ErrorCode::kValidation, "Only a role has a TrustPolicy.");
  const policy::Document document = policy::parse_trust_policy(policy);
  require_size(counted_size(policy), kLongestTrust, "the trust policy");
  auto trusted = unique_ids(call.transaction, policy::principals_of(document));
  DocumentBefore before;
  if (!identity.trust_policy.empty()) before = [&] { return trust_policy_document(call.transaction, identity); };
  tell_newly_allowed(call.event, before, document, identity.name.account);
  identity.trusted = std::move(trusted);
  identity.trust_policy = policy;
}

EmptyResponse put_principal_policy(Call& call, const PutPrincipalPolicyRequest& request) {
  Identity identity = require_identity(call, request.principal);
  (void)policy::parse_identity_policy(request.policy);
  identity.policies[request.name] = request.policy;
  std::size_t sum = 0;
  for (const auto& [name, text] : identity.policies) sum += counted_size(text);
  require_size(sum, longest_inline(identity.name.kind), identity.name.resource());
  put_identity(call.transaction, identity);
  return {};
}

GetPrincipalPolicyResponse get_principal_policy(Call& call, const PrincipalPolicyRequest& request) {
  const Identity identity = require_identity(call, request.principal);
  const auto found = identity.policies.find(request.name);
  if (found == identity.policies.end()) {
    throw Error(ErrorCode::kNotFound, cat(identity.name.resource(), " has no policy named '", request.name, "'."));
  }
  return {identity.name.resource(), found->first, found->second};
}

EmptyResponse delete_principal_policy(Call& call, const PrincipalPolicyRequest& request) {
  Identity identity = require_identity(call, request.principal);
  if (identity.policies.erase(request.name) == 0) {
    throw Error(ErrorCode::kNotFound, cat(identity.name.resource(), " has no policy named '", request.name, "'."));
  }
  put_identity(call.transaction, identity);
  return {};
}

ListPrincipalPoliciesResponse list_principal_policies(Call& call, const PrincipalRequest& request) {
  return {policy_names(require_identity(call, request.principal))};
}

EmptyResponse put_permissions_boundary(Call& call, const PolicyOfPrincipalRequest& request) {
  Identity identity = require_identity(call, request.principal);
  set_boundary(identity, request.policy);
  put_identity(call.transaction, identity);
  return {};
}

EmptyResponse delete_permissions_boundary(Call& call, const PrincipalRequest& request) {
  Identity identity = require_identity(call, request.principal);
  identity.boundary.clear();
  put_identity(call.transaction, identity);
  return {};
}

EmptyResponse update_trust_policy(Call& call, const PolicyOfPrincipalRequest& request) {
  Identity identity = require_identity(call, request.principal);
  set_trust_policy(call, identity, request.policy);
  put_identity(call.transaction, identity);
  return {};
}

}  // namespace kms
