#pragma once
// Identities and the accounts they belong to: actions kmsctl:CreatePrincipal and so on.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/tags.h"

namespace kms {

inline constexpr Rule kIdentityRule{
    .required = true, .min = 1, .max = 2048, .help = "user/NAME, group/NAME, role/NAME or an ARN"};
inline constexpr Rule kPolicyDocumentRule{.required = true, .min = 1, .max = 131072, .help = "Policy, as JSON"};
inline constexpr Rule kAccountIdRule{.required = true, .min = 12, .max = 12, .help = "12 digits"};

// A request about one identity.
struct PrincipalRequest {
  std::string principal;
  std::string_view identity() const { return principal; }

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal, kIdentityRule);
  }
};

struct CreatePrincipalRequest : PrincipalRequest {
  std::vector<Tag> tags;
  std::string trust_policy;
  std::string boundary;
  std::int32_t max_session_duration = 3600;
  void check() const { check_principal_tags(tags); }
  // Who gives tags to what is yet to be made needs the permission to tag, as with IAM.
  std::vector<FurtherQuestion> further_questions(const Call& call) const;

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("TrustPolicy", trust_policy, {.max = 131072, .help = "Of a role: who may assume it"});
    visit("PermissionsBoundary", boundary, {.max = 131072, .help = "Policy that limits what the identity may do"});
    visit("MaxSessionDuration", max_session_duration,
          {.min = 900, .max = 43200, .help = "Of a role: the longest session, in seconds"});
    visit("Tags", tags, {.help = "For conditions on aws:PrincipalTag", .condition = kTagsCondition});
  }
};

struct PrincipalSummary {
  std::string principal;
  std::string arn;
  std::string principal_id;
  Time creation_date;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal, {.help = "user/NAME, group/NAME or role/NAME"});
    visit("Arn", arn, {.help = "ARN of it"});
    visit("PrincipalId", principal_id, {.help = "Unique id, which none of the same name gets again"});
    visit("CreationDate", creation_date, {.help = "When it was made"});
  }
};
struct PrincipalDescription : PrincipalSummary {
  std::vector<std::string> policy_names;
  std::vector<Tag> tags;
  std::optional<std::string> boundary;
  std::optional<std::vector<std::string>> groups;
  std::optional<std::vector<std::string>> users;
  std::optional<std::string> trust_policy;
  std::optional<std::int32_t> max_session_duration;

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalSummary::fields(visit);
    visit("PolicyNames", policy_names, {.help = "Of the policies that are its own"});
    visit("Tags", tags, {.help = "For conditions on aws:PrincipalTag"});
    visit("PermissionsBoundary", boundary, {.help = "Policy that limits what it may do; absent when there is none"});
    visit("Groups", groups, {.help = "Of a user: those that it is in"});
    visit("Users", users, {.help = "Of a group: who is in it"});
    visit("TrustPolicy", trust_policy, {.help = "Of a role: who may assume it"});
    visit("MaxSessionDuration", max_session_duration, {.help = "Of a role: the longest session, in seconds"});
  }
};
struct PrincipalResponse {
  PrincipalDescription principal;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal, {.help = "The user, group or role"});
  }
};
PrincipalResponse create_principal(Call& call, const CreatePrincipalRequest& request);
EmptyResponse delete_principal(Call& call, const PrincipalRequest& request);
PrincipalResponse describe_principal(Call& call, const PrincipalRequest& request);

struct ListPrincipalsRequest {
  std::string account;
  std::int32_t limit = 100;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccountId", account, {.max = 12, .help = "12 digits; the caller's account when left out"});
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, {.min = 1, .max = 1024, .help = "NextMarker of the answer before"});
  }
};
struct ListPrincipalsResponse {
  std::vector<PrincipalSummary> principals;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principals", principals, {.help = "Users, groups and roles of the account"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListPrincipalsResponse list_principals(Call& call, const ListPrincipalsRequest& request);

struct TagPrincipalRequest : PrincipalRequest {
  std::vector<Tag> tags;
  void check() const { check_principal_tags(tags); }

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("Tags", tags, {.required = true, .help = "Tags to add or change", .condition = kTagsCondition});
  }
};
EmptyResponse tag_principal(Call& call, const TagPrincipalRequest& request);

struct UntagPrincipalRequest : PrincipalRequest {
  std::vector<std::string> tag_keys;

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("TagKeys", tag_keys, {.required = true, .help = "Keys of the tags to remove", .condition = kTagKeysCondition},
          {.min = 1, .max = 128});
  }
};
EmptyResponse untag_principal(Call& call, const UntagPrincipalRequest& request);

// Asked for on the group.
struct MembershipRequest {
  std::string group;
  std::string user;
  std::string_view identity() const { return group; }

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Group", group, {.required = true, .min = 1, .max = 2048, .help = "group/NAME"});
    visit("User", user, {.required = true, .min = 1, .max = 2048, .help = "user/NAME of the same account"});
  }
};
EmptyResponse add_user_to_group(Call& call, const MembershipRequest& request);
EmptyResponse remove_user_from_group(Call& call, const MembershipRequest& request);

struct CreateAccountRequest {
  std::string id;
  std::string name;
  std::string unit;
  void check() const;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccountId", id, kAccountIdRule);
    visit("AccountName", name, {.max = 50, .help = "What people call it"});
    visit("Unit", unit, {.max = 256, .help = "Where it stands in the organization, as workloads/prod"});
  }
};
EmptyResponse create_account(Call& call, const CreateAccountRequest& request);

struct UpdateAccountRequest {
  std::string id;
  std::optional<std::string> name;
  std::optional<std::string> unit;
  void check() const;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccountId", id, kAccountIdRule);
    visit("AccountName", name, {.max = 50, .help = "What people call it; as it was when left out"});
    visit("Unit", unit,
          {.max = 256, .help = "Where it stands in the organization, empty for the top; as it was when left out"});
  }
};
// Moves an account to another unit of the organization, or renames it.
EmptyResponse update_account(Call& call, const UpdateAccountRequest& request);

struct DeleteAccountRequest {
  std::string id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccountId", id, kAccountIdRule);
  }
};
EmptyResponse delete_account(Call& call, const DeleteAccountRequest& request);

struct AccountDescription {
  std::string account_id;
  std::string account_name;
  std::string unit;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccountId", account_id, {.help = "12 digits"});
    visit("AccountName", account_name, {.help = "What people call it; may be empty"});
    visit("Unit", unit, {.help = "Where it stands in the organization; empty for the top"});
  }
};
struct ListAccountsResponse {
  std::vector<AccountDescription> accounts;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Accounts", accounts, {.help = "All of them"});
  }
};
ListAccountsResponse list_accounts(Call& call, const EmptyRequest& request);

// NotFoundException unless the identity is there. `text` is a name of the caller's account or an ARN.
Identity require_identity(const Call& call, std::string_view text);
IdentityName require_identity_name(const Call& call, std::string_view text);
IdentityName require_role_name(const Call& call, std::string_view text);
// Trusts nobody. It stands in for a role that is not there, or that the caller may not assume, where both have to look
// alike.
Identity untrusting_role(const IdentityName& name);

}  // namespace kms
