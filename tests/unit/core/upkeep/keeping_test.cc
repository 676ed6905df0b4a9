// Events that are older than their account keeps them go by themselves: when, how far, and what the trail tells of it.
#include "core/upkeep/keeping.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/audit/event_text.h"
#include "core/audit/stretch_index.h"
#include "core/audit/trail_tree.h"
#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/upkeep/trail_indexes.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::kDay;
using kms::testing::World;
using std::chrono::hours;

namespace {

const AccountRegion kKeptHome{"111122223333", "eu-central-1"};
const std::string kKeptLog = audit_log(kKeptHome);

// From `age` days ago on, ten a day.
void add_aged(World& world, int age, std::uint64_t count, const AccountRegion& home = kKeptHome) {
  AuditRecorder recorder;
  const auto transaction = world.store.begin(Access::kWrite);
  for (std::uint64_t i = 0; i < count; ++i) {
    AuditEvent event(world.clock.time - kDay * age + std::chrono::minutes(144) * static_cast<int>(i), "event",
                     "request");
    event.author = EventAuthor{home, AuthorKind::kUser, cat("arn:aws:iam::", home.account, ":user/x"), "AIDA"};
    event.operation = "Encrypt";
    recorder.append(*transaction, event);
  }
  commit_now(*transaction);
}

std::uint64_t kept_from(World& world, const AccountRegion& home = kKeptHome) {
  return world.store.begin(Access::kRead)->log_begin(audit_log(home));
}

void keep(World& world, int days) {
  CHECK(world.call("PutAuditSettings", {{"KeepDays", days}}).at("KeepDays") == days);
}

Json maintain(World& world) {
  return world.call("Maintain", Json::object());
}

std::vector<Json> prunings(const World& world) {
  std::vector<Json> found;
  for (const Json& event : world.audited()) {
    if (event.at("eventName") == "PruneAuditTrail") found.push_back(event);
  }
  return found;
}

// As a command does now and then.
void use(World& world) {
  CHECK(world.call("ListKeys", Json::object()).contains("Keys"));
}

}  // namespace

TEST_SUITE("upkeep/keeping") {
  TEST_CASE("what is too old at two sights a day apart goes, with an event that tells of it, and the head verifies") {
    World world;
    add_aged(world, 100, 1000);
    const std::string root = [&] {
      const auto transaction = world.store.begin(Access::kRead);
      return encode_base64(TrailTree(*transaction, kKeptLog).root(512));
    }();
    keep(world, 40);
    const Json first = maintain(world);
    CHECK_FALSE(first.contains("EventsPruned"));
    CHECK(first.at("EventsWaiting") == 512);  // 600 are older
    CHECK(kept_from(world) == 0);
    world.clock.advance(kDay - hours(1));
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    world.clock.advance(hours(1));
    CHECK(maintain(world).at("EventsPruned") == 512);
    CHECK(kept_from(world) == 512);
    REQUIRE(prunings(world).size() == 1);
    const Json event = prunings(world).front();
    CHECK(event.at("userIdentity").at("type") == "AWSService");
    const Json& told = event.at("serviceEventDetails");
    CHECK(told.at("firstNumber") == 0);
    CHECK(told.at("lastNumber") == 511);
    CHECK(told.at("rootHash") == root);
    CHECK(told.at("keepDays") == 40);
    CHECK(world.call("VerifyAuditTrail", Json::object()).at("Problems").empty());
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    CHECK(prunings(world).size() == 1);
  }

  TEST_CASE("calls that only come by prune as well, day by day") {
    World world;
    add_aged(world, 100, 1000);
    keep(world, 40);
    use(world);
    world.clock.advance(kDay);
    use(world);
    CHECK(kept_from(world) == 512);
    for (int day = 0; day < 30; ++day) {
      world.clock.advance(kDay);
      use(world);
      world.clock.advance(hours(1));
      use(world);
    }
    CHECK(kept_from(world) == 768);
    CHECK(prunings(world).size() == 2);
  }

  TEST_CASE("without a setting nothing goes, however old, and forever ends a setting") {
    World world;
    add_aged(world, 5000, 1000);
    maintain(world);
    world.clock.advance(kDay);
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    keep(world, 40);
    CHECK(maintain(world).at("EventsWaiting") == 512);
    CHECK_FALSE(world.call("PutAuditSettings", {{"KeepForever", true}}).contains("KeepDays"));
    world.clock.advance(kDay * 3);
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    CHECK(kept_from(world) == 0);
  }

  TEST_CASE("a change of the setting begins the day anew") {
    World world;
    add_aged(world, 100, 1000);
    keep(world, 90);
    maintain(world);
    world.clock.advance(kDay);
    keep(world, 40);
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    CHECK(kept_from(world) == 0);
    keep(world, 40);  // that is no change
    world.clock.advance(kDay);
    CHECK(maintain(world).at("EventsPruned") == 512);
  }

  TEST_CASE("a clock that is ahead for a while prunes nothing") {
    World world;
    add_aged(world, 30, 300);
    add_aged(world, 0, 300);
    keep(world, 40);
    const Time right = world.clock.time;
    world.clock.time = right + kDay * 3650;
    CHECK(maintain(world).at("EventsWaiting") > 0);
    world.clock.time = right;
    for (int day = 0; day < 3; ++day) {
      world.clock.advance(kDay);
      const Json answer = maintain(world);  // behind a time that the clock has shown
      CHECK(answer.at("ClockWentBack") == true);
      CHECK_FALSE(answer.contains("EventsPruned"));
    }
    CHECK(world.call("AcceptClock", Json::object()) == Json::object());
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    world.clock.advance(kDay);
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    CHECK(kept_from(world) == 0);
  }

  TEST_CASE("a day of the wall clock alone is no day between two sights") {
    World world;
    add_aged(world, 100, 1000);
    keep(world, 40);
    maintain(world);
    world.clock.time += kDay * 5;
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    CHECK(kept_from(world) == 0);
  }

  TEST_CASE("while the clock is behind, what was seen before it went back waits, and goes when it has caught up") {
    World world;
    add_aged(world, 100, 1000);
    keep(world, 40);
    maintain(world);
    world.clock.advance(hours(20));
    use(world);
    world.clock.time -= hours(19);
    world.clock.advance(hours(6));  // a day since the first sight, by the clock that nobody sets
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    CHECK(kept_from(world) == 0);
    world.clock.advance(hours(13));
    CHECK(maintain(world).at("EventsPruned") == 512);
  }

  TEST_CASE("what was seen by a clock that was ahead is no first sight, also of what is too old without it") {
    World world;
    add_aged(world, 100, 1000);
    keep(world, 40);
    const Time right = world.clock.time;
    world.clock.time = right + kDay * 3650;
    maintain(world);
    world.clock.time = right;
    CHECK(world.call("AcceptClock", Json::object()) == Json::object());
    world.clock.advance(kDay);
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
    world.clock.advance(kDay);
    CHECK(maintain(world).at("EventsPruned") == 512);
  }

  TEST_CASE("what was young at the first sight waits for a day of its own") {
    World world;
    add_aged(world, 100, 1500);  // up to 50 days from now
    keep(world, 24);             // of the third group some events are younger
    CHECK(maintain(world).at("EventsWaiting") == 512);
    world.clock.advance(kDay);  // and none is any more
    const Json answer = maintain(world);
    CHECK(answer.at("EventsPruned") == 512);
    CHECK(answer.at("EventsWaiting") == 256);
    CHECK(kept_from(world) == 512);
    world.clock.advance(kDay);
    CHECK(maintain(world).at("EventsPruned") == 256);
  }

  TEST_CASE("confirming destructions confirms no pruning") {
    World world;
    add_aged(world, 100, 1000);
    keep(world, 40);
    CHECK_FALSE(world.call("Maintain", {{"ConfirmDestroy", true}}).contains("EventsPruned"));
    CHECK(kept_from(world) == 0);
  }

  TEST_CASE("an event that is too young keeps all behind it") {
    World world;
    add_aged(world, 100, 100);
    add_aged(world, 5, 1);
    add_aged(world, 100, 900);
    keep(world, 40);
    CHECK_FALSE(maintain(world).contains("EventsWaiting"));
    world.clock.advance(kDay);
    CHECK_FALSE(maintain(world).contains("EventsPruned"));
  }

  TEST_CASE("a trail that somebody pruned by hand between the sights goes on from there") {
    World world;
    add_aged(world, 200, 1500);  // the last is 50 days old
    keep(world, 40);
    CHECK(maintain(world).at("EventsWaiting") == 1024);
    const Json by_hand{{"Before", epoch_seconds(world.clock.time - kDay * 120)}};
    CHECK(world.call("PruneAuditTrail", by_hand).at("Events") == 768);
    world.clock.advance(kDay);
    CHECK(maintain(world).at("EventsPruned") == 256);
    CHECK(kept_from(world) == 1024);
  }
}

TEST_SUITE("upkeep/keeping of many") {
  TEST_CASE("a call that comes by prunes no more than it may read, and those that follow the rest") {
    World world;
    world.store.manner = kms::testing::Manner::kPlain;
    add_aged(world, 11000, 100 * kStretch);
    keep(world, 7);
    index_all_trails(world.store);
    const auto begin_after_call = [&] {
      const std::uint64_t before = world.store.opened;
      use(world);
      CHECK(world.store.opened - before < 3 * kStretch);
      world.clock.advance(std::chrono::seconds(1));
      return kept_from(world);
    };
    for (int i = 0; i < 10; ++i) CHECK(begin_after_call() == 0);  // the first sight takes several
    world.clock.advance(kDay);
    CHECK(begin_after_call() == 64 * kStretch);
    CHECK(begin_after_call() == 100 * kStretch - 256);
    CHECK(prunings(world).size() == 2);
    CHECK_FALSE(StretchIndex::find(*world.store.begin(Access::kRead), kKeptLog, 0).has_value());
  }

  TEST_CASE("a setting of one account prunes no trail of another") {
    World world;
    const AccountRegion other{"444455556666", "eu-central-1"};
    add_aged(world, 100, 1000);
    CHECK_FALSE(world.call("CreateAccount", {{"AccountId", other.account}}).contains("__type"));
    add_aged(world, 100, 1000, other);
    keep(world, 40);
    maintain(world);
    world.clock.advance(kDay);
    CHECK(maintain(world).at("EventsPruned") == 512);
    CHECK(kept_from(world) == 512);
    CHECK(kept_from(world, other) == 0);
  }
}
