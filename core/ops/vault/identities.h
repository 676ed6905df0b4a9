#pragma once
// Identities and the accounts they belong to: actions kmsctl:CreatePrincipal and so on.
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
Json create_principal(Call& call, const CreatePrincipalRequest& request);
Json delete_principal(Call& call, const PrincipalRequest& request);
Json describe_principal(Call& call, const PrincipalRequest& request);

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
Json list_principals(Call& call, const ListPrincipalsRequest& request);

struct TagPrincipalRequest : PrincipalRequest {
  std::vector<Tag> tags;
  void check() const { check_principal_tags(tags); }

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("Tags", tags, {.required = true, .help = "Tags to add or change", .condition = kTagsCondition});
  }
};
Json tag_principal(Call& call, const TagPrincipalRequest& request);

struct UntagPrincipalRequest : PrincipalRequest {
  std::vector<std::string> tag_keys;

  template <class Visitor>
  void fields(Visitor& visit) {
    PrincipalRequest::fields(visit);
    visit("TagKeys", tag_keys, {.required = true, .help = "Keys of the tags to remove", .condition = kTagKeysCondition},
          {.min = 1, .max = 128});
  }
};
Json untag_principal(Call& call, const UntagPrincipalRequest& request);

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
Json add_user_to_group(Call& call, const MembershipRequest& request);
Json remove_user_from_group(Call& call, const MembershipRequest& request);

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
Json create_account(Call& call, const CreateAccountRequest& request);

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
Json update_account(Call& call, const UpdateAccountRequest& request);

struct DeleteAccountRequest {
  std::string id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccountId", id, kAccountIdRule);
  }
};
Json delete_account(Call& call, const DeleteAccountRequest& request);

Json list_accounts(Call& call, const EmptyRequest& request);

// NotFoundException unless the identity is there. `text` is a name of the caller's account or an ARN.
Identity require_identity(const Call& call, std::string_view text);
IdentityName require_identity_name(const Call& call, std::string_view text);
IdentityName require_role_name(const Call& call, std::string_view text);
// Trusts nobody. It stands in for a role that is not there, or that the caller may not assume, where both have to look
// alike.
Identity untrusting_role(const IdentityName& name);

}  // namespace kms
