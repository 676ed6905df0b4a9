// What calls cost does not grow with what the vault holds: records opened are counted, in a small vault and a large
// one.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/records/grants.h"
#include "core/records/keys.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::Manner;
using kms::testing::World;

namespace {

using std::chrono::hours;

// A key of the fill. In a year's time three rotate, the material of four expires, and three are to be deleted; all
// others rotate later, a minute and more apart.
Key filled(World& world, int i) {
  Key key{world.caller.home, KeyId::generate(world.random, false)};
  key.creation_date = world.clock.time;
  key.materials.push_back({std::string(64, 'a')});
  const Time due = world.clock.time + hours(24) * (365 + i % 3) + hours(1);
  if (i >= 3 && i < 7) {
    key.origin = Origin::kExternal;
    key.materials.front().valid_to = due;
  } else if (i >= 7 && i < 10) {
    key.state = KeyState::kPendingDeletion;
    key.deletion_window_days = 30;
    key.deletion_date = due;
  } else {
    key.rotation = {true, Rotation::kDefaultPeriod,
                    i < 3 ? due : due + hours(24) * (10 + i % 2000) + std::chrono::minutes(i % 1440)};
  }
  return key;
}

// So many keys with an alias each, and one key with as many grants.
std::string fill(World& world, int count) {
  const std::string busy = world.create_key();
  const auto transaction = world.store.begin(Access::kWrite);
  for (int i = 0; i < count; ++i) {
    const Key key = filled(world, i);
    put_key(*transaction, key);
    put_alias(*transaction, {key.home, cat("alias/", std::to_string(i)), key.id, world.clock.time, world.clock.time});
  }
  const auto id = KeyId::parse(busy.substr(busy.find('/') + 1));
  const auto key = find_key(*transaction, world.caller.home, id.value());
  for (int i = 0; i < count; ++i) {
    Grant grant{key->id,
                encode_hex(world.random.bytes(32)),
                cat("name", std::to_string(i)),
                world.clock.time,
                {},
                {},
                {},
                {},
                {},
                {},
                {}};
    grant.grantee_principal = cat("arn:aws:iam::111122223333:user/u", std::to_string(i));
    grant.issuing_account = "arn:aws:iam::111122223333:root";
    grant.operations = {GrantOperation::kEncrypt};
    put_grant(*transaction, *key, grant);
  }
  commit_now(*transaction);
  return busy;
}

std::map<std::string, std::uint64_t> costs(int count) {
  World world;
  world.store.manner = Manner::kPlain;
  const std::string key = fill(world, count);
  std::map<std::string, std::uint64_t> opened;
  const auto measure = [&](const char* operation, const Json& request) {
    const std::uint64_t before = world.store.opened;
    const Json answer = world.call(operation, request);
    CHECK_FALSE(answer.contains("__type"));
    opened[operation] = world.store.opened - before;
    return answer;
  };
  measure("DescribeKey", {{"KeyId", key}});
  measure("Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}});
  measure("CreateKey", Json::object());
  measure("CreateAlias", {{"AliasName", "alias/new"}, {"TargetKeyId", key}});
  measure("CreateGrant", {{"KeyId", key},
                          {"GranteePrincipal", "arn:aws:iam::111122223333:user/x"},
                          {"Operations", {"Encrypt"}},
                          {"Name", "name"}});
  CHECK(measure("ListKeys", {{"Limit", 50}})["Keys"].size() == 50);
  CHECK(measure("ListAliases", {{"Limit", 50}})["Aliases"].size() == 50);
  CHECK(measure("ListGrants", {{"KeyId", key}, {"Limit", 50}})["Grants"].size() == 50);
  CHECK(measure("Maintain", Json::object())["Rotated"] == 0);
  world.clock.advance(hours(24) * 367 + hours(2));
  const Json done = measure("Maintain", Json::object());
  CHECK(done["Rotated"] == 3);
  CHECK(done["Expired"] == 4);
  CHECK(done["Waiting"] == 7);
  opened["what is due"] = opened["Maintain"];
  CHECK(measure("Maintain", Json::object())["Rotated"] == 0);
  return opened;
}

}  // namespace

TEST_SUITE("records/costs") {
  TEST_CASE("a vault of ten thousand keys opens as many records for a call as one of a hundred") {
    const auto few = costs(100);
    const auto many = costs(10000);
    for (const auto& cost : many) {
      CAPTURE(cost.first);
      CAPTURE(cost.second);
      CAPTURE(few.at(cost.first));
      // The index of what falls due lists what comes next: spans of days, the days of one, its hours and minutes.
      const bool due = cost.first == "Maintain" || cost.first == "what is due";
      CHECK(cost.second <= few.at(cost.first) + (due ? 100 : 5));
    }
  }
}
