#include "core/ops/vault/identities.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/vault/identity_policies.h"
#include "core/ops/vault/organization.h"
#include "core/records/credentials.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/response.h"

namespace kms {
namespace {

PrincipalSummary summary(const Identity& identity) {
  return {identity.name.resource(), identity.name.arn(), identity.id, identity.creation_date};
}

std::vector<std::string> members_of(const Transaction& transaction, const Identity& group) {
  std::vector<std::string> users;
  scan_identities(transaction, group.name.account, "", [&](const Identity& each) {
    const auto& groups = each.groups;
    if (std::find(groups.begin(), groups.end(), group.name.resource()) != groups.end()) {
      users.push_back(each.name.resource());
    }
    return true;
  });
  return users;
}

PrincipalDescription description(const Transaction& transaction, const Identity& identity) {
  PrincipalDescription out{summary(identity), policy_names(identity), {}, {}, {}, {}, {}, {}};
  for (const auto& [key, value] : identity.tags) out.tags.push_back({key, value});
  if (!identity.boundary.empty()) out.boundary = identity.boundary;
  if (identity.name.kind == IdentityKind::kUser) out.groups = identity.groups;
  if (identity.name.kind == IdentityKind::kGroup) out.users = members_of(transaction, identity);
  if (identity.name.kind == IdentityKind::kRole) {
    out.trust_policy = identity.trust_policy;
    out.max_session_duration = identity.max_session_seconds;
  }
  return out;
}

void require_account(const Call& call, std::string_view id) {
  if (find_account(call.transaction, id)) return;
  throw Error(ErrorCode::kNotFound,
              cat("Account ", id, " is not known to this vault; add it with: kmsctl account add ", id));
}

// Users, groups and roles of one account have different names whatever their case and path.
void require_free(const Call& call, const IdentityName& wanted) {
  const std::string name = lower_ascii(wanted.name());
  scan_identities(call.transaction, wanted.account, "", [&](const Identity& each) {
    if (each.name.kind == wanted.kind && lower_ascii(each.name.name()) == name) {
      throw Error(ErrorCode::kAlreadyExists, cat("Principal ", each.name.arn(), " already exists."));
    }
    return true;
  });
}

// Whoever can still unlock as this identity would come back as another one of its name.
void require_no_slots(const Call& call, const Identity& identity) {
  std::string slots;
  for (const Slot& slot : call.context.slots.list(call.transaction)) {
    if (slot.principal == identity.name.arn()) slots += cat(slots.empty() ? "" : ", ", slot.id);
  }
  if (slots.empty()) return;
  throw Error(ErrorCode::kConflict, cat(identity.name.resource(), " can still unlock the vault by the slots ", slots,
                                        ": revoke them first with kmsctl slot remove"));
}

Identity require_user(const Call& call, const MembershipRequest& request) {
  const Identity group = require_identity(call, request.group);
  Identity user = require_identity(call, request.user);
  if (group.name.kind != IdentityKind::kGroup || user.name.kind != IdentityKind::kUser ||
      group.name.account != user.name.account) {
    throw Error(ErrorCode::kValidation, "Group is a group/NAME, and User a user/NAME of the same account.");
  }
  return user;
}

void require_place(const std::string& account, const std::string& unit) {
  if (!is_account_id(account)) throw Error(ErrorCode::kValidation, "AccountId has 12 digits.");
  if (!unit.empty() && !is_identity_text(unit)) {
    throw Error(ErrorCode::kValidation, cat("'", unit, "' is no unit: names with / between them, as workloads/prod"));
  }
}

}  // namespace

IdentityName require_identity_name(const Call& call, std::string_view text) {
  const auto name = parse_identity_name(call.caller.home.account, text);
  if (name) return *name;
  throw Error(ErrorCode::kValidation,
              cat("'", text, "' names no identity: it is user/NAME, group/NAME, role/NAME or an ARN"));
}

IdentityName require_role_name(const Call& call, std::string_view text) {
  const auto name = parse_identity_name(call.caller.home.account, text);
  if (name && name->kind == IdentityKind::kRole) return *name;
  throw Error(ErrorCode::kValidation, cat("'", text, "' names no role: it is role/NAME or the ARN of a role"));
}

Identity untrusting_role(const IdentityName& name) {
  Identity role{name, {}, {}};
  role.trust_policy = R"({"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",)"
                      R"("Principal":{"Service":"nobody.kmsctl.local"}}]})";
  return role;
}

Identity require_identity(const Call& call, std::string_view text) {
  const IdentityName name = require_identity_name(call, text);
  const auto identity = find_identity(call.transaction, name);
  if (!identity) throw Error(ErrorCode::kNotFound, cat("Principal ", name.arn(), " does not exist in this vault."));
  return *identity;
}

std::vector<FurtherQuestion> CreatePrincipalRequest::further_questions(const Call& call) const {
  const auto name = parse_identity_name(call.caller.home.account, principal);
  if (tags.empty() || !name) return {};
  return {{.action = "kmsctl:TagPrincipal", .region = "", .resource = name->arn(), .by_request = true}};
}

PrincipalResponse create_principal(Call& call, const CreatePrincipalRequest& request) {
  Identity identity{require_identity_name(call, request.principal), {}, call.now()};
  require_account(call, identity.name.account);
  require_free(call, identity.name);
  identity.id = make_unique_id(identity.name.kind, call.context.random);
  identity.tags = as_tags(request.tags);
  const bool role = identity.name.kind == IdentityKind::kRole;
  if (role == request.trust_policy.empty()) {
    throw Error(ErrorCode::kValidation,
                role ? "A role needs a TrustPolicy, which says who may assume it." : "Only a role has a TrustPolicy.");
  }
  if (role) set_trust_policy(call, identity, request.trust_policy);
  identity.max_session_seconds = request.max_session_duration;
  if (!request.boundary.empty()) set_boundary(identity, request.boundary);
  put_identity(call.transaction, identity);
  *call.event.response_elements = {{"principalId", identity.id}, {"arn", identity.name.arn()}};
  return {description(call.transaction, identity)};
}

EmptyResponse delete_principal(Call& call, const PrincipalRequest& request) {
  const Identity identity = require_identity(call, request.principal);
  require_no_slots(call, identity);
  if (identity.name.kind == IdentityKind::kGroup && !members_of(call.transaction, identity).empty()) {
    throw Error(ErrorCode::kConflict, cat(identity.name.resource(), " still has members: remove them first"));
  }
  for (const AccessKey& key : kms::list_access_keys(call.transaction)) {
    if (key.principal == identity.name.arn()) erase_access_key(call.transaction, key);
  }
  erase_identity(call.transaction, identity.name);
  *call.event.response_elements = {{"principalId", identity.id}};
  return {};
}

PrincipalResponse describe_principal(Call& call, const PrincipalRequest& request) {
  return {description(call.transaction, require_identity(call, request.principal))};
}

ListPrincipalsResponse list_principals(Call& call, const ListPrincipalsRequest& request) {
  const std::string& account = request.account.empty() ? call.caller.home.account : request.account;
  require_account(call, account);
  EntryPage<PrincipalSummary> page(call, request.limit, 1000);
  scan_identities(call.transaction, account, page.after(request.marker),
                  [&](const Identity& each) { return page.add(summary(each), each.name.resource()); });
  return page.answer<ListPrincipalsResponse>();
}

EmptyResponse tag_principal(Call& call, const TagPrincipalRequest& request) {
  Identity identity = require_identity(call, request.principal);
  for (const Tag& tag : request.tags) {
    erase_principal_tag(identity.tags, tag.key);
    identity.tags[tag.key] = tag.value;
  }
  if (identity.tags.size() > 50) throw Error(ErrorCode::kTag, "Too many tags");
  put_identity(call.transaction, identity);
  return {};
}

EmptyResponse untag_principal(Call& call, const UntagPrincipalRequest& request) {
  Identity identity = require_identity(call, request.principal);
  for (const std::string& key : request.tag_keys) erase_principal_tag(identity.tags, key);
  put_identity(call.transaction, identity);
  return {};
}

EmptyResponse add_user_to_group(Call& call, const MembershipRequest& request) {
  Identity user = require_user(call, request);
  const std::string group = require_identity(call, request.group).name.resource();
  if (std::find(user.groups.begin(), user.groups.end(), group) == user.groups.end()) user.groups.push_back(group);
  std::sort(user.groups.begin(), user.groups.end());
  put_identity(call.transaction, user);
  return {};
}

EmptyResponse remove_user_from_group(Call& call, const MembershipRequest& request) {
  Identity user = require_user(call, request);
  std::erase(user.groups, require_identity(call, request.group).name.resource());
  put_identity(call.transaction, user);
  return {};
}

void CreateAccountRequest::check() const {
  require_place(id, unit);
}

void UpdateAccountRequest::check() const {
  require_place(id, unit.value_or(""));
  if (!name && !unit) throw Error(ErrorCode::kValidation, "Give AccountName or Unit: there is nothing to change.");
}

EmptyResponse create_account(Call& call, const CreateAccountRequest& request) {
  if (find_account(call.transaction, request.id)) {
    throw Error(ErrorCode::kAlreadyExists, cat("Account ", request.id, " already exists."));
  }
  put_account(call.transaction, {request.id, request.name, request.unit, call.now()});
  return {};
}

EmptyResponse update_account(Call& call, const UpdateAccountRequest& request) {
  require_account(call, request.id);
  Account account = *find_account(call.transaction, request.id);
  if (request.unit) account.unit = *request.unit;
  if (request.name) account.name = *request.name;
  put_account(call.transaction, account);
  require_way_back(call);
  return {};
}

EmptyResponse delete_account(Call& call, const DeleteAccountRequest& request) {
  require_account(call, request.id);
  bool in_use = request.id == find_home(call.transaction).account;
  scan_identities(call.transaction, request.id, "", [&](const Identity&) {
    in_use = true;
    return false;
  });
  for (const std::string& region : find_regions(call.transaction)) {
    in_use = in_use || count_keys(call.transaction, {request.id, region}).all > 0;
  }
  for (const Slot& slot : call.context.slots.list(call.transaction)) {
    in_use = in_use || account_of(slot.principal) == request.id;
  }
  if (in_use) {
    throw Error(ErrorCode::kConflict,
                cat("Account ", request.id, " is the home of the vault, or still has keys, principals or slots."));
  }
  erase_account(call.transaction, request.id);
  return {};
}

ListAccountsResponse list_accounts(Call& call, const EmptyRequest& /*request*/) {
  ListAccountsResponse answer;
  for (const Account& each : kms::list_accounts(call.transaction)) {
    answer.accounts.push_back({each.id, each.name, each.unit});
  }
  return answer;
}

}  // namespace kms
