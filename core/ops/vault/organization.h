#pragma once
// Policies above the accounts: service and resource control policies by level, and the policies of listeners.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/vault/identities.h"
#include "core/ops/vault/identity_policies.h"

namespace kms {

enum class OrganizationPolicyType : std::uint8_t { kServiceControl, kResourceControl };
template <>
struct EnumNames<OrganizationPolicyType> {
  static constexpr auto kAll = std::to_array<EnumName<OrganizationPolicyType>>(
      {{OrganizationPolicyType::kServiceControl, "SERVICE_CONTROL_POLICY"},
       {OrganizationPolicyType::kResourceControl, "RESOURCE_CONTROL_POLICY"}});
};

struct OrganizationPolicyRequest {
  std::string level;
  OrganizationPolicyType type = OrganizationPolicyType::kServiceControl;
  std::string name;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Level", level, {.required = true, .min = 4, .max = 512, .help = "root, root/UNIT, or an account id"});
    visit("Type", type, {.help = "SERVICE_CONTROL_POLICY when left out"});
    visit("PolicyName", name, kInlineNameRule);
  }
};

struct GetOrganizationPolicyResponse {
  std::string level;
  std::string policy_name;
  std::string policy;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Level", level, {.help = "root, root/UNIT, or an account id"});
    visit("PolicyName", policy_name, {.help = "Name of the policy"});
    visit("Policy", policy, {.help = "The policy, as it was written"});
  }
};
GetOrganizationPolicyResponse get_organization_policy(Call& call, const OrganizationPolicyRequest& request);
EmptyResponse delete_organization_policy(Call& call, const OrganizationPolicyRequest& request);

struct PutOrganizationPolicyRequest : OrganizationPolicyRequest {
  std::string policy;

  template <class Visitor>
  void fields(Visitor& visit) {
    OrganizationPolicyRequest::fields(visit);
    visit("Policy", policy, kPolicyDocumentRule);
  }
};
struct PutOrganizationPolicyResponse {
  std::vector<std::string> account_ids;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccountIds", account_ids,
          {.help = "Of those that it applies to; empty where a unit is misspelt or still has none"});
  }
};
PutOrganizationPolicyResponse put_organization_policy(Call& call, const PutOrganizationPolicyRequest& request);

struct ListOrganizationPoliciesRequest {
  std::string account;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccountId", account, {.max = 12, .help = "Whose levels; the caller's account when left out"});
  }
};
struct LevelDescription {
  std::string level;
  std::vector<std::string> service_control_policies;
  std::vector<std::string> resource_control_policies;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Level", level, {.help = "root, root/UNIT, or an account id"});
    visit("ServiceControlPolicies", service_control_policies, {.help = "Names of those that are attached there"});
    visit("ResourceControlPolicies", resource_control_policies, {.help = "Names of those that are attached there"});
  }
};
struct ListOrganizationPoliciesResponse {
  std::vector<LevelDescription> levels;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Levels", levels, {.help = "Those above the account, from the root down, and its own"});
  }
};
ListOrganizationPoliciesResponse list_organization_policies(Call& call, const ListOrganizationPoliciesRequest& request);

enum class Listener : std::uint8_t { kUnix, kLoopback };
template <>
struct EnumNames<Listener> {
  static constexpr auto kAll =
      std::to_array<EnumName<Listener>>({{Listener::kUnix, "unix"}, {Listener::kLoopback, "loopback"}});
};

struct EndpointPolicyRequest {
  Listener listener = Listener::kUnix;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Listener", listener, {.required = true, .help = "unix or loopback"});
  }
};

struct GetEndpointPolicyResponse {
  Listener listener = Listener::kUnix;
  std::string policy;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Listener", listener, {.help = "The one that was asked about"});
    visit("Policy", policy, {.help = "What it lets through: everything, where nobody has limited it"});
  }
};
GetEndpointPolicyResponse get_endpoint_policy(Call& call, const EndpointPolicyRequest& request);
EmptyResponse delete_endpoint_policy(Call& call, const EndpointPolicyRequest& request);

struct PutEndpointPolicyRequest : EndpointPolicyRequest {
  std::string policy;

  template <class Visitor>
  void fields(Visitor& visit) {
    EndpointPolicyRequest::fields(visit);
    visit("Policy", policy, kPolicyDocumentRule);
  }
};
EmptyResponse put_endpoint_policy(Call& call, const PutEndpointPolicyRequest& request);

// For every change of what stands above an account; the change is in the transaction already, and goes with it.
// MalformedPolicyDocumentException when its author could not undo it: there is no management account that policies of
// the organization spare, so none may lock everybody out.
void require_way_back(const Call& call);

}  // namespace kms
