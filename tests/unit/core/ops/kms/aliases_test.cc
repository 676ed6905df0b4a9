#include "core/ops/kms/aliases.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

Json create(World& world, std::string_view name, std::string_view key) {
  return world.call("CreateAlias", {{"AliasName", name}, {"TargetKeyId", key}});
}

}  // namespace

TEST_SUITE("ops/aliases") {
  TEST_CASE("an alias asks for permission on itself and on its key, names the key, moves and goes") {
    World world;
    const std::string key = world.create_key();
    const std::string other = world.create_key();
    world.authorizer.asked.clear();
    CHECK(create(world, "alias/app", key) == Json::object());
    CHECK(world.authorizer.asked ==
          std::vector<std::string>{cat("kms:CreateAlias ", world.caller.home.arn("alias/app")),
                                   cat("kms:CreateAlias ", key)});
    CHECK(world.call("DescribeKey", {{"KeyId", "alias/app"}})["KeyMetadata"]["Arn"] == key);
    CHECK(world.call("UpdateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", other}}) == Json::object());
    CHECK(world.call("DescribeKey", {{"KeyId", "alias/app"}})["KeyMetadata"]["Arn"] == other);
    CHECK(world.call("DeleteAlias", {{"AliasName", "alias/app"}}) == Json::object());
    CHECK(world.call("ListAliases", Json::object())["Aliases"].empty());
  }

  TEST_CASE("an alias does not move to a key that does something else") {
    World world;
    create(world, "alias/app", world.create_key());
    const std::string signer = world.create_key({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    CHECK(world.call("UpdateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", signer}})["__type"] ==
          "ValidationException");
  }

  TEST_CASE("every failure of CreateAlias has its AWS name, changes nothing and is audited") {
    const std::pair<std::string, const char*> rows[] = {{"", "ValidationException"},
                                                        {"alias/a b", "ValidationException"},
                                                        {"alias/" + std::string(251, 'a'), "ValidationException"},
                                                        {"app", "ValidationException"},
                                                        {"alias/aws/app", "ValidationException"},
                                                        {"alias/a:b", "ValidationException"},
                                                        {"alias/taken", "AlreadyExistsException"}};
    for (const auto& row : rows) {
      const auto& [name, error] = row;
      CAPTURE(row.first);
      World world;
      const std::string key = world.create_key();
      create(world, "alias/taken", key);
      const auto before = world.data();
      CHECK(create(world, name, key)["__type"] == error);
      CHECK(world.data() == before);
      CHECK(world.audited().back()["errorCode"] == error);
    }
  }

  TEST_CASE("a key has room for fifty aliases, and ListAliases pages through them") {
    World world;
    const std::string key = world.create_key();
    for (int i = 0; i < 50; ++i) create(world, cat("alias/a", std::to_string(100 + i)), key);
    CHECK(create(world, "alias/more", key)["__type"] == "LimitExceededException");
    const Json first = world.call("ListAliases", {{"Limit", 30}});
    CHECK(first["Aliases"].size() == 30);
    const Json second = world.call("ListAliases", {{"Limit", 30}, {"Marker", first["NextMarker"]}});
    CHECK(second["Aliases"].size() == 20);
    std::set<std::string> names;
    for (const Json& page : {first, second}) {
      for (const Json& alias : page["Aliases"]) names.insert(alias["AliasName"]);
    }
    CHECK(names.size() == 50);
    CHECK(second["Truncated"] == false);
  }

  TEST_CASE("tags are added, given other values, listed and removed") {
    World world;
    const std::string key = world.create_key({{"Tags", {{{"TagKey", "a"}, {"TagValue", "1"}}}}});
    world.call("TagResource",
               {{"KeyId", key}, {"Tags", {{{"TagKey", "a"}, {"TagValue", "2"}}, {{"TagKey", "b"}, {"TagValue", ""}}}}});
    CHECK(world.call("ListResourceTags", {{"KeyId", key}})["Tags"].size() == 2);
    const Json page = world.call("ListResourceTags", {{"KeyId", key}, {"Limit", 1}});
    CHECK(page["Tags"][0] == Json{{"TagKey", "a"}, {"TagValue", "2"}});
    CHECK(world.call("ListResourceTags", {{"KeyId", key}, {"Marker", page["NextMarker"]}})["Tags"][0]["TagKey"] == "b");
    world.call("UntagResource", {{"KeyId", key}, {"TagKeys", {"a", "absent"}}});
    CHECK(world.call("ListResourceTags", {{"KeyId", key}})["Tags"].size() == 1);
  }

  TEST_CASE("without an audit record there is no result") {
    World world;
    const std::string key = world.create_key();
    const auto before = world.data();
    for (const char* operation : {"DescribeKey", "DisableKey"}) {
      world.store.failing_commits = 2;  // the event of the call, and the event of its failure
      CHECK(world.call(operation, {{"KeyId", key}})["__type"] == "KMSInternalException");
    }
    CHECK(world.data() == before);
  }

  TEST_CASE("the trail is filtered by key, event, principal and time, newest last") {
    World world;
    const std::string key = world.create_key();
    world.call("DescribeKey", {{"KeyId", key}});
    world.clock.time += std::chrono::hours(1);
    world.call("DescribeKey", {{"KeyId", key}});
    world.create_key();
    const auto events = [&](const Json& filter) { return world.call("ListAuditEvents", filter).at("Events"); };
    CHECK(events({{"EventName", "DescribeKey"}}).size() == 2);
    CHECK(events({{"KeyId", key}}).size() == 3);
    CHECK(events({{"EventName", "CreateKey"}, {"Limit", 1}})[0]["eventTime"] == "2023-11-14T23:13:20Z");
    CHECK(events({{"EventName", "DescribeKey"}, {"StartTime", "2023-11-14T23:00:00Z"}}).size() == 1);
    CHECK(events({{"Principal", "user/nobody"}}).empty());
    CHECK(world.call("ListAuditEvents", {{"StartTime", "soon"}})["__type"] == "ValidationException");
  }
}
