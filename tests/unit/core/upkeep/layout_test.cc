// Vaults of versions that kept no indexes of keys and grants.
#include "core/upkeep/layout.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/records/vault.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr const char* kUser = "arn:aws:iam::111122223333:user/x";

Json grant(World& world, const std::string& key) {
  return world.call("CreateGrant",
                    {{"KeyId", key}, {"GranteePrincipal", kUser}, {"Operations", {"Encrypt"}}, {"Name", "one"}});
}

// What a version before wrote of the same.
void forget_indexes(World& world) {
  auto& values = world.store.records.values;
  std::erase_if(values, [](const auto& record) {
    const std::string& table = record.first.first;
    return table.starts_with("due") || table.starts_with("key-count") || table.starts_with("grant-named") ||
           table.starts_with("grant-count") || table == "clock";
  });
  values.erase({"vault", "layout"});
}

}  // namespace

TEST_SUITE("upkeep/layout") {
  TEST_CASE("a vault without indexes gets them at its first use, and goes on as if it had always had them") {
    World world;
    world.store.manner = testing::Manner::kPlain;  // its records are changed behind its back
    const std::string key = world.create_key();
    world.call("EnableKeyRotation", {{"KeyId", key}, {"RotationPeriodInDays", 90}});
    const Json first = grant(world, key);
    world.create_key();
    const auto before = world.data();
    forget_indexes(world);
    CHECK_FALSE(has_current_layout(*world.store.begin(Access::kRead)));

    CHECK(grant(world, key)["GrantId"] == first["GrantId"]);  // found by its name
    CHECK(has_current_layout(*world.store.begin(Access::kRead)));
    CHECK(world.data() == before);
    world.clock.advance(std::chrono::hours(24) * 91);
    CHECK(world.call("ListKeyRotations", {{"KeyId", key}})["Rotations"].size() == 1);
  }
}
