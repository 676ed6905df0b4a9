// What can be left out of the trail, and what cannot.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

std::ptrdiff_t count_of(const World& world, std::string_view name) {
  const auto events = world.audited();
  return std::count_if(events.begin(), events.end(), [&](const Json& event) { return event.at("eventName") == name; });
}

void look(World& world) {
  CHECK(world.call("ListAuditEvents", Json::object()).contains("Events"));
}

}  // namespace

TEST_SUITE("ops/audit settings") {
  TEST_CASE("looks at the trail are in it until its owner says otherwise, and again when he says so") {
    World world;
    CHECK(world.call("GetAuditSettings", Json::object()).at("RecordReads") == true);
    look(world);
    CHECK(count_of(world, "ListAuditEvents") == 1);
    CHECK(world.call("PutAuditSettings", {{"RecordReads", false}}).at("RecordReads") == false);
    for (int i = 0; i < 3; ++i) look(world);
    CHECK(count_of(world, "ListAuditEvents") == 1);
    CHECK(world.call("GetAuditSettings", Json::object()).at("RecordReads") == false);
    CHECK(count_of(world, "GetAuditSettings") == 2);
    world.call("PutAuditSettings", {{"RecordReads", true}});
    look(world);
    CHECK(count_of(world, "ListAuditEvents") == 2);
  }

  TEST_CASE("each change tells what was and what is, also where nothing changed") {
    World world;
    for (const bool value : {false, false, true}) world.call("PutAuditSettings", {{"RecordReads", value}});
    const auto events = world.audited();
    REQUIRE(count_of(world, "PutAuditSettings") == 3);
    const auto change = [&](std::size_t number) { return events.at(number).at("additionalEventData"); };
    CHECK(change(0) == Json{{"before", {{"recordReads", true}}}, {"after", {{"recordReads", false}}}});
    CHECK(change(1) == Json{{"before", {{"recordReads", false}}}, {"after", {{"recordReads", false}}}});
    CHECK(change(2) == Json{{"before", {{"recordReads", false}}}, {"after", {{"recordReads", true}}}});
  }

  TEST_CASE("for how long events stay is said in days, of which a week is the least, and forever ends it") {
    World world;
    const auto put = [&](const Json& request) { return world.call("PutAuditSettings", request); };
    CHECK_FALSE(world.call("GetAuditSettings", Json::object()).contains("KeepDays"));
    CHECK(put({{"KeepDays", 400}}) == Json{{"RecordReads", true}, {"KeepDays", 400}});
    CHECK(world.call("GetAuditSettings", Json::object()) == Json{{"RecordReads", true}, {"KeepDays", 400}});
    CHECK(put({{"RecordReads", false}}).at("KeepDays") == 400);
    for (const int days : {6, 0, -1, 36501}) {
      CHECK(put({{"KeepDays", days}}).at("__type") == "ValidationException");
    }
    CHECK(put({{"KeepDays", 7}}).at("KeepDays") == 7);
    CHECK(put({{"KeepDays", 7}, {"KeepForever", true}}).at("__type") == "ValidationException");
    CHECK(put({{"KeepForever", false}}).at("__type") == "ValidationException");
    CHECK(world.call("GetAuditSettings", Json::object()).at("KeepDays") == 7);
    CHECK(put({{"KeepForever", true}}) == Json{{"RecordReads", false}});
    const Json change = world.audited().back().at("additionalEventData");
    CHECK(change.at("before").at("keepDays") == 7);
    CHECK_FALSE(change.at("after").contains("keepDays"));
  }

  TEST_CASE("looks that are denied or fail are in the trail all the same, and so is all else") {
    World world;
    const std::string key = world.create_key();
    world.call("PutAuditSettings", {{"RecordReads", false}});
    CHECK(world.call("ListAuditEvents", {{"Limit", 0}}).at("__type") == "ValidationException");
    CHECK(world.call("ListAuditEvents", {{"Marker", "forged"}}).at("__type") == "InvalidMarkerException");
    CHECK(world.call("ListAuditEvents", {{"KeyId", "alias/absent"}}).at("__type") == "NotFoundException");
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    CHECK(world.call("ListAuditEvents", Json::object()).at("__type") == "AccessDeniedException");
    CHECK(world.call("PutAuditSettings", {{"RecordReads", true}}).at("__type") == "AccessDeniedException");
    CHECK(count_of(world, "ListAuditEvents") == 4);
    CHECK(count_of(world, "PutAuditSettings") == 2);
    world.caller.principal = "arn:aws:iam::111122223333:root";
    std::set<std::string_view> looks;
    for (const Operation& row : operations()) {
      if (row.looks_at_trail) looks.insert(row.name);
    }
    // The pieces of a backup have the event of BackupVault, whatever is set.
    CHECK(looks == std::set<std::string_view>{"EndBackup", "GetAuditRange", "GetAuditUsage", "ListAuditEvents",
                                              "LookupEvents", "ReadBackup", "VerifyAuditTrail"});
    world.call("DescribeKey", {{"KeyId", key}});
    CHECK(count_of(world, "DescribeKey") == 1);
  }

  TEST_CASE("who sets nothing is told what there is to set") {
    World world;
    const Json answer = world.call("PutAuditSettings", Json::object());
    CHECK(answer.at("__type") == "ValidationException");
    CHECK(answer.at("message").get<std::string>().find("RecordReads") != std::string::npos);
  }

  TEST_CASE("who follows a trail that is quiet adds nothing to it, and who finds something is in it") {
    World world;
    world.create_key();
    const auto follow = [&](int from) {
      return world.call("ListAuditEvents", {{"FirstNumber", from}, {"Follow", true}}).at("Events").size();
    };
    for (int i = 0; i < 5; ++i) CHECK(follow(1) == 0);
    CHECK(count_of(world, "ListAuditEvents") == 0);
    CHECK(follow(0) == 1);
    CHECK(count_of(world, "ListAuditEvents") == 1);
    for (int i = 0; i < 5; ++i) CHECK(follow(1) == 0);  // there is that event, and a follower is not shown it
    CHECK(count_of(world, "ListAuditEvents") == 1);
    CHECK(world.call("ListAuditEvents", Json::object()).at("Events").size() == 2);  // everybody else is
    CHECK(world.call("ListAuditEvents", {{"Follow", true}}).at("__type") == "ValidationException");
  }

  TEST_CASE("a name that looks like a follower's question hides nothing from who follows") {
    World world;
    const Json forged{{"EventName", R"(","follow":true)"}, {"Principal", R"("follow":true)"}};
    CHECK(world.call("ListAuditEvents", forged).contains("Events"));
    CHECK(world.call("ListAuditEvents", {{"FirstNumber", 0}, {"Follow", true}}).at("Events").size() == 1);
  }
}
