// What happens by itself, or does not happen at all, is told of when it is time, once.
#include "core/upkeep/timed_alerts.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/upkeep/delivery.h"
#include "tests/support/fake_delivery.h"
#include "tests/support/key_import.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::FakeDelivery;
using kms::testing::World;

namespace {

struct TimedWorld : World {
  TimedWorld() { context.delivery = &delivery; }
  void add_alert(std::string_view condition, int days) {
    const Json alert{{"Name", "a"}, {"Condition", condition}, {"Days", days}, {"Channel", "syslog"}};
    REQUIRE(call("CreateAlert", alert) == Json::object());
  }
  std::vector<std::string> told_at_maintenance() {
    delivery.tried.clear();
    call("Maintain", Json::object());
    return delivery.told();
  }
  void wait(int days) { clock.advance(std::chrono::hours(24) * days); }
  FakeDelivery delivery;
};

}  // namespace

TEST_SUITE("upkeep/timed_alerts") {
  TEST_CASE("material that expires within the days of an alert is told of once, and again when its date changes") {
    TimedWorld world;
    const std::string key = world.create_key({{"Origin", "EXTERNAL"}});
    const SecretBytes material = world.random.secret(32);
    const auto import_for = [&](int days) {
      Json request = kms::testing::import_request(world, key, material);
      request["ExpirationModel"] = "KEY_MATERIAL_EXPIRES";
      request["ValidTo"] = epoch_seconds(world.clock.time + std::chrono::hours(24) * days);
      REQUIRE_FALSE(world.call("ImportKeyMaterial", request).contains("__type"));
    };
    import_for(30);
    world.add_alert("material-expiring", 7);
    CHECK(world.told_at_maintenance().empty());
    world.wait(22);
    CHECK(world.told_at_maintenance().empty());
    world.wait(2);
    const auto told = world.told_at_maintenance();
    REQUIRE(told.size() == 1);
    CHECK(told[0].find(cat("imported material expires of ", key)) != std::string::npos);
    CHECK(world.delivery.tried[0].notice.at("key") == key);
    CHECK(world.delivery.tried[0].notice.contains("due"));
    world.wait(1);
    CHECK(world.told_at_maintenance().empty());
    import_for(3);
    CHECK(world.told_at_maintenance().size() == 1);
  }

  TEST_CASE("a rotation that nobody did for longer than the days of an alert is told of when somebody looks") {
    TimedWorld world;
    const std::string key = world.create_key();
    world.call("EnableKeyRotation", {{"KeyId", key}, {"RotationPeriodInDays", 90}});
    world.add_alert("rotation-overdue", 3);
    world.wait(92);
    CHECK(world.told_at_maintenance().empty());  // it is done two days late
    world.wait(95);
    const auto told = world.told_at_maintenance();
    REQUIRE(told.size() == 1);
    CHECK(told[0].find(cat("a rotation was due of ", key)) != std::string::npos);
    CHECK(world.told_at_maintenance().empty());
  }

  TEST_CASE("a trail without a checkpoint is told of after the days of an alert, and again after one that got old") {
    TimedWorld world;
    world.create_key();
    world.wait(100);  // before the alert was there
    world.add_alert("checkpoint-overdue", 7);
    CHECK(world.told_at_maintenance().empty());
    world.wait(8);
    REQUIRE(world.told_at_maintenance().size() == 1);
    CHECK(world.told_at_maintenance().empty());
    world.call("GetAuditCheckpoint", Json::object());
    world.wait(6);
    CHECK(world.told_at_maintenance().empty());
    world.wait(2);
    const auto told = world.told_at_maintenance();
    REQUIRE(told.size() == 1);
    CHECK(told[0].find("the last was at") != std::string::npos);
  }

  TEST_CASE("without maintenance, who comes by is enough") {
    TimedWorld world;
    world.create_key();
    world.add_alert("checkpoint-overdue", 7);
    world.wait(8);
    world.call("ListKeys", Json::object());
    (void)deliver_due(world.context, std::chrono::seconds(60));
    CHECK(world.delivery.tried.size() == 1);
  }
}
