// A notice arrives at least once: what fails is tried again, later and later, and given up at last, never forgotten.
#include "core/upkeep/delivery.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/base/text.h"
#include "tests/support/effort.h"
#include "tests/support/fake_delivery.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::FakeDelivery;
using kms::testing::Manner;
using kms::testing::World;

namespace {

struct DeliveryWorld : World {
  DeliveryWorld() {
    context.delivery = &delivery;
    const Json alert{{"Name", "a"}, {"Condition", "use-of-key-pending-deletion"}, {"Channel", "syslog"}};
    REQUIRE(call("CreateAlert", alert) == Json::object());
    add_key();
  }
  void add_key() {
    key = create_key();
    call("ScheduleKeyDeletion", {{"KeyId", key}});
  }
  void raise() { call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}}); }
  DeliveryReport deliver() { return deliver_due(context, std::chrono::seconds(60)); }
  Json shown() { return call("DescribeAlert", {{"Name", "a"}}); }
  std::string key;
  FakeDelivery delivery;
};

}  // namespace

TEST_SUITE("upkeep/delivery") {
  TEST_CASE(
      "what is not delivered is tried again after 10 s, 30 s, 90 s and so on, and given up after the ninth time") {
    DeliveryWorld world;
    world.delivery.failure = "exit code 3";
    world.raise();
    std::vector<std::int64_t> pauses;
    Time last = world.clock.time;
    while (world.delivery.tried.size() < 9) {
      const std::size_t before = world.delivery.tried.size();
      (void)world.deliver();
      if (world.delivery.tried.size() == before) {
        world.clock.advance(std::chrono::seconds(5));
        continue;
      }
      pauses.push_back(std::chrono::duration_cast<std::chrono::seconds>(world.clock.time - last).count());
      last = world.clock.time;
    }
    CHECK(pauses == std::vector<std::int64_t>{0, 10, 30, 90, 270, 810, 2430, 7290, 21600});
    const Json shown = world.shown();
    CHECK(shown.at("Waiting").empty());
    REQUIRE(shown.at("Undeliverable").size() == 1);
    CHECK(shown.at("Undeliverable")[0].at("Tries") == 9);
    CHECK(shown.at("Undeliverable")[0].at("Failure") == "exit code 3");
    bool audited = false;
    for (const Json& event : world.audited()) audited = audited || event.at("eventName") == "GiveUpAlertNotice";
    CHECK(audited);
    world.delivery.failure.reset();
    CHECK(world.deliver().delivered == 0);
    CHECK(world.call("RetryAlert", {{"Name", "a"}}) == Json{{"Notices", 1}});
    CHECK(world.deliver().delivered == 1);
    CHECK(world.shown().at("Undeliverable").empty());
  }

  TEST_CASE("a failure is shown while it waits") {
    DeliveryWorld world;
    world.delivery.failure = "nobody listens";
    world.raise();
    CHECK(world.deliver().failed == 1);
    const Json waiting = world.shown().at("Waiting");
    REQUIRE(waiting.size() == 1);
    CHECK(waiting[0].at("Tries") == 1);
    CHECK(waiting[0].at("Failure") == "nobody listens");
    CHECK(waiting[0].contains("NextTry"));
  }

  TEST_CASE("who took a notice and ended before it could say more is taken for one who failed") {
    DeliveryWorld world;
    world.raise();
    CHECK(take_parcels(world.context, 4).size() == 1);
    CHECK(take_parcels(world.context, 4).empty());  // it is under way
    CHECK(world.deliver().delivered == 0);
    world.clock.advance(std::chrono::minutes(3));
    CHECK(world.deliver().delivered == 1);
    CHECK_FALSE(is_delivery_due(world.context));
  }

  TEST_CASE("what takes the place of a notice while that is delivered is delivered, too") {
    DeliveryWorld world;
    world.raise();
    const auto taken = take_parcels(world.context, 4);
    REQUIRE(taken.size() == 1);
    world.clock.advance(std::chrono::seconds(1));
    world.raise();  // alike, in the same minute
    settle(world.context, taken[0], std::nullopt);
    CHECK(world.deliver().delivered == 1);
    CHECK(world.delivery.tried.back().notice.at("id") != Json::parse(taken[0].notice.text).at("id"));
  }

  TEST_CASE("what was taken and not tried is due at once, and no try is counted") {
    DeliveryWorld world;
    world.raise();
    const auto taken = take_parcels(world.context, 4);
    put_back(world.context, taken);
    CHECK(is_delivery_due(world.context));
    CHECK(world.shown().at("Waiting")[0].at("Tries") == 0);
    CHECK(world.deliver().delivered == 1);
  }

  TEST_CASE("a clock that was a year ahead keeps no notice back") {
    DeliveryWorld world;
    world.clock.advance(std::chrono::hours(24 * 365));
    world.delivery.failure = "no";
    world.add_key();
    world.raise();
    CHECK(world.deliver().failed == 1);
    world.clock.advance(-std::chrono::hours(24 * 365));
    world.delivery.failure.reset();
    CHECK(world.deliver().delivered == 1);
  }

  TEST_CASE("of an alert a thousand notices wait, and one more says how many were left out") {
    DeliveryWorld world;
    world.delivery.failure = "no";
    for (int i = 0; i < 1010; ++i) {
      world.raise();
      world.clock.advance(std::chrono::minutes(1));
    }
    (void)take_parcels(world.context, 1);
    const Json waiting = world.shown().at("Waiting");
    CHECK(waiting.size() == 1001);
    CHECK(waiting.back().at("Text").get<std::string>().find("10 more notices were left out") != std::string::npos);
  }

  TEST_CASE("no time left is no try") {
    DeliveryWorld world;
    world.raise();
    CHECK(deliver_due(world.context, std::chrono::seconds(0)).delivered == 0);
    CHECK(world.delivery.tried.empty());
    world.context.delivery = nullptr;
    CHECK(world.deliver().delivered == 0);
  }

  TEST_CASE("whatever a store answers, each notice arrives") {
    for (const Manner manner : {Manner::kPlain, Manner::kRemembering, Manner::kShared}) {
      DeliveryWorld world;
      world.store.manner = manner;
      std::set<std::string> ids;
      for (int i = 0; i < 20; ++i) {
        world.raise();
        world.clock.advance(std::chrono::minutes(1));
        (void)world.deliver();
      }
      (void)world.deliver();
      for (const auto& each : world.delivery.tried) ids.insert(each.notice.at("id").get<std::string>());
      CHECK(ids.size() == 20);
    }
  }
}
