// LookupEvents as CloudTrail answers it: newest first, one attribute, pages.
#include "core/ops/vault/lookup_events.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

Json attribute(const char* key, const std::string& value) {
  return {{"LookupAttributes", {{{"AttributeKey", key}, {"AttributeValue", value}}}}};
}

std::vector<std::string> names_looked_up(World& world, const Json& request) {
  std::vector<std::string> names;
  const Json answer = world.call("LookupEvents", request);
  INFO(answer.dump());
  REQUIRE(answer.contains("Events"));
  for (const Json& event : answer.at("Events")) names.push_back(event.at("EventName"));
  return names;
}

std::string lookup_error(World& world, const Json& request) {
  return world.call("LookupEvents", request).value("__type", "none");
}

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("ops/lookup_events") {
  TEST_CASE("an event says what CloudTrail says, with the record as a text") {
    World world;
    const std::string key = world.create_key();
    world.call("DisableKey", {{"KeyId", key}});
    const Json event = world.call("LookupEvents", Json::object()).at("Events").at(0);
    const Json stored = world.audited().at(1);
    CHECK(event.at("EventName") == "DisableKey");
    CHECK(event.at("EventId") == stored.at("eventID"));
    CHECK(event.at("ReadOnly") == "false");
    CHECK(event.at("EventSource") == "kms.amazonaws.com");
    CHECK(event.at("EventTime") == 1'700'000'000);
    CHECK(event.at("Username") == "root");
    CHECK_FALSE(event.contains("AccessKeyId"));
    CHECK(event.at("Resources") == Json{{{"ResourceType", "AWS::KMS::Key"}, {"ResourceName", key}}});
    CHECK(Json::parse(event.at("CloudTrailEvent").get<std::string>()) == stored);
    CHECK(world.audited().back().at("eventSource") == "cloudtrail.amazonaws.com");
  }

  TEST_CASE("each attribute finds what it names") {
    World world;
    const std::string key = world.create_key();
    const std::string other = world.create_key();
    world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}});
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    world.call("DisableKey", {{"KeyId", other}});
    world.caller.principal = "arn:aws:iam::111122223333:root";
    const std::string id = world.audited().at(0).at("eventID");
    CHECK(names_looked_up(world, attribute("EventId", id)) == Names{"CreateKey"});
    CHECK(names_looked_up(world, attribute("EventName", "CreateKey")) == Names{"CreateKey", "CreateKey"});
    CHECK(names_looked_up(world, attribute("Username", "x")) == Names{"DisableKey"});
    CHECK(names_looked_up(world, attribute("ResourceName", key)) == Names{"CreateAlias", "CreateKey"});
    CHECK(names_looked_up(world, attribute("ResourceName", key.substr(key.find('/') + 1))) ==
          Names{"CreateAlias", "CreateKey"});
    CHECK(names_looked_up(world, attribute("ResourceName", "alias/app")) == Names{"CreateAlias"});
    CHECK(names_looked_up(world, attribute("ResourceType", "AWS::KMS::Alias")) == Names{"CreateAlias"});
    CHECK(names_looked_up(world, attribute("EventSource", "kms.amazonaws.com")).size() == 4);
    CHECK(names_looked_up(world, attribute("ReadOnly", "false")) ==
          Names{"DisableKey", "CreateAlias", "CreateKey", "CreateKey"});
    CHECK(names_looked_up(world, attribute("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")).empty());
  }

  TEST_CASE("times are bounds to the second, both included") {
    World world;
    for (int i = 0; i < 4; ++i) {
      world.create_key();
      world.clock.advance(std::chrono::seconds(10));
    }
    const std::int64_t start = 1'700'000'000;
    CHECK(names_looked_up(world, {{"StartTime", start + 10}, {"EndTime", start + 20}}) ==
          Names{"CreateKey", "CreateKey"});
    CHECK(lookup_error(world, {{"StartTime", start + 1}, {"EndTime", start}}) == "InvalidTimeRangeException");
  }

  TEST_CASE("pages follow one another while calls add to the trail, until there is none") {
    World world;
    for (int i = 0; i < 23; ++i) world.create_key();
    Json request = attribute("EventName", "CreateKey");
    request["MaxResults"] = 5;
    std::vector<std::string> ids;
    for (;;) {
      const Json page = world.call("LookupEvents", request);
      for (const Json& event : page.at("Events")) ids.push_back(event.at("EventId"));
      world.call("ListKeys", Json::object());
      if (!page.contains("NextToken")) break;
      request["NextToken"] = page.at("NextToken");
    }
    REQUIRE(ids.size() == 23);
    CHECK(ids.back() == world.audited().at(0).at("eventID"));
  }

  TEST_CASE("what makes no sense has CloudTrail's error") {
    World world;
    world.create_key();
    const Json two{{"LookupAttributes",
                    {{{"AttributeKey", "EventName"}, {"AttributeValue", "a"}},
                     {{"AttributeKey", "EventId"}, {"AttributeValue", "b"}}}}};
    CHECK(lookup_error(world, two) == "InvalidLookupAttributesException");
    CHECK(lookup_error(world, attribute("ReadOnly", "maybe")) == "InvalidLookupAttributesException");
    CHECK(lookup_error(world, {{"MaxResults", 51}}) == "InvalidMaxResultsException");
    CHECK(lookup_error(world, {{"MaxResults", 0}}) == "InvalidMaxResultsException");
    CHECK(lookup_error(world, {{"NextToken", "bm9uZQ=="}}) == "InvalidNextTokenException");
    world.authorizer.denied = {"cloudtrail:LookupEvents"};
    CHECK(lookup_error(world, Json::object()) == "AccessDeniedException");
  }
}
