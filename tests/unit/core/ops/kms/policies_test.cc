#include "core/ops/kms/policies.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

Json statement(const Json& changes = Json::object()) {
  Json one{{"Effect", "Allow"},
           {"Principal", {{"AWS", "arn:aws:iam::111122223333:root"}}},
           {"Action", "kms:*"},
           {"Resource", "*"}};
  one.update(changes);
  for (const auto& [name, value] : changes.items()) {
    if (value.is_null()) one.erase(name);
  }
  return one;
}

std::string key_policy(const Json& statements) {
  return Json{{"Version", "2012-10-17"}, {"Statement", statements}}.dump();
}

}  // namespace

TEST_SUITE("ops/policies") {
  TEST_CASE("a key without a policy of its own has the default one, to the byte") {
    World world;
    const Json answer = world.call("GetKeyPolicy", {{"KeyId", world.create_key()}, {"PolicyName", "default"}});
    CHECK(answer ==
          Json{{"PolicyName", "default"},
               {"Policy",
                "{\"Version\":\"2012-10-17\",\"Id\":\"key-default-1\",\"Statement\":[{\"Sid\":\"Enable IAM User "
                "Permissions\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},"
                "\"Action\":\"kms:*\",\"Resource\":\"*\"}]}"}});
  }

  TEST_CASE("a policy comes back as it was written, from PutKeyPolicy and from CreateKey") {
    World world;
    const std::string text = cat(" ", key_policy(Json::array({statement()})), "\n");
    const std::string key = world.create_key();
    CHECK(world.call("PutKeyPolicy", {{"KeyId", key}, {"Policy", text}}) == Json::object());
    CHECK(world.call("GetKeyPolicy", {{"KeyId", key}})["Policy"] == text);
    const std::string other = world.create_key({{"Policy", text}});
    CHECK(world.call("GetKeyPolicy", {{"KeyId", other}})["Policy"] == text);
    CHECK(world.call("GetKeyPolicy", {{"KeyId", key}, {"PolicyName", "other"}})["__type"] == "NotFoundException");
  }

  TEST_CASE("what is no policy says so, with the statement and what is wrong in it, and changes nothing") {
    const std::pair<std::string, const char*> rows[] = {
        {"no json", "The policy is not valid JSON."},
        {"[]", "Policy: must be an object"},
        {"{}", "The policy has no Statement."},
        {R"({"Statement":[]})", "The policy has no Statement."},
        {R"({"Version":"2020-01-01","Statement":[]})", "Version must be 2012-10-17 or 2008-10-17"},
        {R"({"Statement":[],"Statement":[]})", "The member Statement is given twice."},
        {R"({"Statements":[]})", "Policy: unknown member Statements"},
        {key_policy({statement(), statement({{"Effect", "allow"}})}), "Statement 2: Effect must be Allow or Deny"},
        {key_policy(statement({{"Effect", nullptr}})), "Statement 1: Effect must be Allow or Deny"},
        {key_policy(statement({{"Principal", nullptr}})),
         "Statement 1: Each statement must contain one or more principals"},
        {key_policy(statement({{"Principal", {{"AWS", "somebody"}}}})),
         "Policy contains a statement with one or more invalid principals."},
        {key_policy(statement({{"Principal", {{"AWS", "arn:aws:iam::111122223333:user/*"}}}})),
         "Policy contains a statement with one or more invalid principals."},
        {key_policy(statement({{"Action", "Get"}})), "Statement 1: an Action must be * or have the form service:Name"},
        {key_policy(statement({{"NotAction", "kms:Encrypt"}})), "Statement 1: Action and NotAction exclude each other"},
        {key_policy(statement({{"Action", 7}})), "Statement 1: Action: must be a string or an array of strings"},
        {key_policy(statement({{"Condition", "x"}})), "Statement 1: Condition must be an object"},
        {key_policy(statement({{"Resources", "*"}})), "Statement 1: unknown member Resources"},
        {key_policy({statement({{"Sid", "a"}}), statement({{"Sid", "a"}})}), "Statement 2: the Sid a is given twice"},
    };
    World world;
    const std::string key = world.create_key();
    const auto before = world.data();
    for (const auto& [text, message] : rows) {
      CHECK(world.call("PutKeyPolicy", {{"KeyId", key}, {"Policy", text}}) ==
            Json{{"__type", "MalformedPolicyDocumentException"}, {"message", message}});
      CHECK(world.data() == before);
    }
  }

  TEST_CASE("a policy that locks its author out is refused, unless that is what they want") {
    World world;
    const std::string key = world.create_key();
    const std::string user = "arn:aws:iam::111122223333:user/x";
    const Json none = statement({{"Principal", {{"AWS", user}}}});
    const Json narrow = statement({{"Action", {"kms:Encrypt", "kms:Get*"}}});
    const Json conditional = statement({{"Condition", {{"Bool", {{"aws:SecureTransport", "false"}}}}}});
    const Json denied = statement({{"Effect", "Deny"}, {"Action", "kms:Put*"}});
    const Json ineffective = statement({{"Resource", nullptr}});
    for (const Json& statements : {Json::array({none}), Json::array({narrow}), Json::array({conditional}),
                                   Json::array({statement(), denied}), Json::array({ineffective})}) {
      Json request{{"KeyId", world.create_key()}, {"Policy", key_policy(statements)}};
      CHECK(world.call("PutKeyPolicy", request)["message"] ==
            "The new key policy will not allow you to update the key policy in the future.");
      request["BypassPolicyLockoutSafetyCheck"] = true;
      CHECK(world.call("PutKeyPolicy", request) == Json::object());
    }
    for (const char* action : {"*", "kms:*", "kms:PutKeyPolicy", "KMS:putkeypolicy", "kms:P?tKey*"}) {
      CHECK(world.call("PutKeyPolicy", {{"KeyId", key}, {"Policy", key_policy(statement({{"Action", action}}))}}) ==
            Json::object());
    }
  }

  TEST_CASE("a policy of more than 32 KiB is too long") {
    World world;
    const std::string key = world.create_key();
    std::string text = key_policy(statement());
    text += std::string(kLongestKeyPolicy - text.size(), ' ');
    CHECK(world.call("PutKeyPolicy", {{"KeyId", key}, {"Policy", text}}) == Json::object());
    CHECK(world.call("PutKeyPolicy", {{"KeyId", key}, {"Policy", text + " "}})["__type"] == "LimitExceededException");
  }
}
