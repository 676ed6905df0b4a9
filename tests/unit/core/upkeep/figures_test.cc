#include "core/upkeep/figures.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/records/keys.h"
#include "tests/support/commit.h"
#include "tests/support/key_sets.h"

using namespace kms;
using namespace kms::testing;

namespace {

VaultFigures figures_of(World& world) {
  return read_figures(*world.store.begin(Access::kRead), world.clock.time);
}

std::uint64_t cost_of_figures(int keys) {
  World world;
  world.store.manner = Manner::kPlain;
  {
    const auto transaction = world.store.begin(Access::kWrite);
    for (int i = 0; i < keys; ++i) {
      Key key{world.caller.home, KeyId::generate(world.random, false)};
      key.creation_date = world.clock.time;
      key.materials.push_back({std::string(64, 'a')});
      key.rotation = {true, Rotation::kDefaultPeriod, world.clock.time + kDay * (1 + i % 300)};
      put_key(*transaction, key);
    }
    commit_now(*transaction);
  }
  const std::uint64_t before = world.store.opened;
  CHECK(figures_of(world).keys == keys);
  return world.store.opened - before;
}

}  // namespace

TEST_SUITE("upkeep/figures") {
  TEST_CASE("figures follow what happens to the keys") {
    World world;
    const std::string key = world.create_key();
    world.create_key();
    CHECK(figures_of(world).keys == 2);
    CHECK(figures_of(world).keys_pending_deletion == 0);
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
    CHECK(figures_of(world).keys == 2);
    CHECK(figures_of(world).keys_pending_deletion == 1);
    world.call("CancelKeyDeletion", {{"KeyId", key}});
    CHECK(figures_of(world).keys_pending_deletion == 0);
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
    world.clock.advance(kDay * 8);
    CHECK(figures_of(world).keys == 1);
    world.call("Maintain", {{"ConfirmDestroy", true}});
    CHECK(figures_of(world).keys == 1);
    CHECK(figures_of(world).keys_pending_deletion == 0);
  }

  TEST_CASE("a rotation is overdue until somebody uses the vault") {
    World world;
    world.call("EnableKeyRotation", {{"KeyId", world.create_key()}, {"RotationPeriodInDays", 90}});
    CHECK(figures_of(world).rotations_overdue == 0);
    world.clock.advance(kDay * 91);
    CHECK(figures_of(world).rotations_overdue == 1);
    world.call("Maintain", Json::object());
    CHECK(figures_of(world).rotations_overdue == 0);
  }

  TEST_CASE("the next expiration is that of the material that ends first") {
    World world;
    CHECK_FALSE(figures_of(world).next_expiry);
    for (const int days : {40, 20, 60}) {
      const std::string key = world.create_key({{"Origin", "EXTERNAL"}});
      import_in(world, "eu-central-1", key, world.random.secret(32), false, world.clock.time + kDay * days);
    }
    CHECK(figures_of(world).next_expiry == world.clock.time + kDay * 20);
    world.clock.advance(kDay * 30);
    CHECK(figures_of(world).next_expiry == world.clock.time + kDay * 10);
  }

  TEST_CASE("a checkpoint leaves its time, and figures leave nothing") {
    World world;
    world.create_key();
    CHECK_FALSE(figures_of(world).last_checkpoint);
    world.clock.advance(kDay);
    const Time when = world.clock.time;
    CHECK_FALSE(world.call("GetAuditCheckpoint", Json::object()).contains("__type"));
    world.clock.advance(kDay);
    CHECK(figures_of(world).last_checkpoint == when);
    CHECK(figures_of(world).trail_events == static_cast<std::int64_t>(world.audited().size()));
    world.call("GetMetrics", Json::object());  // the first call of an hour leaves an event Unlock
    const std::size_t events = world.audited().size();
    const Json answer = world.call("GetMetrics", Json::object());
    CHECK(answer["Keys"] == 1);
    CHECK(answer["TrailEvents"] == events);
  }

  TEST_CASE("figures of ten thousand keys cost what those of a hundred do") {
    CHECK(cost_of_figures(10000) <= cost_of_figures(100) + 5);
  }
}
