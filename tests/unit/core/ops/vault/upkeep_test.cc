// What the trail tells of checks.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/records/keys.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

TEST_SUITE("ops/upkeep") {
  TEST_CASE("the event of a check tells how many problems it found") {
    World world;
    const std::string key = world.create_key();
    const auto told = [&] {
      const Json answer = world.call("CheckVault", Json::object());
      const Json event = world.audited().back();
      CHECK(event.at("eventName") == "CheckVault");
      CHECK(event.at("additionalEventData").at("problems") == answer.at("Problems").size());
      return answer.at("Problems").size();
    };
    CHECK(told() == 0);
    const auto transaction = world.store.begin(Access::kWrite);
    transaction->erase("key-count", "111122223333/eu-central-1");
    commit_now(*transaction);
    CHECK(told() == 1);
  }
}
