// The list of keys with what may be known of each.
#include "core/ops/vault/key_details.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::kDay;
using kms::testing::World;

namespace {

constexpr const char* kUserX = "arn:aws:iam::111122223333:user/x";

// The one key of a world, as a user sees it whose policy allows these actions.
Json details_for(World& world, std::string_view actions) {
  const std::string policy =
      cat(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":)", actions, "}}");
  world.call("PutPrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "p"}, {"Policy", policy}});
  const auto owner = world.caller;
  world.caller.principal = kUserX;
  Json answer = world.call("ListKeyDetails", Json::object());
  world.caller = owner;
  return answer;
}

}  // namespace

TEST_SUITE("ops/key_details") {
  TEST_CASE("a key is listed with its aliases, and as the operations show it that AWS has for one key") {
    World world;
    const std::string key = world.create_key({{"Description", "app"}});
    world.call("CreateAlias", {{"AliasName", "alias/b"}, {"TargetKeyId", key}});
    world.call("CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", key}});
    world.call("EnableKeyRotation", {{"KeyId", key}});
    world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}});
    const Json keys = world.call("ListKeyDetails", Json::object()).at("Keys");
    REQUIRE(keys.size() == 1);
    const Json& one = keys[0];
    CHECK(one["KeyArn"] == key);
    CHECK(one["AliasNames"] == Json{"alias/a", "alias/b"});
    CHECK(one["KeyMetadata"] == world.call("DescribeKey", {{"KeyId", key}})["KeyMetadata"]);
    const Json rotation = world.call("GetKeyRotationStatus", {{"KeyId", key}});
    CHECK(one["Rotation"]["NextRotationDate"] == rotation["NextRotationDate"]);
    CHECK(one["Rotation"]["RotationPeriodInDays"] == 365);
    CHECK(one["KeyLastUsage"] == world.call("GetKeyLastUsage", {{"KeyId", key}})["KeyLastUsage"]);
    CHECK(one["KeyLastUsage"]["Operation"] == "Encrypt");
  }

  TEST_CASE("a key without aliases, rotation or use has none of them, and one past its deletion date is not listed") {
    World world;
    const std::string key = world.create_key({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    const Json one = world.call("ListKeyDetails", Json::object()).at("Keys").at(0);
    CHECK(one["AliasNames"].empty());
    CHECK(one["Rotation"].empty());
    CHECK(one["KeyLastUsage"].empty());
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
    const Json pending = world.call("ListKeyDetails", Json::object()).at("Keys").at(0);
    CHECK(pending["KeyMetadata"]["KeyState"] == "PendingDeletion");
    CHECK(pending["KeyMetadata"].contains("DeletionDate"));
    world.clock.advance(8 * kDay);
    CHECK(world.call("ListKeyDetails", Json::object()).at("Keys").empty());
  }

  TEST_CASE("who may not list keys is refused") {
    World world;
    world.create_key();
    CHECK(details_for(world, R"("kms:DescribeKey")")["__type"] == "AccessDeniedException");
  }

  TEST_CASE("who may list keys and ask nothing about them sees that they are there, and no more") {
    World world;
    const std::string key = world.create_key({{"Description", "for few"}});
    world.call("CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", key}});
    const Json one = details_for(world, R"("kms:ListKeys")").at("Keys").at(0);
    CHECK(one == Json{{"KeyId", key.substr(key.find('/') + 1)}, {"KeyArn", key}});
  }

  TEST_CASE("each question that the caller may ask about a key shows what it answers, by key and by condition") {
    World world;
    world.create_key();
    const Json described = details_for(world, R"(["kms:ListKeys","kms:DescribeKey"])").at("Keys").at(0);
    CHECK(described.contains("KeyMetadata"));
    CHECK_FALSE(described.contains("AliasNames"));
    CHECK_FALSE(described.contains("Rotation"));
    CHECK_FALSE(described.contains("KeyLastUsage"));
    const Json rest =
        details_for(world, R"(["kms:ListKeys","kms:ListAliases","kms:GetKeyRotationStatus","kms:GetKeyLastUsage"])")
            .at("Keys")
            .at(0);
    CHECK_FALSE(rest.contains("KeyMetadata"));
    CHECK(rest.contains("AliasNames"));
    CHECK(rest.contains("Rotation"));
    CHECK(rest.contains("KeyLastUsage"));
    // The key policy and grants speak of single keys.
    const std::string other = world.create_key();
    world.call("CreateGrant", {{"KeyId", other}, {"GranteePrincipal", kUserX}, {"Operations", {"DescribeKey"}}});
    const Json both = details_for(world, R"("kms:ListKeys")").at("Keys");
    REQUIRE(both.size() == 2);
    for (const Json& one : both) CHECK(one.contains("KeyMetadata") == (one["KeyArn"] == other));
  }

  TEST_CASE("it is one event, whatever the caller may not see") {
    World world;
    for (int i = 0; i < 3; ++i) world.create_key();
    details_for(world, R"("kms:ListKeys")");
    const auto events = world.audited();
    CHECK(events.back()["eventName"] == "ListKeyDetails");
    CHECK_FALSE(events.back().contains("errorCode"));
    CHECK(events[events.size() - 2]["eventName"] == "PutPrincipalPolicy");
  }
}
