#pragma once
// Questions about access: why somebody may or may not, and who may.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/enum_names.h"
#include "core/ops/kms/fields.h"
#include "core/ops/vault/organization.h"
#include "core/policy/document.h"

namespace kms {

// What would be asked, by whom and under which circumstances.
struct AccessQuestionRequest {
  std::string action;
  std::string key_id;
  std::string resource;
  TextMap encryption_context;
  std::string via_service;
  TextMap context;
  std::optional<Listener> listener;
  void check() const;
  std::string_view key_reference() const { return key_id; }

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Action", action, {.required = true, .min = 3, .max = 128, .help = "As policies spell it: kms:Decrypt"});
    visit("KeyId", key_id, {.max = 2048, .help = "Key id, key ARN, alias name or alias ARN"});
    visit("Resource", resource, {.max = 2048, .help = "ARN of what is no key: a role, an alias; * when left out"});
    visit("EncryptionContext", encryption_context, {.help = "Encryption context of the request"});
    visit("ViaService", via_service, {.max = 128, .help = "file, secrets or signing, when it calls for the principal"});
    visit("Context", context, {.help = "More condition keys, as kms:GranteePrincipal=ARN"});
    visit("Listener", listener, {.help = "Of the agent: unix or loopback; its endpoint policy counts then"});
  }
};

struct ExplainAccessRequest : AccessQuestionRequest {
  std::string principal;
  std::vector<std::string> grant_tokens;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal,
          {.max = 2048, .help = "user/NAME, role/NAME, root or an ARN; yourself when left out"});
    AccessQuestionRequest::fields(visit);
    visit_grant_tokens(visit, grant_tokens);
  }
};

enum class AccessDecision : std::uint8_t { kAllow, kDeny };
template <>
struct EnumNames<AccessDecision> {
  static constexpr auto kAll =
      std::to_array<EnumName<AccessDecision>>({{AccessDecision::kAllow, "allow"}, {AccessDecision::kDeny, "deny"}});
};

enum class WayToAllow : std::uint8_t { kKeyPolicy, kPrincipalPolicy, kGrant };
template <>
struct EnumNames<WayToAllow> {
  static constexpr auto kAll = std::to_array<EnumName<WayToAllow>>({{WayToAllow::kKeyPolicy, "KEY_POLICY"},
                                                                    {WayToAllow::kPrincipalPolicy, "PRINCIPAL_POLICY"},
                                                                    {WayToAllow::kGrant, "GRANT"}});
};

struct ExplainedCondition {
  std::string condition_operator;
  std::string key;
  std::vector<std::string> values;
  std::vector<std::string> resolved_values;
  std::optional<std::vector<std::string>> requested;
  bool holds = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Operator", condition_operator, {.help = "As StringEquals"});
    visit("Key", key, {.help = "Condition key"});
    visit("Values", values, {.help = "Those that the policy wants, as written"});
    visit("ResolvedValues", resolved_values, {.help = "With their variables replaced"});
    visit("Requested", requested, {.help = "Those that the request has; absent when it lacks the key"});
    visit("Holds", holds, {.help = "Whether the condition is met"});
  }
};
struct ExplainedStatement {
  std::string policy;
  std::optional<std::int64_t> statement;
  std::optional<std::string> sid;
  policy::Effect effect = policy::Effect::kAllow;
  bool applies = false;
  bool principal = false;
  bool action = false;
  bool resource = false;
  bool condition = false;
  std::optional<std::vector<std::string>> failed_conditions;
  std::optional<std::vector<ExplainedCondition>> conditions;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Policy", policy, {.help = "The policy, or the grant, that it is of"});
    visit("Statement", statement, {.help = "Its number in the policy, from 1; absent for a grant"});
    visit("Sid", sid, {.help = "Its name in the policy; absent when it has none"});
    visit("Effect", effect, {.help = "What it does where it applies"});
    visit("Applies", applies, {.help = "Whether all its parts match"});
    visit("Principal", principal, {.help = "Whether it speaks of the principal"});
    visit("Action", action, {.help = "Whether it speaks of the action"});
    visit("Resource", resource, {.help = "Whether it speaks of the resource"});
    visit("Condition", condition, {.help = "Whether its conditions are met"});
    visit("FailedConditions", failed_conditions, {.help = "Those that are not met, in short; absent when all are"});
    visit("Conditions", conditions, {.help = "Each of them; absent when there is none to tell of"});
  }
};
struct ExplainedLayer {
  std::string layer;
  std::string verdict;
  std::optional<std::vector<ExplainedStatement>> statements;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Layer", layer, {.help = "Which policies"});
    visit("Verdict", verdict, {.help = "What they decided"});
    visit("Statements", statements, {.help = "Theirs; absent when there are some and you may not see them"});
  }
};
// The last members are absent when the caller may not see the policies.
struct ExplainAccessResponse {
  std::string principal;
  std::string action;
  std::string resource;
  AccessDecision decision = AccessDecision::kDeny;
  bool explicit_deny = false;
  std::string reason;
  std::vector<ExplainedLayer> layers;
  std::optional<ExplainedStatement> decided_by;
  std::optional<ExplainedStatement> nearest_miss;
  std::optional<std::vector<std::string>> changes_that_would_allow;
  std::optional<std::vector<WayToAllow>> ways_to_allow;
  std::optional<std::vector<std::string>> absent_keys;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal, {.help = "ARN of who was asked about"});
    visit("Action", action, {.help = "What was asked about"});
    visit("Resource", resource, {.help = "ARN of what it would be done to; * for none"});
    visit("Decision", decision, {.help = "Whether it is allowed"});
    visit("ExplicitDeny", explicit_deny, {.help = "Whether a statement denies it"});
    visit("Reason", reason, {.help = "What an error would say"});
    visit("Layers", layers, {.help = "What each kind of policies says, in the order of the evaluation"});
    visit("DecidedBy", decided_by, {.help = "The statement that decided; absent when none spoke of it"});
    visit("NearestMiss", nearest_miss, {.help = "The Allow that misses least; absent when it is allowed"});
    visit("ChangesThatWouldAllow", changes_that_would_allow, {.help = "Each of which alone would allow it"});
    visit("WaysToAllow", ways_to_allow,
          {.help = "Those of them that are a new Allow: KEY_POLICY, PRINCIPAL_POLICY, GRANT"});
    visit("AbsentKeys", absent_keys, {.help = "Condition keys that policies ask for and the request lacks"});
  }
};
// Whoever may not explain others sees of policies that are not theirs only what they decided.
ExplainAccessResponse explain_access(Call& call, const ExplainAccessRequest& request);

struct PrincipalWithAccess {
  std::string principal;
  std::string reason;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal, {.help = "ARN of who may"});
    visit("Reason", reason, {.help = "Which policy allows it"});
  }
};
struct ListPrincipalsWithAccessResponse {
  std::vector<PrincipalWithAccess> principals;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principals", principals, {.help = "All who may"});
  }
};
ListPrincipalsWithAccessResponse list_principals_with_access(Call& call, const AccessQuestionRequest& request);

}  // namespace kms
