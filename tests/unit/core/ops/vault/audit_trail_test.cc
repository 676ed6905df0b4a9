// ListAuditEvents: pages from the newest event to the oldest.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "core/audit/event_text.h"
#include "core/audit/recorder.h"
#include "core/audit/trail.h"
#include "core/base/text.h"
#include "tests/support/commit.h"
#include "tests/support/effort.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::Manner;
using kms::testing::World;

namespace {

// Encrypts by user/x, a second apart, which the tests did not make through calls; each 4,000th is a DisableKey.
void fill(World& world, int count, std::size_t parameter_size = 0) {
  AuditRecorder recorder;
  const auto transaction = world.store.begin(Access::kWrite);
  for (int i = 0; i < count; ++i) {
    AuditEvent event(world.clock.time, cat("event-", std::to_string(i)), "request");
    event.author = EventAuthor{world.caller.home, AuthorKind::kUser, "arn:aws:iam::111122223333:user/x", "AIDA"};
    event.operation = i % 4000 == 3999 ? "DisableKey" : "Encrypt";
    if (parameter_size > 0) *event.request_parameters = {{"context", std::string(parameter_size, 'x')}};
    recorder.append(*transaction, event);
    world.clock.advance(std::chrono::seconds(1));
  }
  commit_now(*transaction);
}

std::vector<std::string> ids(const Json& page) {
  std::vector<std::string> out;
  for (const Json& event : page.at("Events")) out.push_back(event.at("eventID"));
  return out;
}

}  // namespace

TEST_SUITE("ops/audit_trail") {
  TEST_CASE("pages of any size give each event once, newest page first, while calls add to the trail") {
    World world;
    std::mt19937 chance(5);
    const std::string key = world.create_key();
    for (int turn = 0; turn < repetitions(8); ++turn) {
      for (int i = 0; i < 25; ++i) world.call(i % 3 == 0 ? "DescribeKey" : "GetKeyPolicy", {{"KeyId", key}});
      Json request{{"EventName", "DescribeKey"}};
      if (turn % 4 == 1) request = Json::object();
      if (turn % 4 == 2) request = {{"KeyId", key}};
      std::vector<std::string> expected;
      for (const Json& event : world.audited()) {
        if (request.contains("EventName") && event["eventName"] != "DescribeKey") continue;
        const auto about = event.find("resources");
        if (request.contains("KeyId") && (about == event.end() || (*about)[0]["ARN"] != key)) continue;
        expected.push_back(event["eventID"]);
      }
      std::vector<std::string> found;
      for (;;) {
        request["Limit"] = std::uniform_int_distribution<int>(1, 30)(chance);
        const Json page = world.call("ListAuditEvents", request);
        const auto of_page = ids(page);
        CHECK(of_page.size() <= request["Limit"]);
        found.insert(found.begin(), of_page.begin(), of_page.end());
        CHECK(page.contains("NextMarker") == page["Truncated"]);
        if (!page["Truncated"]) break;
        request["Marker"] = page["NextMarker"];
        world.call("DescribeKey", {{"KeyId", key}});
      }
      CHECK(found == expected);
    }
  }

  TEST_CASE("a page that has all there is is the last one") {
    World world;
    for (int i = 0; i < 3; ++i) world.create_key();
    CHECK(world.call("ListAuditEvents", {{"EventName", "CreateKey"}, {"Limit", 3}})["Truncated"] == false);
    CHECK(world.call("ListAuditEvents", {{"EventName", "CreateKey"}, {"Limit", 2}})["Truncated"] == true);
    CHECK(world.call("ListAuditEvents", {{"EventName", "Sign"}})["Truncated"] == false);
  }

  TEST_CASE("no page is longer than a thousand events or a few megabytes, whatever is asked for") {
    World world;
    fill(world, 1200);
    CHECK(world.call("ListAuditEvents", {{"Limit", 1000000}})["Events"].size() == 1000);
    fill(world, 900, 8000);
    const Json page = world.call("ListAuditEvents", {{"Limit", 1000000}});
    CHECK(page["Events"].size() < 600);
    CHECK(page["Truncated"] == true);
  }

  TEST_CASE("a marker is one that a page of this trail had, or none") {
    World world;
    for (int i = 0; i < 3; ++i) world.create_key();
    const std::string marker = world.call("ListAuditEvents", {{"Limit", 1}})["NextMarker"];
    for (const char* wrong : {"AAAA", "YXVkaXQvMTExMTIyMjIzMzMzL2V1LWNlbnRyYWwtMTow",
                              "YXVkaXQvMTExMTIyMjIzMzMzL2V1LWNlbnRyYWwtMTo5OTk5OQ=="}) {
      CHECK(world.call("ListAuditEvents", {{"Marker", wrong}})["__type"] == "InvalidMarkerException");
    }
    CHECK(world.call("ListAuditEvents", {{"Marker", marker}}).contains("Events"));
    world.call("AddRegion", {{"Region", "us-east-1"}});
    world.caller.home.region = "us-east-1";
    CHECK(world.call("ListAuditEvents", {{"Marker", marker}})["__type"] == "InvalidMarkerException");
  }

  TEST_CASE("events are found by how they ended, by whether they changed something, and by their id") {
    World world;
    const std::string key = world.create_key();
    world.call("DisableKey", {{"KeyId", key}});
    world.call("DescribeKey", {{"KeyId", std::string(kms::testing::kAbsentKeyId)}});
    world.authorizer.denied = {"kms:EnableKey"};
    world.call("EnableKey", {{"KeyId", key}});
    const auto names = [&](const Json& request) {
      std::vector<std::string> found;
      const Json page = world.call("ListAuditEvents", request);
      for (const Json& event : page.at("Events")) {
        if (event["eventName"] != "ListAuditEvents") found.push_back(event["eventName"]);
      }
      return found;
    };
    using Names = std::vector<std::string>;
    CHECK(names({{"Errors", true}}) == Names{"DescribeKey", "EnableKey"});
    CHECK(names({{"Denied", true}}) == Names{"EnableKey"});
    CHECK(names({{"Errors", false}}) == Names{"CreateKey", "DisableKey"});
    CHECK(names({{"Denied", false}}) == Names{"CreateKey", "DisableKey", "DescribeKey"});
    CHECK(names({{"Errors", true}, {"Denied", false}}) == Names{"DescribeKey"});
    CHECK(names({{"ReadOnly", "true"}}) == Names{"DescribeKey"});
    CHECK(names({{"ReadOnly", "false"}}) == Names{"CreateKey", "DisableKey", "EnableKey"});
    CHECK(names({{"EventId", world.audited().at(1)["eventID"]}}) == Names{"DisableKey"});
    CHECK(names({{"EventId", "none"}}).empty());
    CHECK(world.call("ListAuditEvents", {{"Errors", false}, {"Denied", true}})["__type"] == "ValidationException");
    CHECK(world.call("ListAuditEvents", {{"ReadOnly", "perhaps"}})["__type"] == "ValidationException");
  }

  TEST_CASE("from a number on the list goes to newer events, and each text is that of the trail to the byte") {
    World world;
    for (int i = 0; i < 20; ++i) world.create_key();
    std::vector<std::string> texts;
    std::vector<std::int64_t> found;
    Json request{{"FirstNumber", 3}, {"Stored", true}, {"Limit", 4}, {"EventName", "CreateKey"}};
    for (bool more = true; more;) {
      const Json page = world.call("ListAuditEvents", request);
      CHECK(page.at("Events").empty());
      for (const Json& record : page.at("Records")) {
        found.push_back(record.at("Number"));
        texts.push_back(record.at("Text"));
      }
      more = page.at("Truncated");
      if (more) request["Marker"] = page.at("NextMarker");
    }
    REQUIRE(found.size() == 17);
    const auto& trail = world.store.records.logs.at(audit_log(world.caller.home));
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i] == static_cast<std::int64_t>(i + 3));
      CHECK(texts[i] == trail.at(i + 3));
    }
    CHECK(world.call("ListAuditEvents", {{"FirstNumber", 1000}})["Events"].empty());
    CHECK_FALSE(world.call("ListAuditEvents", Json::object()).contains("Records"));
    CHECK(world.call("ListAuditEvents", {{"FirstNumber", -1}})["__type"] == "ValidationException");
  }

  TEST_CASE("a list that finds little opens the trail once; the next one opens what it answers, and the end") {
    World world;
    world.store.manner = Manner::kPlain;
    constexpr std::uint64_t kEvents = 12 * kStretch;
    fill(world, static_cast<int>(kEvents));
    const auto opened = [&](const Json& request, std::size_t found) {
      const std::uint64_t before = world.store.opened;
      const Json page = world.call("ListAuditEvents", request);
      CHECK(page["Events"].size() == found);
      return world.store.opened - before;
    };
    const Json rare{{"EventName", "DisableKey"}};
    const Json new_ones{{"StartTime", iso_seconds(world.clock.time - std::chrono::seconds(5))},
                        {"EventName", "Encrypt"}};
    CHECK(opened(rare, 3) > kEvents);
    CHECK(opened(rare, 3) < 100);
    CHECK(opened({{"EventName", "Sign"}}, 0) < 100);
    CHECK(opened({{"Principal", "user/y"}}, 0) < 100);
    CHECK(opened(new_ones, 5) < 100);
    CHECK(opened({{"Limit", 10}}, 10) < 400);
  }

  TEST_CASE("what a list learned of the trail stays with its event; a list that fails leaves nothing") {
    World world;
    fill(world, 1500);
    world.clock.time -= std::chrono::seconds(1500);  // it is not time for upkeep to make one
    const auto indexes = [&] {
      return std::count_if(world.store.records.values.begin(), world.store.records.values.end(),
                           [](const auto& record) { return record.first.first.starts_with("stretches/"); });
    };
    CHECK(world.call("ListAuditEvents", {{"EventName", "Sign"}, {"Marker", "AAAA"}}).contains("__type"));
    CHECK(world.call("ListAuditEvents", {{"Limit", 1000}}).contains("Events"));
    CHECK(indexes() == 0);
    CHECK(world.call("ListAuditEvents", {{"EventName", "Sign"}})["Events"].empty());
    CHECK(indexes() == 1);
  }
}
