// Accepting an older copy through the door. What is older than what, the tests of vault/ say.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/store/rollback.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

struct RollbackCare final : kms::testing::FakeCare, RollbackKeeper {
  std::optional<Rollback> rollback() const override { return older; }
  void accept_rollback() override { accepted = true; }

  std::optional<Rollback> older = Rollback{1234, 1200, Time(std::chrono::seconds(1'700'000'000))};
  bool accepted = false;
};

struct RollbackWorld : World {
  RollbackWorld() { context.care = &older_copy; }
  RollbackCare older_copy;
};

}  // namespace

TEST_SUITE("ops/rollbacks") {
  TEST_CASE("an older copy is accepted, and the trail says what was missing") {
    RollbackWorld world;
    const Json answer = world.call("AcceptRollback", Json::object());
    CHECK(answer.at("ExpectedChange") == 1234);
    CHECK(answer.at("FoundChange") == 1200);
    CHECK(world.older_copy.accepted);
    const Json event = world.audited().back();
    CHECK(event.at("eventName") == "AcceptRollback");
    CHECK(event.at("additionalEventData") ==
          Json{{"expectedChange", 1234}, {"foundChange", 1200}, {"seen", "2023-11-14T22:13:20Z"}});
  }

  TEST_CASE("of a vault that is as it was seen nothing is accepted") {
    RollbackWorld world;
    world.older_copy.older.reset();
    CHECK(world.call("AcceptRollback", Json::object()).at("__type") == "ConflictException");
    CHECK_FALSE(world.older_copy.accepted);
  }

  TEST_CASE("who may not accept it does not") {
    RollbackWorld world;
    world.authorizer.denied = {"kmsctl:AcceptRollback"};
    CHECK(world.call("AcceptRollback", Json::object()).at("__type") == "AccessDeniedException");
    CHECK_FALSE(world.older_copy.accepted);
  }

  TEST_CASE("a store without files has no older copies") {
    World world;
    CHECK(world.call("AcceptRollback", Json::object()).at("__type") == "UnsupportedOperationException");
  }
}
