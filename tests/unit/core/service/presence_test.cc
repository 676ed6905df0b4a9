// That a credential has the vault open is in the trail, once an hour and no more often.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

std::vector<Json> unlocks(const World& world) {
  auto events = world.audited();
  std::erase_if(events, [](const Json& event) { return event.at("eventName") != "Unlock"; });
  return events;
}

}  // namespace

TEST_SUITE("service/presence") {
  TEST_CASE("each hour in which a slot has the vault open has one event of it, whatever is called how often") {
    World world;
    const std::string key = world.create_key();
    CHECK(unlocks(world).empty());  // the world was made within the hour
    for (int hour = 1; hour <= 3; ++hour) {
      world.clock.advance(std::chrono::hours(1));
      for (int i = 0; i < 5; ++i) {
        world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}});
        world.call("TagResource", {{"KeyId", key}, {"Tags", Json::array({{{"TagKey", "a"}, {"TagValue", "b"}}})}});
      }
      CHECK(unlocks(world).size() == static_cast<std::size_t>(hour));
    }
    const Json event = unlocks(world).back();
    CHECK(event.at("userIdentity").at("arn") == "arn:aws:iam::111122223333:root");
    CHECK(event.at("additionalEventData") == Json{{"slotId", "00000001"}, {"kind", "KEYFILE"}, {"mode", "command"}});
    CHECK(event.at("readOnly") == false);
  }

  TEST_CASE("an agent says that it is one, and a user of a slot is the author of the event") {
    World world;
    world.context.opened_by = OpenedBy::kAgent;
    world.slots.slots.front().principal = "arn:aws:iam::111122223333:user/x";
    world.clock.advance(std::chrono::hours(1));
    world.call("ListKeys", Json::object());
    REQUIRE(unlocks(world).size() == 1);
    CHECK(unlocks(world).front().at("additionalEventData").at("mode") == "agent");
    CHECK(unlocks(world).front().at("userIdentity").at("arn") == "arn:aws:iam::111122223333:user/x");
  }

  TEST_CASE("where the principal of the slot is gone, the vault tells it") {
    World world;
    world.slots.slots.front().principal = "arn:aws:iam::111122223333:user/gone";
    world.clock.advance(std::chrono::hours(1));
    CHECK(world.call("ListKeys", Json::object()).contains("Keys"));
    REQUIRE(unlocks(world).size() == 1);
    CHECK(unlocks(world).front().at("userIdentity").at("type") == "AWSService");
    CHECK(unlocks(world).front().at("additionalEventData").at("slotId") == "00000001");
  }
}
