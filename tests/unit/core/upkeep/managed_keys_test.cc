#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/service/managed_use.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

TEST_SUITE("ops/managed_keys") {
  TEST_CASE("the alias of a service of AWS is not found, and the answer says which there are") {
    World world;
    const Json answer = world.call("DescribeKey", {{"KeyId", "alias/aws/s3"}});
    CHECK(answer["__type"] == "NotFoundException");
    const std::string message = answer["message"];
    CHECK(message.starts_with(cat("Alias ", world.caller.home.arn("alias/aws/s3"), " is not found.")));
    CHECK(message.find("alias/aws/file") != std::string::npos);
  }

  TEST_CASE("the key of a service is made at its first use, and used through the service alone") {
    World world;
    CHECK(world.call("ListKeys", Json::object())["Keys"].empty());
    const Json request{{"KeyId", "alias/aws/file"}, {"Plaintext", "AAEC"}};
    CHECK(world.call("Encrypt", request)["__type"] == "NotFoundException");
    world.caller.via_service = "secrets";
    CHECK(world.call("Encrypt", request)["__type"] == "NotFoundException");
    CHECK(world.call("ListKeys", Json::object())["Keys"].empty());
    world.caller.via_service = "file";
    const Json blob = world.call("Encrypt", request)["CiphertextBlob"];
    CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"] == "AAEC");
    world.caller.via_service.clear();
    CHECK(world.call("Encrypt", request)["__type"] == "AccessDeniedException");
    CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}})["__type"] == "AccessDeniedException");
    CHECK(world.call("ListKeys", Json::object())["Keys"].size() == 1);
  }

  TEST_CASE("it shows as KMS's own, rotates yearly, and nobody changes it") {
    World world;
    const Json metadata = world.call("DescribeKey", {{"KeyId", "alias/aws/secrets"}})["KeyMetadata"];
    const Json key = metadata["Arn"];
    CHECK(metadata["KeyManager"] == "AWS");
    CHECK(world.call("GetKeyRotationStatus", {{"KeyId", key}})["RotationPeriodInDays"] == 365);
    const std::string policy = world.call("GetKeyPolicy", {{"KeyId", key}})["Policy"];
    CHECK(policy.find("secrets.eu-central-1.kmsctl.local") != std::string::npos);
    const auto before = world.data();
    const std::pair<const char*, Json> changes[] = {
        {"DisableKey", {{"KeyId", key}}},
        {"ScheduleKeyDeletion", {{"KeyId", key}}},
        {"DisableKeyRotation", {{"KeyId", key}}},
        {"RotateKeyOnDemand", {{"KeyId", key}}},
        {"PutKeyPolicy", {{"KeyId", key}, {"Policy", policy}}},
        {"TagResource", {{"KeyId", key}, {"Tags", {{{"TagKey", "a"}, {"TagValue", ""}}}}}},
        {"CreateAlias", {{"AliasName", "alias/mine"}, {"TargetKeyId", key}}},
        {"UpdateKeyDescription", {{"KeyId", key}, {"Description", "mine"}}}};
    for (const auto& change : changes) {
      const auto& [operation, request] = change;
      CAPTURE(std::string(change.first));
      CHECK(world.call(operation, request)["__type"] == "AccessDeniedException");
      CHECK(world.data() == before);
    }
    world.clock.advance(std::chrono::hours(24 * 366));
    CHECK(world.call("ListKeyRotations", {{"KeyId", key}})["Rotations"].size() == 1);
  }

  TEST_CASE("other names under alias/aws/ are nobody's") {
    World world;
    CHECK(world.call("DescribeKey", {{"KeyId", "alias/aws/s3"}})["__type"] == "NotFoundException");
    CHECK(world.call("CreateAlias", {{"AliasName", "alias/aws/s3"}, {"TargetKeyId", world.create_key()}})["__type"] ==
          "ValidationException");
  }

  TEST_CASE("the last use of a key is the last success, of cryptographic operations alone") {
    World world;
    const std::string key = world.create_key();
    const std::string other = world.create_key();
    const auto last = [&](const std::string& of) {
      return world.call("GetKeyLastUsage", {{"KeyId", of}})["KeyLastUsage"];
    };
    CHECK(last(key) == Json::object());
    world.call("DescribeKey", {{"KeyId", key}});
    world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}, {"DryRun", true}});
    CHECK(last(key) == Json::object());
    const Json blob = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    const Json event = world.audited().back();
    world.clock.advance(std::chrono::hours(1));
    world.call("Decrypt", {{"CiphertextBlob", blob}, {"EncryptionContext", {{"a", "b"}}}});
    CHECK(last(key) == Json{{"Operation", "Encrypt"},
                            {"Timestamp", epoch_seconds(world.clock.time - std::chrono::hours(1))},
                            {"CloudTrailEventId", event["eventID"]},
                            {"KmsRequestId", event["requestID"]}});
    world.call("ReEncrypt", {{"CiphertextBlob", blob}, {"DestinationKeyId", other}});
    CHECK(last(key)["Operation"] == "ReEncrypt");
    CHECK(last(other)["Operation"] == "ReEncrypt");
  }
}
