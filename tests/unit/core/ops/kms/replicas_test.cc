#include "core/ops/kms/replicas.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/records/vault.h"
#include "core/upkeep/upkeep.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

// A multi-Region key whose primary is at home, and a replica in us-west-2.
struct Replicated {
  Replicated() : home(world.caller.home), key(world.create_key({{"MultiRegion", true}, {"Description", "first"}})) {
    id = key.substr(key.find('/') + 1);
    world.call("AddRegion", {{"Region", "us-west-2"}});
    made = world.call("ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", "us-west-2"}, {"Description", "second"}});
  }
  Json call_in(const char* region, const char* operation, Json request) {
    const AccountRegion before = world.caller.home;
    world.caller.home.region = region;
    Json answer = world.call(operation, request);
    world.caller.home = before;
    return answer;
  }
  Json there(const char* operation, const Json& request) { return call_in("us-west-2", operation, request); }
  Json describe_there() { return there("DescribeKey", {{"KeyId", id}})["KeyMetadata"]; }

  World world;
  AccountRegion home;
  std::string key;
  std::string id;
  Json made;
};

}  // namespace

TEST_SUITE("ops/replicas") {
  TEST_CASE("a vault whose home Region has a name that AWS would not take can name it all the same") {
    World world;
    const auto before = world.caller;
    {
      const auto transaction = world.store.begin(Access::kWrite);
      transaction->put("vault", "home", Json{{"account", before.home.account}, {"region", "mars"}}.dump());
      put_regions(*transaction, {"mars"});
      commit_now(*transaction);
    }
    world.caller.home.region = "mars";
    CHECK(world.call("AddRegion", {{"Region", "us-west-2"}}) == Json::object());
    const std::string key = world.create_key({{"MultiRegion", true}});
    world.call("ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", "us-west-2"}});
    CHECK(world.call("UpdatePrimaryRegion", {{"KeyId", key}, {"PrimaryRegion", "us-west-2"}}) == Json::object());
    world.caller.home.region = "us-west-2";
    const std::string there = cat("arn:aws:kms:us-west-2", key.substr(key.find(":mars:") + 5));
    CHECK(world.call("UpdatePrimaryRegion", {{"KeyId", there}, {"PrimaryRegion", "mars"}}) == Json::object());
    const std::string second = world.create_key({{"MultiRegion", true}});
    CHECK(world.call("ReplicateKey", {{"KeyId", second}, {"ReplicaRegion", "mars"}}).contains("ReplicaKeyMetadata"));
  }

  TEST_CASE("a Region is called the same wherever one is named") {
    World world;
    const std::string key = world.create_key({{"MultiRegion", true}});
    for (const char* name : {"mars", "mars2", "us-east", "us-east-", "US-EAST-1", "us-east-1a", "a-b-c-d-1"}) {
      CAPTURE(name);
      const auto refused = [&](const char* operation, const Json& request) {
        CHECK(world.call(operation, request)["__type"] == "ValidationException");
      };
      refused("AddRegion", {{"Region", name}});
      refused("ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", name}});
      refused("UpdatePrimaryRegion", {{"KeyId", key}, {"PrimaryRegion", name}});
    }
    for (const char* name : {"us-east-1", "us-gov-west-1", "ap-southeast-12"}) {
      CHECK(world.call("AddRegion", {{"Region", name}}) == Json::object());
    }
  }

  TEST_CASE("a replica is answered while it is being made, and is there at once") {
    Replicated set;
    CHECK(set.id.starts_with("mrk-"));
    const Json shown = set.made["ReplicaKeyMetadata"];
    CHECK(shown["KeyState"] == "Creating");
    CHECK(shown["Arn"] == cat("arn:aws:kms:us-west-2:111122223333:key/", set.id));
    CHECK(shown["Description"] == "second");
    CHECK_FALSE(shown.contains("CurrentKeyMaterialId"));
    CHECK(set.made["ReplicaTags"].empty());
    const Json replica = set.describe_there();
    CHECK(replica["KeyState"] == "Enabled");
    const Json& configuration = replica["MultiRegionConfiguration"];
    CHECK(configuration["MultiRegionKeyType"] == "REPLICA");
    CHECK(configuration["PrimaryKey"] == Json{{"Arn", set.key}, {"Region", set.home.region}});
    CHECK(configuration["ReplicaKeys"] == Json::array({{{"Arn", shown["Arn"]}, {"Region", "us-west-2"}}}));
    CHECK(set.world.call("DescribeKey",
                         {{"KeyId", set.key}})["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"] ==
          "PRIMARY");
  }

  TEST_CASE("what one encrypts the other decrypts, also after a rotation of the primary") {
    Replicated set;
    const Json blob = set.world.call("Encrypt", {{"KeyId", set.key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    CHECK(set.there("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"] == "AAEC");
    CHECK(set.there("RotateKeyOnDemand", {{"KeyId", set.id}})["__type"] == "UnsupportedOperationException");
    set.world.call("RotateKeyOnDemand", {{"KeyId", set.key}});
    const Json rotated = set.there("Encrypt", {{"KeyId", set.id}, {"Plaintext", "AwQF"}})["CiphertextBlob"];
    CHECK(set.world.call("Decrypt", {{"CiphertextBlob", rotated}})["Plaintext"] == "AwQF");
    CHECK(set.describe_there()["CurrentKeyMaterialId"] ==
          set.world.call("DescribeKey", {{"KeyId", set.key}})["KeyMetadata"]["CurrentKeyMaterialId"]);
    set.world.call("EnableKeyRotation", {{"KeyId", set.key}, {"RotationPeriodInDays", 100}});
    CHECK(set.there("GetKeyRotationStatus", {{"KeyId", set.id}})["RotationPeriodInDays"] == 100);
    set.world.clock.advance(std::chrono::hours(24 * 101));
    CHECK(set.there("ListKeyRotations", {{"KeyId", set.id}})["Rotations"].size() == 2);
  }

  TEST_CASE("each has its own state, description, tags, aliases and policy") {
    Replicated set;
    set.there("DisableKey", {{"KeyId", set.id}});
    set.there("TagResource", {{"KeyId", set.id}, {"Tags", {{{"TagKey", "a"}, {"TagValue", "b"}}}}});
    set.there("CreateAlias", {{"AliasName", "alias/there"}, {"TargetKeyId", set.id}});
    const Json primary = set.world.call("DescribeKey", {{"KeyId", set.key}})["KeyMetadata"];
    CHECK(primary["KeyState"] == "Enabled");
    CHECK(primary["Description"] == "first");
    CHECK(set.world.call("ListResourceTags", {{"KeyId", set.key}})["Tags"].empty());
    CHECK(set.world.call("ListAliases", Json::object())["Aliases"].empty());
  }

  TEST_CASE("the primary can move, and then the other one leads") {
    Replicated set;
    CHECK(set.world.call("UpdatePrimaryRegion", {{"KeyId", set.key}, {"PrimaryRegion", "eu-west-1"}})["__type"] ==
          "NotFoundException");
    CHECK(set.world.call("UpdatePrimaryRegion", {{"KeyId", set.key}, {"PrimaryRegion", "us-west-2"}}) ==
          Json::object());
    CHECK(set.describe_there()["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY");
    CHECK(set.world.call("RotateKeyOnDemand", {{"KeyId", set.key}})["__type"] == "UnsupportedOperationException");
    CHECK(set.there("RotateKeyOnDemand", {{"KeyId", set.id}}).contains("KeyId"));
    CHECK(set.there("UpdatePrimaryRegion", {{"KeyId", set.id}, {"PrimaryRegion", set.home.region}}) == Json::object());
    CHECK(set.world.call("RotateKeyOnDemand", {{"KeyId", set.key}}).contains("KeyId"));
  }

  TEST_CASE("what cannot be replicated, or there is already") {
    Replicated set;
    const auto replicate = [&](const std::string& key, const char* region) {
      return set.world.call("ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", region}})["__type"];
    };
    const auto before = set.world.data();
    CHECK(replicate(set.key, "us-west-2") == "AlreadyExistsException");
    CHECK(replicate(set.key, "eu-north-1") == "ValidationException");
    CHECK(replicate(set.key, "nowhere") == "ValidationException");
    CHECK(set.there("ReplicateKey", {{"KeyId", set.id}, {"ReplicaRegion", set.home.region}})["__type"] ==
          "UnsupportedOperationException");
    CHECK(set.world.data() == before);
  }

  TEST_CASE("a primary waits until its last replica is destroyed, and only then begins its own waiting period") {
    Replicated set;
    const Json scheduled = set.world.call("ScheduleKeyDeletion", {{"KeyId", set.key}, {"PendingWindowInDays", 7}});
    CHECK(scheduled["KeyState"] == "PendingReplicaDeletion");
    CHECK_FALSE(scheduled.contains("DeletionDate"));
    CHECK(set.world.call("DescribeKey", {{"KeyId", set.key}})["KeyMetadata"]["PendingDeletionWindowInDays"] == 7);
    set.there("ScheduleKeyDeletion", {{"KeyId", set.id}, {"PendingWindowInDays", 7}});
    CHECK(set.world.call("DescribeKey", {{"KeyId", set.key}})["KeyMetadata"]["KeyState"] == "PendingReplicaDeletion");
    set.world.clock.advance(std::chrono::hours(24 * 8));
    CHECK(keep_up(set.world.context, UpkeepMode::kConfirmDestroy).destroyed == 1);
    const Json primary = set.world.call("DescribeKey", {{"KeyId", set.key}})["KeyMetadata"];
    CHECK(primary["KeyState"] == "PendingDeletion");
    CHECK(primary["DeletionDate"] == epoch_seconds(set.world.clock.time + std::chrono::hours(24 * 7)));
    CHECK(primary["MultiRegionConfiguration"]["ReplicaKeys"].empty());
  }
}
