// Upkeep makes indexes of the trail that no list has made, some at a time, and costs nothing while there are none.
#include "core/upkeep/trail_indexes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/audit/event_text.h"
#include "core/audit/stretch_index.h"
#include "core/base/text.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::Manner;
using kms::testing::World;

namespace {

void add_events(World& world, std::uint64_t count) {
  const auto transaction = world.store.begin(Access::kWrite);
  AuditEvent event(world.clock.time, "id", "request");
  event.author = EventAuthor{world.caller.home, AuthorKind::kUser, "arn:aws:iam::111122223333:user/x", "AIDA"};
  event.operation = "Encrypt";
  const AuditRecord record = record_of(event);
  for (std::uint64_t i = 0; i < count; ++i) transaction->append(record.logs.front(), record.text);
  commit_now(*transaction);
}

std::vector<std::uint64_t> indexed(World& world) {
  const auto transaction = world.store.begin(Access::kRead);
  const std::string log = audit_log(world.caller.home);
  std::vector<std::uint64_t> found;
  for (std::uint64_t stretch = 0; stretch < transaction->log_size(log) / kStretch; ++stretch) {
    if (StretchIndex::find(*transaction, log, stretch)) found.push_back(stretch);
  }
  return found;
}

using Stretches = std::vector<std::uint64_t>;

}  // namespace

TEST_SUITE("upkeep/trail_indexes") {
  TEST_CASE("whole stretches are indexed, the oldest first, so many a call that comes by") {
    World world;
    world.store.manner = Manner::kPlain;
    add_events(world, 6 * kStretch + 100);
    world.call("ListKeys", Json::object());
    CHECK(indexed(world).empty());  // it is not time to look
    world.clock.advance(std::chrono::minutes(11));
    world.call("ListKeys", Json::object());
    CHECK(indexed(world) == Stretches{0, 1, 2, 3});
    world.call("ListKeys", Json::object());
    CHECK(indexed(world).size() == 4);
    world.clock.advance(std::chrono::seconds(1));
    world.call("ListKeys", Json::object());
    CHECK(indexed(world) == Stretches{0, 1, 2, 3, 4, 5});
  }

  TEST_CASE("maintain indexes all there is") {
    World world;
    add_events(world, 70 * kStretch);
    CHECK(world.call("Maintain", Json::object())["Rotated"] == 0);
    CHECK(indexed(world).size() == 70);
  }

  TEST_CASE("where nothing is left, a look opens a handful of records, and a call without one none of them") {
    World world;
    world.store.manner = Manner::kPlain;
    add_events(world, 3 * kStretch);
    const auto cost = [&] {
      const std::uint64_t before = world.store.opened;
      CHECK(world.call("ListKeys", Json::object()).contains("Keys"));
      return world.store.opened - before;
    };
    (void)cost();  // the first call notes more
    const std::uint64_t usual = cost();
    CHECK(index_trails(world.store, 2).more);
    CHECK_FALSE(index_trails(world.store, 2).more);
    const std::uint64_t before = world.store.opened;
    CHECK_FALSE(index_trails(world.store, 2).more);
    CHECK(world.store.opened - before <= 6);
    CHECK(cost() == usual);
    world.clock.advance(std::chrono::minutes(11));
    CHECK(cost() <= usual + 40);
  }

  TEST_CASE("what a list has indexed is not read again") {
    World world;
    world.store.manner = Manner::kPlain;
    add_events(world, 3 * kStretch);
    CHECK(world.call("ListAuditEvents", {{"EventName", "Sign"}})["Events"].empty());
    CHECK(indexed(world).size() == 3);
    const std::uint64_t before = world.store.opened;
    CHECK_FALSE(index_trails(world.store, 2).more);
    CHECK(world.store.opened - before < 20);
  }

  TEST_CASE("a damaged event leaves its stretch without an index, and stands in the way of no call") {
    World world;
    add_events(world, 3 * kStretch);
    world.store.records.logs.at(audit_log(world.caller.home)).at(kStretch + 5) = "not an event";
    world.clock.advance(std::chrono::minutes(11));
    CHECK(world.call("ListKeys", Json::object()).contains("Keys"));
    CHECK(indexed(world) == Stretches{0, 2});
    CHECK_FALSE(index_trails(world.store, 2).more);
  }

  TEST_CASE("a damaged index is made again, also where the record of how far they are is damaged") {
    World world;
    add_events(world, kStretch);
    world.store.records.values[{"stretches/progress", audit_log(world.caller.home)}] = "damaged";
    world.store.records.values[{cat("stretches/", audit_log(world.caller.home)), "0"}] = "\3";
    CHECK_FALSE(index_trails(world.store, 2).more);
    CHECK(indexed(world) == Stretches{0});
  }
}
