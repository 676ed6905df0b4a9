#include "core/policy/simulation.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::policy {
namespace {

constexpr std::pair<std::string_view, PrincipalType> kTypes[] = {{"user", PrincipalType::kUser},
                                                                 {"role-session", PrincipalType::kRoleSession},
                                                                 {"federated-user", PrincipalType::kFederatedUser},
                                                                 {"service", PrincipalType::kService},
                                                                 {"root", PrincipalType::kRoot}};

PrincipalType type_of(const std::string& text) {
  for (const auto& [name, type] : kTypes) {
    if (name == text) return type;
  }
  throw Error(ErrorCode::kValidation,
              cat("'", text, "' is no type of principal: user, role-session, federated-user, service or root"));
}

// Generated cases name the empty principal, which no stored policy can: it stands for nobody.
void name_nobody(Json& principals) {
  constexpr const char* kNobody = "arn:aws:iam::000000000000:user/nobody-at-all";
  const auto found = principals.is_object() ? principals.find("AWS") : principals.end();
  if (found == principals.end() || !found->is_string()) return;
  if (found->get_ref<const std::string&>().empty()) *found = kNobody;
}

NamedDocument named(DocumentKind kind, const std::string& name, Json json) {
  Json& statements = json["Statement"];
  if (statements.is_object()) statements = Json::array({statements});
  for (Json& statement : statements) {
    if (statement.is_object() && statement.contains("Principal")) name_nobody(statement["Principal"]);
  }
  return {name, parse(kind, json.dump())};
}

Request request_of(const Json& json, std::span<const Action> actions) {
  const Json& who = json.at("principal");
  Request out;
  out.principal = {type_of(who.at("type")),  who.value("arn", ""),     who.value("account", ""),
                   who.value("roleArn", ""), who.value("userArn", ""), who.value("service", "")};
  out.only_cross_account_operations = false;  // cases judge policies alone
  out.action = json.at("action");
  out.known = find_action(actions, out.action);
  out.resource = json.at("resource").at("arn");
  out.resource_account = json.at("resource").at("account");
  const Json context = json.value("context", Json::object());
  for (const auto& [key, value] : context.items()) {
    if (value.is_array()) {
      out.context.set_all(key, value.get<std::vector<std::string>>());
    } else {
      out.context.set(key, value.get<std::string>());
    }
  }
  if (json.contains("encryptionContext")) {
    out.encryption_context = json.at("encryptionContext").get<std::map<std::string, std::string>>();
  }
  return out;
}

std::vector<Level> levels_of(const Json& json, const char* member, DocumentKind kind) {
  std::vector<Level> out;
  const Json levels = json.value(member, Json::array());
  for (const Json& level : levels) {
    out.push_back({level.at("level"), {}});
    for (const Json& policy : level.at("policies")) {
      out.back().policies.push_back(named(kind, policy.at("name"), policy.at("policy")));
    }
  }
  return out;
}

std::optional<NamedDocument> named_document(const Json& json, const char* member, const char* name, DocumentKind kind) {
  if (!json.contains(member) || json.at(member).is_null()) return std::nullopt;
  return named(kind, name, json.at(member));
}

Grant grant_of(const Json& json) {
  using Constraint = std::map<std::string, std::string>;
  Grant out{json.at("GrantId"), json.at("KeyId"), json.at("GranteePrincipal"), json.at("Operations")};
  const Json constraints = json.value("Constraints", Json::object());
  for (const auto& [name, value] : constraints.items()) {
    if (name == "EncryptionContextEquals") {
      out.constraints.encryption_context_equals = value.get<Constraint>();
    } else if (name == "EncryptionContextSubset") {
      out.constraints.encryption_context_subset = value.get<Constraint>();
    } else if (name == "SourceArn") {
      out.constraints.source_arn = value.get<std::string>();
    } else {
      out.constraints.unknown = true;
    }
  }
  return out;
}

Policies policies_of(const Json& json) {
  Policies out;
  out.key_policy = named_document(json, "keyPolicy", "key policy", DocumentKind::kKeyPolicy);
  out.boundary = named_document(json, "permissionsBoundary", "permissions boundary", DocumentKind::kIdentity);
  out.session = named_document(json, "sessionPolicy", "session policy", DocumentKind::kIdentity);
  out.endpoint = named_document(json, "vpcEndpoint", "endpoint policy", DocumentKind::kResource);
  out.service_control = levels_of(json, "scps", DocumentKind::kServiceControl);
  out.resource_control = levels_of(json, "rcps", DocumentKind::kResource);
  const Json identity = json.value("identity", Json::array());
  for (const Json& policy : identity) {
    out.identity.push_back(named(DocumentKind::kIdentity, policy.at("name"), policy.at("policy")));
  }
  const Json grants = json.value("grants", Json::array());
  for (const Json& grant : grants) out.grants.push_back(grant_of(grant));
  return out;
}

}  // namespace

SimulationCase read_case(const Json& json, std::span<const Action> actions) {
  try {
    return {json.value("id", ""), request_of(json.at("request"), actions), policies_of(json.at("policies"))};
  } catch (const Json::exception&) {
    throw Error(ErrorCode::kValidation, "a member of the case is missing, or has the wrong type");
  }
}

}  // namespace kms::policy
