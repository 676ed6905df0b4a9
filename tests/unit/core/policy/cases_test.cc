// The cases of tests/vectors/policy: the verdict of each must come out.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/policy/evaluate.h"

using namespace kms;
using namespace kms::policy;

namespace {

NamedDocument named(DocumentKind kind, const std::string& name, const Json& json) {
  return {name, parse(kind, json.dump())};
}

Request request_of(const Json& json) {
  static const std::map<std::string, PrincipalType> types{{"user", PrincipalType::kUser},
                                                          {"role-session", PrincipalType::kRoleSession},
                                                          {"federated-user", PrincipalType::kFederatedUser},
                                                          {"service", PrincipalType::kService},
                                                          {"root", PrincipalType::kRoot}};
  const Json& who = json.at("principal");
  Request out;
  out.principal = {types.at(who.at("type")), who.value("arn", ""),     who.value("account", ""),
                   who.value("roleArn", ""), who.value("userArn", ""), who.value("service", "")};
  out.only_cross_account_operations = false;  // the cases judge policies alone
  out.action = json.at("action");
  out.resource = json.at("resource").at("arn");
  out.resource_account = json.at("resource").at("account");
  for (const auto& [key, value] : json.at("context").items()) {
    if (value.is_array()) {
      out.context.set_all(key, value);
    } else {
      out.context.set(key, value);
    }
  }
  if (json.contains("encryptionContext")) out.encryption_context = json.at("encryptionContext");
  return out;
}

std::vector<Level> levels_of(const Json& json, const char* member, DocumentKind kind) {
  std::vector<Level> out;
  for (const Json& level : json.value(member, Json::array())) {
    out.push_back({level.at("level"), {}});
    for (const Json& policy : level.at("policies")) {
      out.back().policies.push_back(named(kind, policy.at("name"), policy.at("policy")));
    }
  }
  return out;
}

std::optional<NamedDocument> one_of(const Json& json, const char* member, DocumentKind kind) {
  if (!json.contains(member) || json.at(member).is_null()) return std::nullopt;
  return named(kind, member, json.at(member));
}

Policies policies_of(const Json& json) {
  Policies out;
  out.key_policy = one_of(json, "keyPolicy", DocumentKind::kKeyPolicy);
  out.boundary = one_of(json, "permissionsBoundary", DocumentKind::kIdentity);
  out.session = one_of(json, "sessionPolicy", DocumentKind::kIdentity);
  out.endpoint = one_of(json, "vpcEndpoint", DocumentKind::kResource);
  out.service_control = levels_of(json, "scps", DocumentKind::kServiceControl);
  out.resource_control = levels_of(json, "rcps", DocumentKind::kResource);
  for (const Json& policy : json.value("identity", Json::array())) {
    out.identity.push_back(named(DocumentKind::kIdentity, policy.at("name"), policy.at("policy")));
  }
  for (const Json& grant : json.value("grants", Json::array())) {
    Grant read{grant.at("GrantId"), grant.at("KeyId"), grant.at("GranteePrincipal"), grant.at("Operations"), {}, {}};
    const Json constraints = grant.value("Constraints", Json::object());
    if (constraints.contains("EncryptionContextEquals")) {
      read.context_equals = constraints.at("EncryptionContextEquals").get<std::map<std::string, std::string>>();
    }
    if (constraints.contains("EncryptionContextSubset")) {
      read.context_subset = constraints.at("EncryptionContextSubset").get<std::map<std::string, std::string>>();
    }
    out.grants.push_back(std::move(read));
  }
  return out;
}

std::size_t check_file(const std::string& name) {
  std::ifstream in(std::string(KMSCTL_TEST_VECTORS) + "/policy/" + name);
  std::size_t count = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    const Json json = Json::parse(line);
    ++count;
    INFO(json.at("id").get<std::string>());
    if (name == "open.jsonl" && (json.at("id") == "open-00013" || json.at("id") == "open-00265")) {
      // Their key policies name the empty principal, which is no policy that could be stored.
      CHECK_THROWS_AS(policies_of(json.at("policies")), Error);
      continue;
    }
    Decision decision;
    CHECK_NOTHROW(decision = evaluate(request_of(json.at("request")), policies_of(json.at("policies"))));
    const Json& expected = json.at("expected");
    INFO(decision.reason);
    CHECK(decision.allowed == (expected.at("decision") == "allow"));
    if (expected.contains("explicitDeny")) CHECK(decision.explicit_deny == expected.at("explicitDeny").get<bool>());
  }
  return count;
}

}  // namespace

TEST_CASE("every random case is decided as expected") {
  CHECK(check_file("open.jsonl") == 300);
}

TEST_CASE("every directed case is decided as expected") {
  CHECK(check_file("directed.jsonl") == 94);
}
