#pragma once
// The policies of identities: by name, and the one boundary and trust policy.
#include <string>

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
Json put_principal_policy(Call& call, const PutPrincipalPolicyRequest& request);

struct PrincipalPolicyRequest : PrincipalRequest {
  std::string name;

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("PolicyName", name, kInlineNameRule);
  }
};
Json get_principal_policy(Call& call, const PrincipalPolicyRequest& request);
Json delete_principal_policy(Call& call, const PrincipalPolicyRequest& request);
Json list_principal_policies(Call& call, const PrincipalRequest& request);

struct PolicyOfPrincipalRequest : PrincipalRequest {
  std::string policy;

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("Policy", policy, kPolicyDocumentRule);
  }
};
Json put_permissions_boundary(Call& call, const PolicyOfPrincipalRequest& request);
Json delete_permissions_boundary(Call& call, const PrincipalRequest& request);
Json update_trust_policy(Call& call, const PolicyOfPrincipalRequest& request);

// MalformedPolicyDocumentException for what is no such policy, LimitExceededException for what is too long.
void set_boundary(Identity& identity, const std::string& policy);
void set_trust_policy(const Call& call, Identity& identity, const std::string& policy);

}  // namespace kms
