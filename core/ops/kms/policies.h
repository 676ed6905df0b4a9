#pragma once
// Key policies: stored as their authors wrote them.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/patterns.h"
#include "core/policy/document.h"
#include "core/records/keys.h"

namespace kms {

inline constexpr std::size_t kLongestKeyPolicy = 32768;  // bytes
inline constexpr Rule kPolicyRule{.min = 1,
                                  .max = 131072,
                                  .pattern = &kPolicyTextPattern,
                                  .help = "Key policy, or the name of a file that holds it",
                                  .document = true};
inline constexpr Rule kPolicyNameRule{
    .min = 1, .max = 128, .pattern = &kPolicyNamePattern, .help = "default, the only name there is"};
inline constexpr Condition kBypassCondition = value_of("kms:BypassPolicyLockoutSafetyCheck");
inline constexpr Rule kBypassRule{.help = "Accept a policy that does not let its author change it again",
                                  .condition = kBypassCondition};

struct CheckedPolicy {
  StoredPolicy stored;
  policy::Document document;
};
// Throws unless `document` is a key policy that fits, names principals that there are, and lets the caller change it
// again (unless `bypass`).
CheckedPolicy check_policy(const Call& call, const Key& key, const std::string& document, bool bypass);

struct GetKeyPolicyRequest {
  std::string key_id;
  std::string policy_name = "default";

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("PolicyName", policy_name, kPolicyNameRule);
  }
  std::string_view key_reference() const { return key_id; }
};
struct GetKeyPolicyResponse {
  std::string policy;
  std::string policy_name;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Policy", policy, {.help = "The policy, as its author wrote it"});
    visit("PolicyName", policy_name, {.help = "default"});
  }
};
GetKeyPolicyResponse get_key_policy(Call& call, const GetKeyPolicyRequest& request);

struct PutKeyPolicyRequest {
  std::string key_id;
  std::string policy_name = "default";
  std::string policy;
  std::optional<bool> bypass_policy_lockout_safety_check;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("PolicyName", policy_name, kPolicyNameRule);
    Rule rule = kPolicyRule;
    rule.required = true;
    visit("Policy", policy, rule);
    visit("BypassPolicyLockoutSafetyCheck", bypass_policy_lockout_safety_check, kBypassRule);
  }
  std::string_view key_reference() const { return key_id; }
};
EmptyResponse put_key_policy(Call& call, const PutKeyPolicyRequest& request);

struct ListKeyPoliciesRequest {
  std::string key_id;
  std::int32_t limit = 100;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
  }
  std::string_view key_reference() const { return key_id; }
};
struct ListKeyPoliciesResponse {
  std::vector<std::string> policy_names;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("PolicyNames", policy_names, {.help = "default alone"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListKeyPoliciesResponse list_key_policies(Call& call, const ListKeyPoliciesRequest& request);

}  // namespace kms
