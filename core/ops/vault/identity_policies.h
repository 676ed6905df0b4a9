#pragma once
// The policies of identities: by name, and the one boundary and trust policy.
#include <string>
#include <vector>

#include "core/ops/vault/identities.h"

namespace kms {

inline constexpr Rule kInlineNameRule{.required = true, .min = 1, .max = 128, .help = "Name of the policy"};

struct PutPrincipalPolicyRequest : PrincipalRequest {
  std::string name;
  std::string policy;

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("PolicyName", name, kInlineNameRule);
    visit("Policy", policy, kPolicyDocumentRule);
  }
};
EmptyResponse put_principal_policy(Call& call, const PutPrincipalPolicyRequest& request);

struct PrincipalPolicyRequest : PrincipalRequest {
  std::string name;

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("PolicyName", name, kInlineNameRule);
  }
};

struct GetPrincipalPolicyResponse {
  std::string principal;
  std::string policy_name;
  std::string policy;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal, {.help = "user/NAME, group/NAME or role/NAME"});
    visit("PolicyName", policy_name, {.help = "Name of the policy"});
    visit("Policy", policy, {.help = "The policy, as it was written"});
  }
};
GetPrincipalPolicyResponse get_principal_policy(Call& call, const PrincipalPolicyRequest& request);
EmptyResponse delete_principal_policy(Call& call, const PrincipalPolicyRequest& request);

struct ListPrincipalPoliciesResponse {
  std::vector<std::string> policy_names;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("PolicyNames", policy_names, {.help = "All of them"});
  }
};
ListPrincipalPoliciesResponse list_principal_policies(Call& call, const PrincipalRequest& request);

struct PolicyOfPrincipalRequest : PrincipalRequest {
  std::string policy;

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("Policy", policy, kPolicyDocumentRule);
  }
};
EmptyResponse put_permissions_boundary(Call& call, const PolicyOfPrincipalRequest& request);
EmptyResponse delete_permissions_boundary(Call& call, const PrincipalRequest& request);
EmptyResponse update_trust_policy(Call& call, const PolicyOfPrincipalRequest& request);

std::vector<std::string> policy_names(const Identity& identity);
// MalformedPolicyDocumentException for what is no such policy, LimitExceededException for what is too long.
void set_boundary(Identity& identity, const std::string& policy);
// And tells in the event whom it lets in newly from other accounts.
void set_trust_policy(const Call& call, Identity& identity, const std::string& policy);

}  // namespace kms
