#include "core/policy/lint.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/policy/condition_keys.h"

using namespace kms;
using namespace kms::policy;

namespace {

std::string codes(DocumentKind kind, const std::string& statement, const char* version = "2012-10-17") {
  std::string out;
  for (const Finding& each :
       lint(parse(kind, cat(R"({"Version":")", version, R"(","Statement":[)", statement, "]}")), key_actions())) {
    CHECK(each.statement == 1);
    CHECK_FALSE(each.message.empty());
    out += cat(out.empty() ? "" : " ", each.code);
  }
  return out;
}

// Of an identity policy that allows `action` under `condition`.
std::string of_condition(const char* condition, const char* action = "kms:Decrypt") {
  return codes(DocumentKind::kIdentity,
               cat(R"({"Effect":"Allow","Action":")", action, R"(","Resource":"*","Condition":{)", condition, "}}"));
}

std::string of_resource(const char* resource) {
  return codes(DocumentKind::kIdentity, cat(R"({"Effect":"Allow","Action":"kms:*","Resource":")", resource, "\"}"));
}

std::string of_key_policy(const char* members) {
  return codes(DocumentKind::kKeyPolicy, cat("{", members, "}"));
}

constexpr const char* kOwner = R"("Effect":"Allow","Principal":{"AWS":"111122223333"})";

}  // namespace

TEST_SUITE("policy/lint") {
  TEST_CASE("what is usual gives no finding") {
    CHECK(lint(parse_key_policy(default_key_policy("111122223333")), key_actions()).empty());
    CHECK(of_condition(R"("StringEquals":{"kms:EncryptionContext:app":"web"})").empty());
    CHECK(of_condition(R"("ForAnyValue:StringLike":{"kms:ResourceAliases":"alias/a*"})").empty());
    CHECK(of_condition(R"("DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"})").empty());
    CHECK(of_condition(R"("IpAddress":{"aws:SourceIp":["10.0.0.0/8","::1"]})").empty());
    CHECK(of_condition(R"("StringEquals":{"aws:ResourceTag/env":"${aws:PrincipalTag/env}"})").empty());
    CHECK(of_resource("arn:aws:kms:*:111122223333:key/*").empty());
    CHECK(of_resource("arn:aws:kms:us-east-1:111122223333:alias/app").empty());
    CHECK(of_resource("arn:aws:kms:us-east-1:111122223333:*").empty());
  }

  TEST_CASE("actions and principals") {
    CHECK(of_key_policy(cat(kOwner, R"(,"Action":"kms:Foo","Resource":"*")").c_str()) == "action-never-matches");
    CHECK(of_key_policy(cat(kOwner, R"(,"Action":"s3:Get","Resource":"*")").c_str()) == "action-of-another-service");
    CHECK(of_key_policy(cat(kOwner, R"(,"Action":"kms:RetireGrant","Resource":"*")").c_str()) ==
          "retire-grant-by-policy");
    CHECK(of_key_policy(cat(kOwner, R"(,"NotAction":"kms:Sign","Resource":"*")").c_str()) == "not-action-with-allow");
    CHECK(of_key_policy(R"("Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*")") == "allow-to-everyone");
    CHECK(of_key_policy(cat(kOwner, R"(,"Action":"kms:*")").c_str()) == "no-effect");
    CHECK(of_key_policy(R"("Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/a",
                           "arn:aws:iam::111122223333:root"]},"Action":"kms:*","Resource":"*")") ==
          "deny-with-not-principal");
    CHECK(of_key_policy(R"("Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/a"},
                           "Action":"kms:*","Resource":"*")") ==
          "deny-with-not-principal not-principal-without-account");
  }

  TEST_CASE("resources") {
    CHECK(of_resource("key/1") == "resource-never-matches");
    CHECK(of_resource("arn:aws:kms:us-east-1:111122223333:1234abcd") == "resource-never-matches");
    CHECK(of_resource("arn:aws:kms:${aws:PrincipalTag/region}:111122223333:key/*") == "variable-too-early");
    CHECK(of_key_policy(
              cat(kOwner, R"(,"Action":"kms:*","Resource":"arn:aws:kms:us-east-1:111122223333:key/1")").c_str()) ==
          "resource-of-a-key-policy");
    CHECK(codes(DocumentKind::kIdentity,
                R"({"Effect":"Deny","Action":"kms:*","NotResource":"arn:aws:kms:*:*:key/${aws:username}"})") ==
          "not-resource-with-variable");
  }

  TEST_CASE("conditions") {
    CHECK(of_condition(R"("StringEquals":{"kms:Nope":"x"})") == "unknown-condition-key");
    CHECK(of_condition(R"("StringEquals":{"aws:Nope":"x"})") == "unknown-condition-key");
    CHECK(of_condition(R"("StringEquals":{"kms:SigningAlgorithm":"ECDSA_SHA_256"})") == "condition-key-never-occurs");
    CHECK(of_condition(R"("StringEquals":{"kms:SigningAlgorithm":"ECDSA_SHA_256"})", "kms:S*").empty());
    CHECK(of_condition(R"("StringEquals":{"kms:ResourceAliases":"alias/a"})") == "set-operator-missing");
    CHECK(of_condition(R"("ForAnyValue:StringEquals":{"kms:CallerAccount":"111122223333"})") ==
          "set-operator-on-single-value");
    CHECK(of_condition(R"("NullIfExists":{"kms:ViaService":"true"})") == "null-with-if-exists");
    CHECK(of_condition(R"("ForAllValues:StringEquals":{"kms:EncryptionContextKeys":"app"})") ==
          "for-all-values-with-allow");
    CHECK(of_condition(R"("StringNotEquals":{"kms:ViaService":"x"})") == "negated-with-allow");
    CHECK(of_condition(R"("StringEquals":{"kms:RotationPeriodInDays":"90"})", "kms:EnableKeyRotation") ==
          "operator-of-another-type");
    CHECK(of_condition(R"("NumericEquals":{"kms:RotationPeriodInDays":"many"})", "kms:EnableKeyRotation") ==
          "value-never-compares");
    CHECK(of_condition(R"("Bool":{"aws:SecureTransport":"yes"})") == "value-never-compares");
    CHECK(of_condition(R"("Null":{"aws:SourceIp":"no"})") == "value-never-compares");
    CHECK(of_condition(R"("DateLessThan":{"aws:CurrentTime":"soon"})") == "value-never-compares");
    CHECK(of_condition(R"("IpAddress":{"aws:SourceIp":"10.0.0.0/33"})") == "value-never-compares");
    CHECK(
        codes(
            DocumentKind::kIdentity,
            R"({"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"StringLike":{"aws:username":"${x}"}}})",
            "2008-10-17") == "variable-in-an-old-version");
    CHECK(of_key_policy(cat(kOwner, R"(,"Action":"kms:*","Resource":"*",
                           "Condition":{"StringEquals":{"aws:ResourceTag/env":"prod"}})")
                            .c_str()) == "aws-refuses");
  }

  TEST_CASE("the tables are those of AWS's service authorization reference") {
    std::ifstream in(std::string(KMSCTL_TEST_VECTORS) + "/policy/kms-service-authorization.json");
    const Json reference = Json::parse(in);
    const auto actions = key_actions();
    for (const auto& entry : reference.at("actions").items()) {
      const std::string action = entry.key();
      const Json& facts = entry.value();
      CAPTURE(action);
      CHECK(find_action(actions, cat("kms:", action)) != nullptr);
      std::set<std::string> keys = facts.at("conditionKeys").get<std::set<std::string>>();
      for (const Json& resource : facts.at("resources")) {
        for (const Json& key : resource.at("conditionKeys")) keys.insert(key);
      }
      for (const std::string& name : keys) {
        CAPTURE(name);
        const auto key = find_condition_key(name);
        REQUIRE(key.has_value());
        CHECK(occurs(*key, cat("kms:", action), actions));
      }
    }
  }
}
