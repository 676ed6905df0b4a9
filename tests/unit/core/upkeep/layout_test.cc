// Vaults of versions that kept no indexes of keys and grants, or others.
#include "core/upkeep/layout.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/records/vault.h"
#include "tests/support/key_sets.h"

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

// As layout 4 had it: one index for all that falls due, without hours, and no number of keys pending deletion.
void index_all_kinds_in_one(World& world) {
  auto& values = world.store.records.values;
  const auto before = values;
  for (const auto& [name, value] : before) {
    const auto& [collection, item] = name;
    if (collection.starts_with("key-count")) {
      Json count = Json::parse(value);
      count.erase("pending");
      values[name] = count.dump();
    }
    for (const std::string kind : {"/rotation", "/expiry", "/deletion"}) {
      const std::size_t at = collection.find(kind);
      if (!collection.starts_with("due-") || at == std::string::npos) continue;
      values.erase(name);
      std::string old = collection.substr(0, at) + collection.substr(at + kind.size());
      if (collection.starts_with("due-hour")) continue;
      if (collection.starts_with("due-minute")) {  // by the day, not by the hour
        old = cat("due-minute/", std::to_string(std::stoll(old.substr(old.find('/') + 1)) / 24));
      }
      values[{old, item}] = value;
    }
  }
  values[{"vault", "layout"}] = Json{{"layout", 4}}.dump();
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

  TEST_CASE("what one index said for all kinds of dates is said by one of each kind from the first use on") {
    World world;
    world.store.manner = testing::Manner::kPlain;
    const std::string rotating = world.create_key();
    world.call("EnableKeyRotation", {{"KeyId", rotating}, {"RotationPeriodInDays", 90}});
    world.call("ScheduleKeyDeletion", {{"KeyId", world.create_key()}, {"PendingWindowInDays", 7}});
    world.call("ListKeys", Json::object());
    const auto before = world.data();
    index_all_kinds_in_one(world);
    CHECK(world.data() != before);

    world.call("ListKeys", Json::object());
    CHECK(world.data() == before);
    CHECK(testing::violations(world).empty());
    world.clock.advance(std::chrono::hours(24) * 91);
    CHECK(world.call("ListKeyRotations", {{"KeyId", rotating}})["Rotations"].size() == 1);
  }
}
