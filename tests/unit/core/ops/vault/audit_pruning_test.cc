// Pruning by a call: what goes, what stays, and what the trail tells of it.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/audit/event_text.h"
#include "core/audit/trail_tree.h"
#include "core/base/encoding.h"
#include "core/base/text.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

const AccountRegion kTrailHome{"111122223333", "eu-central-1"};

Time day(int number) {
  return Time(std::chrono::seconds(1'600'000'000) + std::chrono::hours(24) * number);
}

// Ten events a day, from day 0 on.
void add_days(World& world, int days) {
  AuditRecorder recorder;
  const auto transaction = world.store.begin(Access::kWrite);
  for (int i = 0; i < days * 10; ++i) {
    AuditEvent event(day(i / 10), "event", "request");
    event.author = EventAuthor{kTrailHome, AuthorKind::kUser, "arn:aws:iam::111122223333:user/x", "AIDA"};
    event.operation = "Encrypt";
    recorder.append(*transaction, event);
  }
  commit_now(*transaction);
}

Json prune(World& world, Time before, bool preview = false) {
  return world.call("PruneAuditTrail", {{"Before", epoch_seconds(before)}, {"Preview", preview}});
}

std::uint64_t begin_of(World& world) {
  return world.store.begin(Access::kRead)->log_begin(audit_log(kTrailHome));
}

std::string root_at(World& world, std::uint64_t size) {
  const auto transaction = world.store.begin(Access::kRead);
  return encode_base64(TrailTree(*transaction, audit_log(kTrailHome)).root(size));
}

}  // namespace

TEST_SUITE("ops/audit_pruning") {
  TEST_CASE("only groups of which every event is old enough go, and the event of the call tells which") {
    World world;
    add_days(world, 100);
    const std::string root = root_at(world, 512);
    const Json answer = prune(world, day(60));  // 600 events are older, 512 in whole groups
    CHECK(answer.at("Events") == 512);
    CHECK(answer.at("FirstNumber") == 0);
    CHECK(answer.at("LastNumber") == 511);
    CHECK(begin_of(world) == 512);
    const Json event = world.audited().back();
    CHECK(event.at("eventName") == "PruneAuditTrail");
    const Json& told = event.at("additionalEventData");
    CHECK(told.at("firstNumber") == 0);
    CHECK(told.at("lastNumber") == 511);
    CHECK(told.at("rootHash") == root);
    CHECK(root_at(world, 512) == root);
    CHECK(prune(world, day(60)) == Json{{"Events", 0}});
  }

  TEST_CASE("a preview says what would go, and nothing does") {
    World world;
    add_days(world, 100);
    const Json preview = prune(world, day(60), true);
    CHECK(begin_of(world) == 0);
    CHECK(prune(world, day(60)) == preview);
    CHECK(begin_of(world) == 512);
  }

  TEST_CASE("one event that is too young keeps its group and all behind it") {
    World world;
    add_days(world, 30);  // 300
    world.clock.time = day(1000);
    (void)world.call("ListKeys", Json::object());
    const auto events = world.store.records.logs[audit_log(kTrailHome)].size();
    add_days(world, 100);
    CHECK(prune(world, day(500)).at("Events") == 256);
    CHECK(events == 301);
    CHECK(begin_of(world) == 256);
  }

  TEST_CASE("the newest 256 events stay, however late the date is") {
    World world;
    add_days(world, 60);
    CHECK(prune(world, day(100000)).at("Events") == 256);
    add_days(world, 1);
    CHECK(prune(world, day(100000)).at("Events") == 0);
  }

  TEST_CASE("events that were pruned are listed no more, and their proofs refused by name") {
    World world;
    add_days(world, 100);
    (void)prune(world, day(60));
    const Json listed = world.call("ListAuditEvents", {{"FirstNumber", 0}, {"Stored", true}, {"Limit", 1}});
    CHECK(listed.at("Records").at(0).at("Number") == 512);
    CHECK(world.call("GetAuditProof", {{"Number", 5}}).at("message") == "event 5 was pruned");
    const Json verified = world.call("VerifyAuditTrail", Json::object());
    CHECK(verified.at("Problems").empty());
    CHECK(verified.at("Pruned") == 512);
    CHECK(verified.at("FirstTime") == epoch_seconds(day(51)));
    CHECK(world.call("GetAuditCheckpoint", Json::object()).at("Pruned") == 512);
  }

  TEST_CASE("a trail of which nothing was pruned does not speak of that") {
    World world;
    add_days(world, 30);
    for (const char* name : {"VerifyAuditTrail", "GetAuditCheckpoint"}) {
      const Json answer = world.call(name, Json::object());
      CHECK(answer.contains("Size"));
      CHECK_FALSE(answer.contains("Pruned"));
      CHECK_FALSE(answer.contains("FirstTime"));
    }
  }

  TEST_CASE("maintain closes all segments that are due and tells how many, and says nothing of none") {
    World world;
    CHECK_FALSE(world.call("Maintain", Json::object()).contains("SegmentsClosed"));
    world.care.segments_to_close = 3;
    CHECK(world.call("Maintain", Json::object()).at("SegmentsClosed") == 3);
  }
}
