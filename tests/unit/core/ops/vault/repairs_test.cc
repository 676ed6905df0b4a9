// Repairing through the door. What is dropped, the tests of vault/ say.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/store/repair.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

struct RepairCare final : kms::testing::FakeCare, RepairKeeper {
  RepairReport repair() override {
    ++repaired;
    if (hopeless) throw Error(ErrorCode::kVaultDamaged, "the list of the vault's records is damaged");
    return {7, 1, {"grants/1: 2"}};
  }

  int repaired = 0;
  bool hopeless = false;
};

struct RepairedWorld : World {
  RepairedWorld() { context.care = &files; }
  RepairCare files;
};

}  // namespace

TEST_SUITE("ops/repairs") {
  TEST_CASE("what was dropped is answered, and stands in the trail") {
    RepairedWorld world;
    const Json answer = world.call("RepairVault", Json::object());
    CHECK(answer == Json{{"Kept", 7}, {"Missing", 1}, {"Dropped", {"grants/1: 2"}}});
    const Json event = world.audited().back();
    CHECK(event.at("eventName") == "RepairVault");
    CHECK(event.at("additionalEventData") == Json{{"kept", 7}, {"missing", 1}, {"dropped", {"grants/1: 2"}}});
  }

  TEST_CASE("where nothing can be repaired that is said, and stands in the trail") {
    RepairedWorld world;
    world.files.hopeless = true;
    CHECK(world.call("RepairVault", Json::object()).at("__type") == "VaultDamagedException");
    CHECK(world.audited().back().at("errorCode") == "VaultDamagedException");
  }

  TEST_CASE("who may not repair does not, and a store without files has nothing to repair") {
    RepairedWorld world;
    world.authorizer.denied = {"kmsctl:RepairVault"};
    CHECK(world.call("RepairVault", Json::object()).at("__type") == "AccessDeniedException");
    CHECK(world.files.repaired == 0);
    World plain;
    CHECK(plain.call("RepairVault", Json::object()).at("__type") == "UnsupportedOperationException");
  }
}
