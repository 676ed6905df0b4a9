#pragma once
// Grants: permission to use one key, given and taken back by calls.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/grant.h"
#include "core/ops/kms/fields.h"
#include "core/ops/kms/patterns.h"

namespace kms {

inline constexpr Rule kPrincipalRule{.min = 1, .max = 256, .pattern = &kPrincipalPattern};
inline constexpr Rule kServicePrincipalRule{.min = 1, .max = 128, .pattern = &kServicePrincipalPattern};
inline constexpr Rule kGrantIdRule{.min = 1, .max = 128, .help = "Id of a grant"};

inline constexpr Condition kConstraintCondition{ConditionKind::kConstraint, "kms:GrantConstraintType"};

// Of every request about grants. A principal of a service of AWS would say true.
inline void add_grant_conditions(ConditionFiller& filler) {
  filler.set("kms:GrantIsForAWSResource", filler.via_service() ? "true" : "false");
}

// GrantConstraints of requests and answers.
struct ConstraintsMember {
  std::optional<TextMap> encryption_context_subset;
  std::optional<TextMap> encryption_context_equals;
  std::optional<std::string> source_arn;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("EncryptionContextSubset", encryption_context_subset,
          {.help = "Pairs that a context must hold", .condition = kConstraintCondition});
    visit("EncryptionContextEquals", encryption_context_equals,
          {.help = "The one context that is allowed", .condition = kConstraintCondition});
    visit("SourceArn", source_arn,
          {.min = 20,
           .max = 512,
           .pattern = &kSourceArnPattern,
           .help = "For services",
           .condition = value_of("kms:GrantConstraintSourceArn")});
  }
};

struct CreateGrantRequest {
  std::string key_id;
  std::string grantee_principal;
  std::string retiring_principal;
  std::vector<GrantOperation> operations;
  std::optional<ConstraintsMember> constraints;
  std::vector<std::string> grant_tokens;
  std::string name;
  bool dry_run = false;
  std::string grantee_service_principal;
  std::string retiring_service_principal;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("GranteePrincipal", grantee_principal,
          with_condition(with_help(kPrincipalRule, "ARN of whom the grant is for"), value_of("kms:GranteePrincipal")));
    visit("RetiringPrincipal", retiring_principal,
          with_condition(with_help(kPrincipalRule, "ARN of who may retire the grant"),
                         value_of("kms:RetiringPrincipal")));
    visit("Operations", operations,
          {.required = true, .help = "What the grant allows", .condition = value_of("kms:GrantOperations")});
    visit("Constraints", constraints, {.help = "On the encryption context"});
    visit_grant_tokens(visit, grant_tokens);
    visit("Name", name,
          {.min = 1, .max = 256, .pattern = &kGrantNamePattern, .help = "With it, the same call makes one grant only"});
    visit("DryRun", dry_run, kDryRunRule);
    visit("GranteeServicePrincipal", grantee_service_principal,
          with_condition(with_help(kServicePrincipalRule, "A service whom the grant is for"),
                         value_of("kms:GranteeServicePrincipal")));
    visit("RetiringServicePrincipal", retiring_service_principal,
          with_condition(with_help(kServicePrincipalRule, "A service that may retire the grant"),
                         value_of("kms:RetiringServicePrincipal")));
  }
  void check() const;
  void add_conditions(ConditionFiller& filler) const { add_grant_conditions(filler); }
  std::string_view key_reference() const { return key_id; }
};
struct CreateGrantResponse {
  std::string grant_token;
  std::string grant_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("GrantToken", grant_token, {.sensitive = true, .help = "To use the grant at once, or to retire it"});
    visit("GrantId", grant_id, kGrantIdRule);
  }
};
CreateGrantResponse create_grant(Call& call, const CreateGrantRequest& request);

struct GrantListEntry {
  std::string key_id;
  std::string grant_id;
  std::string name;
  Time creation_date;
  std::string grantee_principal;
  std::optional<std::string> retiring_principal;
  std::string issuing_account;
  std::vector<GrantOperation> operations;
  std::optional<ConstraintsMember> constraints;
  std::optional<std::string> grantee_service_principal;
  std::optional<std::string> retiring_service_principal;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("GrantId", grant_id, {.help = "Id of the grant"});
    visit("Name", name, {.help = "Name of the grant; empty when it has none"});
    visit("CreationDate", creation_date, {.help = "When the grant was made"});
    visit("GranteePrincipal", grantee_principal, {.help = "Whom the grant is for"});
    visit("RetiringPrincipal", retiring_principal, {.help = "Who may retire the grant, if anyone is named for it"});
    visit("IssuingAccount", issuing_account, {.help = "Account that made the grant"});
    visit("Operations", operations, {.help = "What the grant allows"});
    visit("Constraints", constraints, {.help = "Under which conditions; absent when there are none"});
    visit("GranteeServicePrincipal", grantee_service_principal,
          {.help = "The service that the grant is for, if one is"});
    visit("RetiringServicePrincipal", retiring_service_principal,
          {.help = "The service that may retire the grant, if one may"});
  }
};
// ListGrants and ListRetirableGrants.
struct ListGrantsResponse {
  std::vector<GrantListEntry> grants;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Grants", grants, {.help = "The grants"});
    visit_next_page(visit, next_marker, truncated);
  }
};

struct ListGrantsRequest {
  std::int32_t limit = 50;
  std::string marker;
  std::string key_id;
  std::string grant_id;
  std::string grantee_principal;
  std::string grantee_service_principal;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("GrantId", grant_id, with_help(kGrantIdRule, "Only this grant"));
    visit("GranteePrincipal", grantee_principal, with_help(kPrincipalRule, "Only grants for this principal"));
    visit("GranteeServicePrincipal", grantee_service_principal,
          with_help(kServicePrincipalRule, "Only grants for this service"));
  }
  void check() const;
  void add_conditions(ConditionFiller& filler) const { add_grant_conditions(filler); }
  std::string_view key_reference() const { return key_id; }
};
ListGrantsResponse list_grants(Call& call, const ListGrantsRequest& request);

struct ListRetirableGrantsRequest {
  std::int32_t limit = 50;
  std::string marker;
  std::string retiring_principal;
  std::string retiring_service_principal;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
    visit("RetiringPrincipal", retiring_principal, with_help(kPrincipalRule, "Grants that this principal may retire"));
    visit("RetiringServicePrincipal", retiring_service_principal,
          with_help(kServicePrincipalRule, "Grants that this service may retire"));
  }
  void check() const;
};
ListGrantsResponse list_retirable_grants(Call& call, const ListRetirableGrantsRequest& request);

struct RetireGrantRequest {
  std::string grant_token;
  std::string key_id;
  std::string grant_id;
  bool dry_run = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("GrantToken", grant_token, {.min = 1, .max = 8192, .sensitive = true, .help = "What CreateGrant answered"});
    visit("KeyId", key_id, {.min = 1, .max = 2048, .help = "Key ARN or key id, together with --grant-id"});
    visit("GrantId", grant_id, kGrantIdRule);
    visit("DryRun", dry_run, kDryRunRule);
  }
  void add_conditions(ConditionFiller& filler) const { add_grant_conditions(filler); }
  void check() const;
};
EmptyResponse retire_grant(Call& call, const RetireGrantRequest& request);

struct RevokeGrantRequest {
  std::string key_id;
  std::string grant_id;
  bool dry_run = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("GrantId", grant_id, {.required = true, .min = 1, .max = 128, .help = "Id of the grant"});
    visit("DryRun", dry_run, kDryRunRule);
  }
  void add_conditions(ConditionFiller& filler) const { add_grant_conditions(filler); }
  std::string_view key_reference() const { return key_id; }
};
EmptyResponse revoke_grant(Call& call, const RevokeGrantRequest& request);

}  // namespace kms
