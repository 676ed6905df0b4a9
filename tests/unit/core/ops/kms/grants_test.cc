#include "core/ops/kms/grants.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr const char* kUser = "arn:aws:iam::111122223333:user/x";
constexpr const char* kOther = "arn:aws:iam::111122223333:user/y";

Json terms(const std::string& key, const char* operation = "Encrypt") {
  return {{"KeyId", key}, {"GranteePrincipal", kUser}, {"Operations", {operation}}};
}

constexpr const char* kSource = "arn:aws:sns:us-east-1:111122223333:topic";

// What `principal` is answered, or "ok".
std::string as(World& world, const char* principal, std::string_view operation, const Json& request) {
  const auto before = world.caller;
  world.caller.principal = principal;
  const Json answer = world.call(operation, request);
  world.caller = before;
  return answer.value("__type", "ok");
}

std::string encrypt_as(World& world, const char* principal, const std::string& key) {
  return as(world, principal, "Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}});
}

Json grants(World& world, const std::string& key) {
  return world.call("ListGrants", {{"KeyId", key}})["Grants"];
}

}  // namespace

TEST_SUITE("ops/grants") {
  TEST_CASE("a grant is listed as it was made, and its token never again") {
    World world;
    const std::string key = world.create_key();
    Json request = terms(key);
    request["RetiringPrincipal"] = kOther;
    request["Constraints"] = {{"EncryptionContextSubset", {{"app", "web"}}}};
    const Json made = world.call("CreateGrant", request);
    CHECK(made["GrantId"].get<std::string>().size() == 64);
    const Json list = grants(world, key);
    REQUIRE(list.size() == 1);
    CHECK(list[0] == Json{{"KeyId", key},
                          {"GrantId", made["GrantId"]},
                          {"Name", ""},
                          {"CreationDate", epoch_seconds(world.clock.time)},
                          {"GranteePrincipal", kUser},
                          {"RetiringPrincipal", kOther},
                          {"IssuingAccount", "arn:aws:iam::111122223333:root"},
                          {"Operations", {"Encrypt"}},
                          {"Constraints", {{"EncryptionContextSubset", {{"app", "web"}}}}}});
    const Json event = [&] {
      for (const Json& each : world.audited()) {
        if (each["eventName"] == "CreateGrant") return each;
      }
      return Json();
    }();
    CHECK(event["responseElements"]["grantId"] == made["GrantId"]);
    CHECK(event.dump().find(made["GrantToken"].get<std::string>()) == std::string::npos);
  }

  TEST_CASE("the same terms under the same name are the same grant with another token; without a name, another grant") {
    World world;
    const std::string key = world.create_key();
    Json request = terms(key);
    request["Name"] = "ci";
    const Json first = world.call("CreateGrant", request);
    const Json second = world.call("CreateGrant", request);
    CHECK(first["GrantId"] == second["GrantId"]);
    CHECK(first["GrantToken"] != second["GrantToken"]);
    request["Operations"] = {"Encrypt", "Decrypt"};
    CHECK(world.call("CreateGrant", request)["GrantId"] != first["GrantId"]);
    CHECK(world.call("CreateGrant", terms(key))["GrantId"] != world.call("CreateGrant", terms(key))["GrantId"]);
    CHECK(grants(world, key).size() == 4);
  }

  TEST_CASE("what a grant cannot be is refused, and changes nothing") {
    World world;
    const std::string key = world.create_key();
    const std::string signing = world.create_key({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    const auto with = [&](const char* member, const Json& value) {
      Json request = terms(key);
      request[member] = value;
      return request;
    };
    Json many = Json::object();
    for (int i = 0; i < 9; ++i) many[std::to_string(i)] = "x";
    Json without = terms(key);
    without.erase("GranteePrincipal");
    Json constrained = terms(signing, "Sign");
    constrained["Constraints"] = {{"EncryptionContextEquals", {{"a", "b"}}}};
    const std::pair<Json, const char*> rows[] = {
        {with("Operations", {"Sign"}), "ValidationException"},
        {with("Operations", Json::array()), "ValidationException"},
        {with("Operations", {"Everything"}), "ValidationException"},
        {with("GranteePrincipal", "somebody"), "InvalidArnException"},
        {with("GranteeServicePrincipal", "s3.amazonaws.com.x"), "ValidationException"},
        {with("Constraints", {{"EncryptionContextEquals", Json::object()}}), "ValidationException"},  // never "any"
        {with("Constraints", {{"EncryptionContextSubset", many}}), "ValidationException"},
        {with("Constraints", {{"EncryptionContextSubset", {{"a", std::string(385, 'x')}}}}), "ValidationException"},
        {with("Name", "no spaces"), "ValidationException"},
        {with("GrantTokens", {"AAEC"}), "InvalidGrantTokenException"},
        {with("KeyId", "alias/app"), "NotFoundException"},
        {terms(signing), "ValidationException"},
        {constrained, "ValidationException"},
        {without, "ValidationException"},
    };
    const auto before = world.data();
    for (const auto& row : rows) {
      const auto& [request, error] = row;
      CAPTURE(row.first.dump());
      CHECK(world.call("CreateGrant", request)["__type"] == error);
      CHECK(world.data() == before);
      CHECK(world.audited().back()["errorCode"] == error);
    }
  }

  TEST_CASE("a service needs to say for whom, and who takes the grant back") {
    World world;
    const std::string key = world.create_key();
    Json request{{"KeyId", key}, {"GranteeServicePrincipal", "s3.amazonaws.com"}, {"Operations", {"Encrypt"}}};
    CHECK(world.call("CreateGrant", request)["__type"] == "ValidationException");
    request["RetiringServicePrincipal"] = "s3.amazonaws.com";
    request["Constraints"] = {{"SourceArn", "arn:aws:s3:us-east-1:111122223333:bucket"}};
    CHECK(world.call("CreateGrant", request).contains("GrantId"));
    const Json list = grants(world, key);
    CHECK(list[0]["GranteePrincipal"] == "s3.amazonaws.com");
    CHECK(list[0]["GranteeServicePrincipal"] == "s3.amazonaws.com");
    CHECK(world.call("ListRetirableGrants", {{"RetiringServicePrincipal", "s3.amazonaws.com"}})["Grants"].size() == 1);
  }

  TEST_CASE("a grant is taken back by id, and given back by token or by id") {
    World world;
    const std::string key = world.create_key();
    const Json one = world.call("CreateGrant", terms(key));
    const Json two = world.call("CreateGrant", terms(key));
    const Json three = world.call("CreateGrant", terms(key));
    CHECK(world.call("RevokeGrant", {{"KeyId", key}, {"GrantId", one["GrantId"]}}) == Json::object());
    CHECK(world.call("RetireGrant", {{"GrantToken", two["GrantToken"]}}) == Json::object());
    CHECK(world.call("RetireGrant", {{"KeyId", key}, {"GrantId", three["GrantId"]}}) == Json::object());
    CHECK(world.audited().back()["additionalEventData"]["grantId"] == three["GrantId"]);
    CHECK(grants(world, key).empty());
    CHECK(world.call("RevokeGrant", {{"KeyId", key}, {"GrantId", one["GrantId"]}})["__type"] == "NotFoundException");
    CHECK(world.call("RetireGrant", {{"GrantToken", two["GrantToken"]}})["__type"] == "NotFoundException");
    CHECK(world.call("RetireGrant", {{"GrantToken", "AAEC"}})["__type"] == "InvalidGrantTokenException");
    CHECK(world.call("RetireGrant", {{"KeyId", key}})["__type"] == "ValidationException");
  }

  TEST_CASE("trying it out changes nothing") {
    World world;
    const std::string key = world.create_key();
    Json request = terms(key);
    request["DryRun"] = true;
    CHECK(world.call("CreateGrant", request)["__type"] == "DryRunOperationException");
    const Json made = world.call("CreateGrant", terms(key));
    const Json named{{"KeyId", key}, {"GrantId", made["GrantId"]}, {"DryRun", true}};
    CHECK(world.call("RevokeGrant", named)["__type"] == "DryRunOperationException");
    CHECK(world.call("RetireGrant", named)["__type"] == "DryRunOperationException");
    CHECK(grants(world, key).size() == 1);
  }

  TEST_CASE("the retiring principal may retire without any policy; others may not") {
    World world;
    const std::string key = world.create_key();
    Json request = terms(key);
    request["RetiringPrincipal"] = kOther;
    const Json made = world.call("CreateGrant", request);
    const Json named{{"KeyId", key}, {"GrantId", made["GrantId"]}};
    world.caller.principal = kUser;
    CHECK(world.call("RetireGrant", named)["__type"] == "AccessDeniedException");
    world.caller.principal = kOther;
    world.authorizer.denied.insert("kms:RetireGrant");
    CHECK(world.call("RetireGrant", named)["__type"] == "AccessDeniedException");  // a deny counts all the same
    world.authorizer.denied.clear();
    CHECK(world.call("RetireGrant", named) == Json::object());
  }

  TEST_CASE("a grant with a SourceArn allows nothing to who does not act for that resource") {
    World world;
    const std::string key = world.create_key();
    Json request = terms(key);
    request["Operations"] = {"Encrypt", "DescribeKey", "RetireGrant"};
    request["Constraints"] = {{"SourceArn", kSource}};
    const Json made = world.call("CreateGrant", request);
    CHECK(grants(world, key)[0]["Constraints"] == Json{{"SourceArn", kSource}});
    CHECK(encrypt_as(world, kUser, key) == "AccessDeniedException");
    CHECK(as(world, kUser, "DescribeKey", {{"KeyId", key}}) == "AccessDeniedException");
    const auto explain = [&](const Json& context) {
      return world.call("ExplainAccess",
                        {{"Principal", "user/x"}, {"Action", "kms:Encrypt"}, {"KeyId", key}, {"Context", context}});
    };
    const Json refused = explain(Json::object());
    CHECK(refused["Decision"] == "deny");
    CHECK(refused.dump().find(R"("FailedConditions":["SourceArn"])") != std::string::npos);
    CHECK(explain({{"aws:SourceArn", cat(kSource, "2")}})["Decision"] == "deny");
    CHECK(explain({{"aws:SourceArn", kSource}})["Decision"] == "allow");
    // The constraint is none on giving the grant back.
    CHECK(as(world, kUser, "RetireGrant", {{"KeyId", key}, {"GrantId", made["GrantId"]}}) == "ok");
  }

  TEST_CASE("a grant with a constraint that this version does not know allows nothing") {
    World world;
    const std::string key = world.create_key();
    world.call("CreateGrant", terms(key));
    CHECK(encrypt_as(world, kUser, key) == "ok");
    for (auto& [place, value] : world.store.records.values) {
      if (!place.first.starts_with("grant/")) continue;
      Json record = Json::parse(value);
      record["not_after"] = 1;
      value = record.dump();
    }
    World reader;  // nothing of the first one's memory
    reader.store.records = world.store.records;
    CHECK(encrypt_as(reader, kUser, key) == "AccessDeniedException");
    CHECK(grants(reader, key).size() == 1);
    const std::string id = grants(reader, key)[0]["GrantId"];
    CHECK(reader.call("RevokeGrant", {{"KeyId", key}, {"GrantId", id}}) == Json::object());
  }

  TEST_CASE("a grant made by a grant is as strict as that one in every constraint") {
    const GrantConstraints none;
    const GrantConstraints subset{{{"a", "1"}}, {}, "", false};
    const GrantConstraints more{{{"a", "1"}, {"b", "2"}}, {}, "", false};
    const GrantConstraints equals{{}, {{"a", "1"}}, "", false};
    const GrantConstraints source{{}, {}, kSource, false};
    const GrantConstraints other_source{{}, {}, cat(kSource, "2"), false};
    const GrantConstraints all{{{"a", "1"}}, {{"a", "1"}}, kSource, false};
    const GrantConstraints unknown{{}, {}, "", true};
    const std::pair<const GrantConstraints*, std::vector<const GrantConstraints*>> rows[] = {
        {&none, {&none, &subset, &more, &equals, &source, &other_source, &all, &unknown}},
        {&subset, {&subset, &more, &equals, &all}},
        {&more, {&more}},
        {&equals, {&equals, &all}},
        {&source, {&source, &all}},
        {&all, {&all}},
        {&unknown, {}},
    };
    const std::vector<const GrantConstraints*> every{&none,   &subset,       &more, &equals,
                                                     &source, &other_source, &all,  &unknown};
    for (const auto& [parent, within] : rows) {
      for (const GrantConstraints* child : every) {
        const bool expected = std::find(within.begin(), within.end(), child) != within.end();
        CHECK(child->imply(*parent) == expected);
      }
    }
  }

  TEST_CASE("a token is accepted where the API takes one, if this vault gave it out") {
    World world;
    const std::string key = world.create_key();
    const Json token = world.call("CreateGrant", terms(key))["GrantToken"];
    CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}, {"GrantTokens", {token}}})
              .contains("CiphertextBlob"));
    World other;
    CHECK(other.call("Encrypt",
                     {{"KeyId", other.create_key()}, {"Plaintext", "AAEC"}, {"GrantTokens", {token}}})["__type"] ==
          "InvalidGrantTokenException");
  }
}
