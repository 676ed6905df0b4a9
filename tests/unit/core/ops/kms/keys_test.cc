#include "core/ops/kms/keys.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

Json described(World& world, const std::string& key) {
  return world.call("DescribeKey", {{"KeyId", key}}).at("KeyMetadata");
}

}  // namespace

TEST_SUITE("ops/keys") {
  TEST_CASE("CreateKey and DescribeKey answer the same, and list the algorithms of the usage alone") {
    World world;
    const Json made = world.call("CreateKey", {{"Description", "app"}})["KeyMetadata"];
    CHECK(described(world, made["Arn"]) == made);
    CHECK(made["KeyUsage"] == "ENCRYPT_DECRYPT");
    CHECK(made["EncryptionAlgorithms"] == Json{"SYMMETRIC_DEFAULT"});
    CHECK_FALSE(made.contains("SigningAlgorithms"));
    CHECK(made["CurrentKeyMaterialId"].get<std::string>().size() == 64);
    const Json hmac =
        described(world, world.create_key({{"KeySpec", "HMAC_384"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}}));
    CHECK(hmac["MacAlgorithms"] == Json{"HMAC_SHA_384"});
    CHECK_FALSE(hmac.contains("CurrentKeyMaterialId"));
  }

  TEST_CASE("a multi-Region key is a primary without replicas") {
    World world;
    const std::string key = world.create_key({{"MultiRegion", true}});
    CHECK(key.find(":key/mrk-") != std::string::npos);
    CHECK(described(world, key)["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY");
    const Json sealed = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}});
    CHECK(world.call("Decrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]}})["KeyId"] == key);
  }

  TEST_CASE("every failure of CreateKey has its AWS name and text, changes nothing and is audited") {
    const std::tuple<Json, const char*, std::string> rows[] = {
        {{{"KeySpec", "HMAC_256"}},
         "ValidationException",
         "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."},
        {{{"KeySpec", "RSA_2048"}, {"KeyUsage", "KEY_AGREEMENT"}},
         "ValidationException",
         "KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048"},
        {{{"Tags", {{{"TagKey", "AWS:x"}, {"TagValue", ""}}}}},
         "TagException",
         "Tags beginning with aws: are reserved"},
        {{{"Tags", {{{"TagKey", "a"}, {"TagValue", "1"}}, {{"TagKey", "a"}, {"TagValue", "2"}}}}},
         "TagException",
         "Duplicate tag keys"},
        {{{"Origin", "AWS_CLOUDHSM"}},
         "ValidationException",
         "CustomKeyStoreId goes with Origin AWS_CLOUDHSM or EXTERNAL_KEY_STORE, and with no other."},
        {{{"Origin", "AWS_CLOUDHSM"}, {"CustomKeyStoreId", "cks-1234567890abcdef0"}},
         "CustomKeyStoreNotFoundException",
         "Custom key store cks-1234567890abcdef0 does not exist."},
        {{{"Policy", "{}"}}, "MalformedPolicyDocumentException", "The policy has no Statement."},
    };
    for (const auto& row : rows) {
      const auto& [request, error, message] = row;
      CAPTURE(std::get<2>(row));
      World world;
      const auto before = world.data();
      CHECK(world.call("CreateKey", request) == Json{{"__type", error}, {"message", message}});
      CHECK(world.data() == before);
      CHECK(world.audited().back()["errorCode"] == error);
    }
  }

  TEST_CASE("DisableKey and EnableKey are idempotent, and refuse a key that is pending deletion") {
    World world;
    const std::string key = world.create_key();
    for (int time = 0; time < 2; ++time) CHECK(world.call("DisableKey", {{"KeyId", key}}) == Json::object());
    CHECK(described(world, key)["Enabled"] == false);
    for (int time = 0; time < 2; ++time) CHECK(world.call("EnableKey", {{"KeyId", key}}) == Json::object());
    CHECK(described(world, key)["KeyState"] == "Enabled");
    world.set_state(key, KeyState::kPendingDeletion);
    CHECK(world.call("DisableKey", {{"KeyId", key}})["__type"] == "KMSInvalidStateException");
  }

  TEST_CASE("a key that cannot be found is told as AWS tells it") {
    World world;
    CHECK(world.call("DescribeKey", {{"KeyId", "fake-key-id"}})["message"] == "Invalid keyId 'fake-key-id'");
    CHECK(world.call("DescribeKey", {{"KeyId", testing::kAbsentKeyId}})["message"] ==
          cat("Key '", world.caller.home.arn(cat("key/", testing::kAbsentKeyId)), "' does not exist"));
    CHECK(world.call("DescribeKey", {{"KeyId", "alias/none"}})["message"] ==
          cat("Alias ", world.caller.home.arn("alias/none"), " is not found."));
    CHECK(world.call("EnableKey", {{"KeyId", "alias/none"}})["message"] == "Invalid keyId 'alias/none'");
  }

  TEST_CASE("ListKeys pages through all keys") {
    World world;
    for (int i = 0; i < 5; ++i) world.create_key();
    const Json first = world.call("ListKeys", {{"Limit", 3}});
    CHECK(first["Keys"].size() == 3);
    CHECK(first["Truncated"] == true);
    const Json second = world.call("ListKeys", {{"Limit", 3}, {"Marker", first["NextMarker"]}});
    CHECK(second["Keys"].size() == 2);
    CHECK(second["Truncated"] == false);
    CHECK(world.call("ListKeys", {{"Marker", "x"}})["__type"] == "InvalidMarkerException");
  }
}
