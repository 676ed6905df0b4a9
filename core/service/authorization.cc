#include "core/service/authorization.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/grants.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/managed_use.h"
#include "core/service/operation.h"

namespace kms {
namespace {

using policy::DocumentKind;
using policy::NamedDocument;
using Levels = std::vector<policy::Level>;

// What is made of records alone, and so remembered with them.
struct IdentityPolicies {
  std::vector<NamedDocument> own;  // with those of its groups
  std::optional<NamedDocument> boundary;
};
constexpr Memo<IdentityPolicies> kIdentityPolicies{"policies of an identity"};
constexpr Memo<Levels> kServiceControl{"service control of an account"};
constexpr Memo<Levels> kResourceControl{"resource control of an account"};
constexpr Memo<std::vector<policy::Grant>> kGrants{"grants on a key to a principal"};
constexpr Memo<NamedDocument> kKeyPolicy{"key policy"};
constexpr Memo<std::optional<NamedDocument>> kEndpointPolicy{"endpoint policy"};

NamedDocument read(DocumentKind kind, std::string name, std::string_view text) {
  return {std::move(name), policy::parse(kind, text)};
}

void add_policies(std::vector<NamedDocument>& out, DocumentKind kind, std::string_view owner,
                  const std::map<std::string, std::string>& policies) {
  for (const auto& [name, text] : policies) out.push_back(read(kind, cat(owner, "/", name), text));
}

// The identity whose policies are the caller's: the user, or the role behind the session.
std::optional<Identity> identity_of(const Transaction& transaction, const Caller& caller) {
  const std::string& arn = caller.session ? caller.session->role_arn : caller.principal;
  const auto name = parse_identity_name("", arn);
  auto identity = name ? find_identity(transaction, *name) : std::nullopt;
  // One made anew under the old name is another one.
  const std::string& id = caller.session ? caller.session->role_id : caller.principal_id;
  if (identity && !id.empty() && identity->id != id) return std::nullopt;
  return identity;
}

IdentityPolicies policies_of(const Transaction& transaction, const Identity& identity) {
  IdentityPolicies out;
  add_policies(out.own, DocumentKind::kIdentity, identity.name.resource(), identity.policies);
  for (const std::string& each : identity.groups) {
    const auto name = parse_identity_name(identity.name.account, each);
    const auto group = name ? find_identity(transaction, *name) : std::nullopt;
    if (group) add_policies(out.own, DocumentKind::kIdentity, each, group->policies);
  }
  if (!identity.boundary.empty()) {
    out.boundary = read(DocumentKind::kIdentity, "permissions boundary", identity.boundary);
  }
  return out;
}

void add_identity(policy::Policies& out, const Transaction& transaction, const Identity& identity) {
  const auto policies = transaction.remembered(kIdentityPolicies, {identity.id}, [&] {
    return policies_of(transaction, find_identity(transaction, identity.name).value_or(identity));  // read within
  });
  out.identity = policies->own;
  out.boundary = policies->boundary;
}

Levels service_control_levels(const Transaction& transaction, const std::string& account) {
  Levels out;
  for (const std::string& level : levels_of(transaction, account)) {
    const LevelPolicies stored = find_level(transaction, level);
    if (stored.full_access && stored.service_control.empty()) continue;  // says nothing
    out.push_back({level, {}});
    if (stored.full_access) out.back().policies.push_back(policy::full_access_policy());
    add_policies(out.back().policies, DocumentKind::kServiceControl, level, stored.service_control);
  }
  return out;
}

Levels resource_control_levels(const Transaction& transaction, const std::string& account) {
  Levels out;
  for (const std::string& level : levels_of(transaction, account)) {
    const LevelPolicies stored = find_level(transaction, level);
    if (stored.resource_control.empty()) continue;
    out.push_back({level, {}});
    add_policies(out.back().policies, DocumentKind::kResource, level, stored.resource_control);
  }
  return out;
}

void add_levels(policy::Policies& out, const Transaction& transaction, const std::string& caller_account,
                const Key* key) {
  out.service_control = *transaction.remembered(kServiceControl, {caller_account},
                                                [&] { return service_control_levels(transaction, caller_account); });
  if (key == nullptr || key->manager == KeyManager::kAws) return;  // resource control policies spare managed keys
  out.resource_control = *transaction.remembered(
      kResourceControl, {key->home.account}, [&] { return resource_control_levels(transaction, key->home.account); });
}

std::vector<policy::Grant> grants_of(const Transaction& transaction, std::string_view grantee, const Key& key) {
  std::vector<policy::Grant> out;
  for (const Grant& grant : find_grants_of(transaction, key, grantee)) {
    if (!grant.grantee_id.empty() && unique_id_of(transaction, grantee) != grant.grantee_id) continue;
    policy::Grant one{grant.id, key.arn(), grant.grantee_principal, {}, grant.constraints};
    for (const GrantOperation operation : grant.operations) one.operations.emplace_back(to_text(operation));
    out.push_back(std::move(one));
  }
  return out;
}

void add_grants(policy::Policies& out, const Transaction& transaction, std::string_view grantee, const Key& key) {
  const auto grants =
      transaction.remembered(kGrants, {key.arn(), grantee}, [&] { return grants_of(transaction, grantee, key); });
  out.grants.insert(out.grants.end(), grants->begin(), grants->end());
}

NamedDocument bound(const Transaction& transaction, DocumentKind kind, const char* name, std::string_view text,
                    const UniqueIds& principals) {
  policy::Document document = policy::parse(kind, text);
  policy::rename_principals(document, stale_ids(transaction, principals));
  return {name, std::move(document)};
}

NamedDocument own_key_policy(const Transaction& transaction, const Key& key) {
  if (key.manager == KeyManager::kAws) return read(DocumentKind::kKeyPolicy, "key policy", managed_key_policy(key));
  const auto stored = find_policy(transaction, key);
  if (!stored) return read(DocumentKind::kKeyPolicy, "key policy", policy::default_key_policy(key.home.account));
  return bound(transaction, DocumentKind::kKeyPolicy, "key policy", stored->document, stored->principals);
}

NamedDocument remembered_key_policy(const Transaction& transaction, const Key& key) {
  return *transaction.remembered(kKeyPolicy, {key.arn()}, [&] { return own_key_policy(transaction, key); });
}

NamedDocument trust_policy(const Transaction& transaction, const Identity& role) {
  return bound(transaction, DocumentKind::kTrust, "trust policy", role.trust_policy, role.trusted);
}

std::optional<NamedDocument> endpoint_policy(const Transaction& transaction, const std::string& listener) {
  return *transaction.remembered(kEndpointPolicy, {listener}, [&]() -> std::optional<NamedDocument> {
    const auto text = find_endpoint_policy(transaction, listener);
    if (!text) return std::nullopt;
    return read(DocumentKind::kResource, cat("endpoint/", listener), *text);
  });
}

// The account that a resource belongs to. The vault, with all that administers it, is its home account's.
std::string owner_of(const Transaction& transaction, const Caller& caller, const AccessQuestion& question) {
  const Service* service = service_of(question.action);
  if (service != nullptr && service->of_vault) return find_home(transaction).account;
  if (const auto arn = parse_kms_arn(question.resource)) return arn->home.account;
  const std::string_view account = account_of(question.resource);
  return account.empty() ? caller.home.account : std::string(account);
}

// Replaces the principals that are gone wherever the policy names one.
void rename_in(Json& value, const UniqueIds& stale) {
  if (value.is_string()) {
    const auto found = stale.find(value.get<std::string>());
    if (found != stale.end()) value = found->second;
    return;
  }
  if (value.is_structured()) {
    for (Json& item : value) rename_in(item, stale);
  }
}

}  // namespace

policy::Request policy_request(const Transaction& transaction, const Caller& caller, const AccessQuestion& question) {
  policy::Request request;
  request.principal.arn = caller.principal;
  request.principal.account = account_of(caller.principal);
  if (caller.session) {
    request.principal.type = policy::PrincipalType::kRoleSession;
    request.principal.role_arn = caller.session->role_arn;
  } else if (is_root_principal(caller.principal)) {
    request.principal.type = policy::PrincipalType::kRoot;
  }
  request.action = question.action;
  request.known = question.known;
  request.resource = question.resource;
  request.resource_account = owner_of(transaction, caller, question);
  request.context = question.conditions;
  request.encryption_context = question.encryption_context;
  if (question.role != nullptr) request.only_cross_account_operations = false;  // a rule for keys
  return request;
}

policy::Policies gather_policies(const Transaction& transaction, const Caller& caller, const AccessQuestion& question) {
  policy::Policies out;
  if (const auto identity = identity_of(transaction, caller)) add_identity(out, transaction, *identity);
  if (caller.session && !caller.session->policy.empty()) {
    out.session = read(DocumentKind::kIdentity, "session policy", caller.session->policy);
  }
  add_levels(out, transaction, std::string(account_of(caller.principal)), question.key);
  if (!caller.listener.empty()) out.endpoint = endpoint_policy(transaction, caller.listener);
  if (question.role != nullptr) out.key_policy = trust_policy(transaction, *question.role);
  if (question.key != nullptr) {
    out.key_policy = question.proposed_policy != nullptr
                         ? read(DocumentKind::kKeyPolicy, "key policy", *question.proposed_policy)
                         : remembered_key_policy(transaction, *question.key);
    add_grants(out, transaction, caller.principal, *question.key);
    if (caller.session) add_grants(out, transaction, caller.session->role_arn, *question.key);
  }
  return out;
}

policy::Decision PolicyAuthorizer::decide(const Transaction& transaction, const Caller& caller,
                                          const AccessQuestion& question) const {
  return policy::evaluate(policy_request(transaction, caller, question),
                          gather_policies(transaction, caller, question));
}

std::string key_policy_text(const Transaction& transaction, const Key& key) {
  if (key.manager == KeyManager::kAws) return managed_key_policy(key);
  const auto stored = find_policy(transaction, key);
  if (!stored) return policy::default_key_policy(key.home.account);
  const UniqueIds stale = stale_ids(transaction, stored->principals);
  if (stale.empty()) return stored->document;  // to the byte
  Json json = Json::parse(stored->document);
  Json& statements = json["Statement"];
  if (!statements.is_array()) statements = Json::array({statements});
  for (Json& statement : statements) {
    for (const char* name : {"Principal", "NotPrincipal"}) {
      if (statement.contains(name)) rename_in(statement[name], stale);
    }
  }
  return json.dump();
}

policy::SharedDocument key_policy_document(const Transaction& transaction, const Key& key) {
  return remembered_key_policy(transaction, key).document;
}

policy::SharedDocument trust_policy_document(const Transaction& transaction, const Identity& role) {
  return trust_policy(transaction, role).document;
}

void throw_access_denied(const Caller& caller, const AccessQuestion& question, const policy::Decision& decision) {
  throw Error(ErrorCode::kAccessDenied,
              cat("User: ", caller.principal, " is not authorized to perform: ", question.action,
                  " on resource: ", question.resource, " ", decision.reason));
}

}  // namespace kms
