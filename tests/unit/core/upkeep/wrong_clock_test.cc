// What a clock that is wrong for a while does to schedules and to imported material, and what is right again
// afterwards.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/upkeep/upkeep.h"
#include "tests/support/key_import.h"

using namespace kms;
using namespace kms::testing;
using std::chrono::hours;

namespace {

constexpr auto kTenYears = kDay * 3650;

std::string external_key(World& world) {
  return world.create_key({{"Origin", "EXTERNAL"}});
}

Json import_until(World& world, const std::string& key, const SecretBytes& material, Time when, bool is_new = false) {
  Json request = import_request(world, key, material);
  request["ValidTo"] = epoch_seconds(when);
  if (is_new) request["ImportType"] = "NEW_KEY_MATERIAL";
  return world.call("ImportKeyMaterial", request);
}

Json metadata(World& world, const std::string& key) {
  return world.call("DescribeKey", {{"KeyId", key}})["KeyMetadata"];
}

std::string state_of(World& world, const std::string& key) {
  return metadata(world, key)["KeyState"];
}

Json encrypt(World& world, const std::string& key) {
  return world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
}

Json decrypt(World& world, const Json& blob) {
  return world.call("Decrypt", {{"CiphertextBlob", blob}});
}

std::size_t secrets(const World& world) {
  return world.store.records.secrets.size();
}

std::size_t events(const World& world, const char* name) {
  std::size_t count = 0;
  for (const Json& event : world.audited()) count += event["eventName"] == name ? 1 : 0;
  return count;
}

// One call under a clock that is ahead, and the clock is right again.
void err(World& world, Time::duration ahead = kTenYears) {
  const Time right = world.clock.time;
  world.clock.time = right + ahead;
  world.call("ListKeys", Json::object());
  world.clock.time = right;
}

}  // namespace

TEST_SUITE("ops/wrong clock") {
  TEST_CASE("material that a wrong clock let expire is out of use under it, and in use again without it") {
    World world;
    const std::string key = external_key(world);
    const Time until = world.clock.time + kDay * 300;
    import_until(world, key, world.random.secret(32), until);
    const Json blob = encrypt(world, key);
    const std::size_t before = secrets(world);
    const Time right = world.clock.time;
    world.clock.time = right + kTenYears;
    CHECK(decrypt(world, blob)["__type"] == "KMSInvalidStateException");
    CHECK(state_of(world, key) == "PendingImport");
    CHECK(secrets(world) == before);
    world.clock.time = right + hours(1);
    CHECK(decrypt(world, blob)["Plaintext"] == "AAEC");
    CHECK(state_of(world, key) == "Enabled");
    CHECK(metadata(world, key)["ValidTo"] == epoch_seconds(until));
    CHECK(events(world, "DeleteExpiredKeyMaterial") == 1);
    CHECK(events(world, "RestoreKeyMaterial") == 1);
    // And it expires in time.
    world.call("AcceptClock", Json::object());
    world.clock.time = until;
    CHECK(state_of(world, key) == "PendingImport");
  }

  TEST_CASE("a key that was disabled is disabled again, and one with several materials waits for all of them") {
    World world;
    const std::string key = external_key(world);
    const Time now = world.clock.time;
    import_until(world, key, world.random.secret(32), now + kDay * 10);
    import_until(world, key, world.random.secret(32), now + kDay * 20, true);
    world.call("RotateKeyOnDemand", {{"KeyId", key}});
    world.call("DisableKey", {{"KeyId", key}});
    err(world);
    CHECK(state_of(world, key) == "Disabled");
    err(world);
    world.clock.time = now + kDay * 11;
    CHECK(state_of(world, key) == "PendingImport");
    err(world);
    CHECK(state_of(world, key) == "PendingImport");
    world.clock.time = now + kDay;
    CHECK(state_of(world, key) == "Disabled");
    CHECK(world.call("EnableKey", {{"KeyId", key}}) == Json::object());
    CHECK(decrypt(world, encrypt(world, key))["Plaintext"] == "AAEC");
  }

  TEST_CASE("expired material is destroyed a day after that was first seen, by a clock that nobody sets") {
    World world;
    const std::string key = external_key(world);
    const std::size_t before = secrets(world);
    import_until(world, key, world.random.secret(32), world.clock.time + kDay);
    world.clock.advance(kDay);
    CHECK(state_of(world, key) == "PendingImport");
    CHECK(secrets(world) == before + 1);
    world.clock.time += kDay * 5;  // the wall clock alone
    CHECK(state_of(world, key) == "PendingImport");
    CHECK(secrets(world) == before + 1);
    world.clock.advance(kDay);
    CHECK(state_of(world, key) == "PendingImport");
    CHECK(secrets(world) == before);
  }

  TEST_CASE("upkeep destroys expired material at once when it is told to, but not while the clock is behind") {
    World world;
    const std::string key = external_key(world);
    const std::size_t before = secrets(world);
    const Time until = world.clock.time + kDay;
    import_until(world, key, world.random.secret(32), until);
    err(world);
    world.clock.time = until;
    CHECK(keep_up(world.context, UpkeepMode::kConfirmDestroy).clock_went_back);
    world.clock.advance(kDay * 3);
    CHECK(state_of(world, key) == "PendingImport");
    CHECK(secrets(world) == before + 1);
    world.call("AcceptClock", Json::object());
    CHECK(keep_up(world.context, UpkeepMode::kNow).waiting == 0);
    CHECK(secrets(world) == before);
    const std::string other = external_key(world);
    import_until(world, other, world.random.secret(32), world.clock.time + kDay);
    world.clock.advance(kDay);
    CHECK(keep_up(world.context, UpkeepMode::kConfirmDestroy).expired == 1);
    CHECK(secrets(world) == before);
  }

  TEST_CASE("expired material that waits for its destruction may be imported again, and is then kept") {
    World world;
    const std::string key = external_key(world);
    const SecretBytes material = world.random.secret(32);
    import_until(world, key, material, world.clock.time + kDay);
    const Json blob = encrypt(world, key);
    world.clock.advance(kDay);
    CHECK(state_of(world, key) == "PendingImport");
    CHECK(import_material(world, key, world.random.secret(32))["__type"] == "IncorrectKeyMaterialException");
    CHECK(import_material(world, key, material).contains("KeyMaterialId"));
    for (int i = 0; i < 3; ++i) {
      world.clock.advance(kDay);
      CHECK(decrypt(world, blob)["Plaintext"] == "AAEC");
    }
    CHECK_FALSE(metadata(world, key).contains("ValidTo"));
  }

  TEST_CASE("expired material is destroyed with DeleteImportedKeyMaterial, and does not come back") {
    World world;
    const std::string key = external_key(world);
    const std::size_t before = secrets(world);
    import_until(world, key, world.random.secret(32), world.clock.time + kDay);
    const Time right = world.clock.time;
    world.clock.time = right + kTenYears;
    const Json answer = world.call("DeleteImportedKeyMaterial", {{"KeyId", key}});
    CHECK(answer.contains("KeyMaterialId"));
    CHECK(secrets(world) == before);
    world.clock.time = right;
    CHECK(state_of(world, key) == "PendingImport");
    CHECK(events(world, "RestoreKeyMaterial") == 0);
  }

  TEST_CASE("pending material that has expired gives its place up, and is destroyed") {
    World world;
    const std::string key = external_key(world);
    import_material(world, key, world.random.secret(32));
    import_until(world, key, world.random.secret(32), world.clock.time + kDay, true);
    const std::size_t before = secrets(world);
    world.clock.advance(kDay);
    CHECK(state_of(world, key) == "Enabled");
    CHECK(import_until(world, key, world.random.secret(32), world.clock.time + kDay, true).contains("KeyMaterialId"));
    CHECK(state_of(world, key) == "Enabled");
    CHECK(secrets(world) == before);
  }

  TEST_CASE("accepting the clock puts rotations back on their grid") {
    World world;
    const std::string key = world.create_key();
    const Time start = world.clock.time;
    world.call("EnableKeyRotation", {{"KeyId", key}, {"RotationPeriodInDays", 90}});
    world.clock.advance(kDay * 10);
    err(world);
    CHECK(world.call("AcceptClock", Json::object()) == Json::object());
    CHECK(world.call("GetKeyRotationStatus", {{"KeyId", key}})["NextRotationDate"] == epoch_seconds(start + kDay * 90));
    const std::size_t before = events(world, "RotateKey");
    world.clock.advance(kDay * 80);
    CHECK(state_of(world, key) == "Enabled");
    CHECK(events(world, "RotateKey") == before + 1);
  }

  TEST_CASE("accepting the clock gives a deletion that a wrong clock scheduled its waiting period from now") {
    World world;
    const std::string key = world.create_key();
    const Time right = world.clock.time;
    world.clock.time = right + kTenYears;
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
    world.clock.time = right;
    CHECK(world.call("AcceptClock", Json::object()) == Json::object());
    CHECK(metadata(world, key)["DeletionDate"] == epoch_seconds(right + kDay * 7));
    world.clock.advance(kDay * 7);
    CHECK(world.call("DescribeKey", {{"KeyId", key}})["__type"] == "NotFoundException");
  }

  TEST_CASE("accepting the clock leaves what no wrong clock moved as it was") {
    World world;
    const std::string rotated = world.create_key();
    world.call("EnableKeyRotation", {{"KeyId", rotated}, {"RotationPeriodInDays", 90}});
    const std::string doomed = world.create_key();
    world.call("ScheduleKeyDeletion", {{"KeyId", doomed}, {"PendingWindowInDays", 7}});
    const std::string own = external_key(world);
    import_until(world, own, world.random.secret(32), world.clock.time + kDay * 5);
    world.clock.advance(kDay);
    const auto dates = [&] {
      return Json{world.call("GetKeyRotationStatus", {{"KeyId", rotated}})["NextRotationDate"],
                  metadata(world, doomed)["DeletionDate"], metadata(world, own)["ValidTo"]};
    };
    const Json before = dates();
    world.call("AcceptClock", Json::object());
    CHECK(dates() == before);
  }
}
