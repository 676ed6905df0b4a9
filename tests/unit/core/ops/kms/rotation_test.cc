#include "core/ops/kms/rotation.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/world.h"

using namespace kms;
using kms::testing::kDay;
using kms::testing::World;
using std::chrono::hours;

namespace {

Json status(World& world, const std::string& key) {
  return world.call("GetKeyRotationStatus", {{"KeyId", key}});
}

Json history(World& world, const std::string& key) {
  return world.call("ListKeyRotations", {{"KeyId", key}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}})["Rotations"];
}

Json encrypt(World& world, const std::string& key) {
  return world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
}

}  // namespace

TEST_SUITE("ops/rotation") {
  TEST_CASE("a key rotates when it is due, and what was encrypted before decrypts for ever") {
    World world;
    const std::string key = world.create_key();
    const Json first = world.call("DescribeKey", {{"KeyId", key}})["KeyMetadata"]["CurrentKeyMaterialId"];
    const Json old = encrypt(world, key);
    const Time enabled = world.clock.time;
    CHECK(world.call("EnableKeyRotation", {{"KeyId", key}, {"RotationPeriodInDays", 90}}) == Json::object());
    CHECK(status(world, key)["NextRotationDate"] == epoch_seconds(enabled + kDay * 90));
    world.clock.advance(kDay * 90 - std::chrono::seconds(1));
    CHECK(history(world, key).size() == 1);
    world.clock.advance(std::chrono::seconds(1));
    const Json rotations = history(world, key);
    REQUIRE(rotations.size() == 2);
    CHECK(rotations[0]["KeyMaterialState"] == "NON_CURRENT");
    CHECK_FALSE(rotations[0].contains("RotationDate"));
    CHECK(rotations[1]["KeyMaterialState"] == "CURRENT");
    CHECK(rotations[1]["RotationType"] == "AUTOMATIC");
    CHECK(rotations[1]["RotationDate"] == epoch_seconds(enabled + kDay * 90));
    CHECK(status(world, key)["NextRotationDate"] == epoch_seconds(enabled + kDay * 180));
    const Json decrypted = world.call("Decrypt", {{"CiphertextBlob", old}});
    CHECK(decrypted["Plaintext"] == "AAEC");
    CHECK(decrypted["KeyMaterialId"] == first);
    CHECK(world.call("Decrypt", {{"CiphertextBlob", encrypt(world, key)}})["KeyMaterialId"] ==
          rotations[1]["KeyMaterialId"]);
  }

  TEST_CASE("several missed dates are one rotation, which is a service event of the trail") {
    World world;
    const std::string key = world.create_key();
    const Time enabled = world.clock.time;
    world.call("EnableKeyRotation", {{"KeyId", key}, {"RotationPeriodInDays", 100}});
    world.clock.advance(kDay * 350);
    CHECK(history(world, key).size() == 2);
    CHECK(status(world, key)["NextRotationDate"] == epoch_seconds(enabled + kDay * 400));
    for (const Json& event : world.audited()) {
      if (event["eventName"] != "RotateKey") continue;
      CHECK(event["eventType"] == "AwsServiceEvent");
      CHECK(event["userIdentity"]["invokedBy"] == "AWS Internal");
      CHECK(event["serviceEventDetails"]["rotationType"] == "AUTOMATIC");
      CHECK(event["serviceEventDetails"]["keyId"] == key.substr(key.find('/') + 1));
      return;
    }
    FAIL("no RotateKey event");
  }

  TEST_CASE("a disabled key rotates when it is enabled again; one that waits for deletion keeps its settings") {
    World world;
    const std::string key = world.create_key();
    world.call("EnableKeyRotation", {{"KeyId", key}, {"RotationPeriodInDays", 90}});
    world.call("DisableKey", {{"KeyId", key}});
    world.clock.advance(kDay * 91);
    CHECK(history(world, key).size() == 1);
    world.call("EnableKey", {{"KeyId", key}});
    CHECK(history(world, key).size() == 2);
    world.call("ScheduleKeyDeletion", {{"KeyId", key}});
    CHECK(status(world, key)["KeyRotationEnabled"] == false);
    CHECK_FALSE(status(world, key).contains("NextRotationDate"));
    world.call("CancelKeyDeletion", {{"KeyId", key}});
    CHECK(status(world, key)["KeyRotationEnabled"] == true);
    CHECK(status(world, key)["RotationPeriodInDays"] == 90);
  }

  TEST_CASE("on demand does not move the schedule, works without one, and waits for one that is about to begin") {
    World world;
    const std::string key = world.create_key();
    CHECK(world.call("RotateKeyOnDemand", {{"KeyId", key}}) == Json{{"KeyId", key}});
    world.call("EnableKeyRotation", {{"KeyId", key}});
    const Json before = status(world, key)["NextRotationDate"];
    world.clock.advance(kDay);
    world.call("RotateKeyOnDemand", {{"KeyId", key}});
    CHECK(status(world, key)["NextRotationDate"] == before);
    CHECK(history(world, key)[1]["RotationType"] == "ON_DEMAND");
    world.clock.advance(kDay * 364 - std::chrono::minutes(19));
    CHECK(world.call("RotateKeyOnDemand", {{"KeyId", key}})["__type"] == "ConflictException");
    CHECK(world.call("ListKeyRotations", {{"KeyId", key}})["Rotations"].size() == 2);
  }

  TEST_CASE("other keys do not rotate, and nothing changes") {
    World world;
    const Json signing = {{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}};
    const Json mac = {{"KeySpec", "HMAC_256"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}};
    for (const Json& request : {signing, mac, Json{{"Origin", "EXTERNAL"}}}) {
      const std::string key = world.create_key(request);
      const auto before = world.data();
      for (const char* operation : {"EnableKeyRotation", "DisableKeyRotation"}) {
        CHECK(world.call(operation, {{"KeyId", key}})["__type"] == "UnsupportedOperationException");
      }
      const bool external = request.contains("Origin");
      CHECK(world.call("RotateKeyOnDemand", {{"KeyId", key}})["__type"] ==
            (external ? "KMSInvalidStateException" : "UnsupportedOperationException"));
      CHECK(world.data() == before);
    }
    for (const int days : {89, 2561}) {
      CHECK(world.call("EnableKeyRotation", {{"KeyId", world.create_key()},
                                             {"RotationPeriodInDays", days}})["__type"] == "ValidationException");
    }
  }
}
