// What the keys of a set owe to each other: imported material in several Regions and vaults.
#include "core/upkeep/key_sets.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/resolve.h"
#include "core/upkeep/upkeep.h"
#include "tests/support/commit.h"
#include "tests/support/key_sets.h"

using namespace kms;
using namespace kms::testing;

namespace {

constexpr const char* kThere = "us-west-2";

// An imported multi-Region key whose primary is at home, with its first material.
struct Set {
  Set() : here(world.caller.home.region) {
    world.call("AddRegion", {{"Region", kThere}});
    const std::string key = world.create_key({{"MultiRegion", true}, {"Origin", "EXTERNAL"}});
    id = key.substr(key.find('/') + 1);
    import_in(world, here, id, first);
  }
  void replicate() { CHECK(world.call("ReplicateKey", {{"KeyId", id}, {"ReplicaRegion", kThere}}).size() == 3); }
  // Both have the first material.
  void replicate_and_import() {
    replicate();
    CHECK(import_in(world, kThere, id, first).contains("KeyMaterialId"));
  }
  Json rotate() { return world.call("RotateKeyOnDemand", {{"KeyId", id}}); }
  std::string encrypt(const std::string& region) {
    const Json answer = call_in(world, region, "Encrypt", {{"KeyId", id}, {"Plaintext", "AAEC"}});
    return answer.contains("__type") ? answer["__type"] : answer["CiphertextBlob"];
  }
  Json decrypt(const std::string& region, const std::string& blob) {
    const Json answer = call_in(world, region, "Decrypt", {{"CiphertextBlob", blob}});
    return answer.contains("__type") ? answer["__type"] : answer["Plaintext"];
  }
  std::string current(const std::string& region) {
    return call_in(world, region, "DescribeKey", {{"KeyId", id}})["KeyMetadata"]["CurrentKeyMaterialId"];
  }

  World world;
  std::string here;
  std::string id;
  SecretBytes first = world.random.secret(32);
  SecretBytes second = world.random.secret(32);
  SecretBytes third = world.random.secret(32);
};

// What versions before left behind: the records of a key, changed behind the back of the rules.
void tamper(World& world, std::string_view region, const std::string& id, const std::function<void(Key&)>& change) {
  const auto transaction = world.store.begin(Access::kWrite);
  Key key = find_key(*transaction, {world.caller.home.account, std::string(region)}, *KeyId::parse(id)).value();
  change(key);
  put_key(*transaction, key);
  put_layout(*transaction, 2);
  commit_now(*transaction);
}

}  // namespace

TEST_SUITE("ops/key_sets") {
  TEST_CASE("a replica that is made while material is pending puts it back to waiting, and ends with one current") {
    Set set;
    import_in(set.world, set.here, set.id, set.second, true);
    set.replicate();
    CHECK(materials_in(set.world, set.here, set.id) ==
          "CURRENT IMPORTED, PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED");
    import_in(set.world, kThere, set.id, set.first);
    CHECK(set.rotate()["__type"] == "KMSInvalidStateException");
    import_in(set.world, kThere, set.id, set.second);
    CHECK(materials_in(set.world, kThere, set.id) == "CURRENT IMPORTED, PENDING_ROTATION IMPORTED");
    CHECK(set.rotate().contains("KeyId"));
    CHECK(materials_in(set.world, kThere, set.id) == "NON_CURRENT IMPORTED, CURRENT IMPORTED");
    CHECK(set.current(kThere) == set.current(set.here));
    CHECK(set.decrypt(kThere, set.encrypt(set.here)) == "AAEC");
    CHECK(violations(set.world).empty());
  }

  TEST_CASE("pending material that expires in a replica keeps the set from rotating until it is there again") {
    Set set;
    set.replicate_and_import();
    import_in(set.world, set.here, set.id, set.second, true);
    import_in(set.world, kThere, set.id, set.second, false, set.world.clock.time + kDay);
    CHECK(materials_in(set.world, set.here, set.id) == "CURRENT IMPORTED, PENDING_ROTATION IMPORTED");
    set.world.clock.advance(kDay);
    CHECK(set.rotate()["__type"] == "KMSInvalidStateException");
    CHECK(state_in(set.world, kThere, set.id) == "Enabled");
    CHECK(set.decrypt(set.here, set.encrypt(kThere)) == "AAEC");
    CHECK(import_in(set.world, kThere, set.id, set.second).contains("KeyMaterialId"));
    CHECK(set.rotate().contains("KeyId"));
    CHECK(set.decrypt(set.here, set.encrypt(kThere)) == "AAEC");
  }

  TEST_CASE("pending material that is deleted in a replica keeps the set from rotating, and in the primary is gone") {
    Set set;
    set.replicate_and_import();
    const std::string pending = import_in(set.world, set.here, set.id, set.second, true)["KeyMaterialId"];
    import_in(set.world, kThere, set.id, set.second);
    const Json request{{"KeyId", set.id}, {"KeyMaterialId", pending}};
    CHECK(call_in(set.world, kThere, "DeleteImportedKeyMaterial", request)["KeyMaterialId"] == pending);
    CHECK(set.rotate()["__type"] == "KMSInvalidStateException");
    import_in(set.world, kThere, set.id, set.second);
    const std::size_t secrets = set.world.store.records.secrets.size();
    CHECK(set.world.call("DeleteImportedKeyMaterial", request)["KeyMaterialId"] == pending);
    CHECK(materials_in(set.world, set.here, set.id) == "CURRENT IMPORTED");
    CHECK(materials_in(set.world, kThere, set.id) == "CURRENT IMPORTED");
    CHECK(set.world.store.records.secrets.size() == secrets - 2);
    CHECK(import_in(set.world, kThere, set.id, set.second)["__type"] == "IncorrectKeyMaterialException");
    import_in(set.world, set.here, set.id, set.third, true);
    CHECK(materials_in(set.world, kThere, set.id) ==
          "CURRENT IMPORTED, PENDING_MULTI_REGION_IMPORT_AND_ROTATION PENDING_IMPORT");
    CHECK(violations(set.world).empty());
  }

  TEST_CASE("a replica waits for all material that was ever current") {
    Set set;
    const std::string old = set.encrypt(set.here);
    import_in(set.world, set.here, set.id, set.second, true);
    set.rotate();
    set.replicate();
    import_in(set.world, kThere, set.id, set.second);
    CHECK(state_in(set.world, kThere, set.id) == "PendingImport");
    CHECK(set.decrypt(kThere, old) == "KMSInvalidStateException");
    import_in(set.world, kThere, set.id, set.first);
    CHECK(state_in(set.world, kThere, set.id) == "Enabled");
    CHECK(set.decrypt(kThere, old) == "AAEC");
    CHECK(set.decrypt(set.here, set.encrypt(kThere)) == "AAEC");
  }

  TEST_CASE("a new primary knows all material of the set") {
    Set set;
    set.replicate_and_import();
    import_in(set.world, set.here, set.id, set.second, true);
    CHECK(set.world.call("UpdatePrimaryRegion", {{"KeyId", set.id}, {"PrimaryRegion", kThere}}) == Json::object());
    CHECK(import_in(set.world, kThere, set.id, set.second).contains("KeyMaterialId"));
    CHECK(import_in(set.world, kThere, set.id, set.third, true)["__type"] == "KMSInvalidStateException");
    CHECK(call_in(set.world, kThere, "RotateKeyOnDemand", {{"KeyId", set.id}}).contains("KeyId"));
    CHECK(set.decrypt(set.here, set.encrypt(kThere)) == "AAEC");
    CHECK(violations(set.world).empty());
  }

  TEST_CASE("a replica past its date is no part of its set, and another can be made in its place") {
    Set set;
    set.replicate_and_import();
    import_in(set.world, set.here, set.id, set.second, true);
    call_in(set.world, kThere, "ScheduleKeyDeletion", {{"KeyId", set.id}, {"PendingWindowInDays", 7}});
    call_in(set.world, kThere, "ListKeys", Json::object());
    CHECK(set.rotate()["__type"] == "KMSInvalidStateException");
    set.world.clock.advance(kDay * 7);
    CHECK(set.world.call("DescribeKey", {{"KeyId", set.id}})["KeyMetadata"]["MultiRegionConfiguration"]["ReplicaKeys"]
              .empty());
    CHECK(set.world.call("UpdatePrimaryRegion", {{"KeyId", set.id}, {"PrimaryRegion", kThere}})["__type"] ==
          "NotFoundException");
    set.replicate();
    CHECK(state_in(set.world, kThere, set.id) == "PendingImport");
    CHECK(materials_in(set.world, kThere, set.id) ==
          "CURRENT PENDING_IMPORT, PENDING_MULTI_REGION_IMPORT_AND_ROTATION PENDING_IMPORT");
    CHECK(violations(set.world).empty());
  }

  TEST_CASE("destruction erases what is stored of a key, also what it does not list") {
    Set set;
    set.world.store.manner = Manner::kPlain;
    const std::size_t before = set.world.store.records.secrets.size() - 1;
    {
      const auto transaction = set.world.store.begin(Access::kWrite);
      const Key key =
          resolve_key(*transaction, set.world.caller.home, set.id, KeyReference::kIdOrArn, set.world.clock.time);
      put_material(*transaction, key, std::string(64, 'b'), set.second);
      commit_now(*transaction);
    }
    set.world.call("ScheduleKeyDeletion", {{"KeyId", set.id}, {"PendingWindowInDays", 7}});
    set.world.clock.advance(kDay * 7);
    CHECK(keep_up(set.world.context, UpkeepMode::kConfirmDestroy).destroyed == 1);
    CHECK(set.world.store.records.secrets.size() == before);
  }

  TEST_CASE("two current materials, and a key that is enabled without its own, are put right when they are found") {
    Set set;
    set.replicate_and_import();
    import_in(set.world, set.here, set.id, set.second, true);
    import_in(set.world, kThere, set.id, set.second);
    set.rotate();
    const std::string blob = set.encrypt(set.here);
    tamper(set.world, kThere, set.id, [](Key& key) { key.materials[0].state = MaterialState::kCurrent; });
    CHECK_FALSE(violations(set.world).empty());
    CHECK(materials_in(set.world, kThere, set.id) == "NON_CURRENT IMPORTED, CURRENT IMPORTED");
    CHECK(violations(set.world).empty());
    tamper(set.world, kThere, set.id, [](Key& key) { key.materials.erase(key.materials.begin()); });
    CHECK_FALSE(violations(set.world).empty());
    CHECK(state_in(set.world, kThere, set.id) == "PendingImport");
    CHECK(violations(set.world).empty());
    CHECK(set.encrypt(set.here) != "KMSInvalidStateException");
    import_in(set.world, kThere, set.id, set.first);
    CHECK(set.decrypt(kThere, blob) == "AAEC");
    // A primary that knew only what it had imported as a replica learns of the rest.
    tamper(set.world, set.here, set.id, [](Key& key) { key.materials.erase(key.materials.begin()); });
    CHECK(materials_in(set.world, set.here, set.id) == "NON_CURRENT PENDING_IMPORT, CURRENT IMPORTED");
    CHECK(state_in(set.world, set.here, set.id) == "PendingImport");
    CHECK(violations(set.world).empty());
  }
}
