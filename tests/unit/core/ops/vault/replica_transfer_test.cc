#include "core/ops/vault/replica_transfer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "tests/support/key_sets.h"

using namespace kms;
using namespace kms::testing;

namespace {

// A vault with a primary key, and another one in another region.
struct Pair {
  explicit Pair(const char* origin = "AWS_KMS")
      : key(here.create_key({{"MultiRegion", true}, {"Origin", origin}})), home(here.caller.home.region) {
    move_home(there, "us-west-2");
  }
  Json send() { return here.call("ExportReplica", {{"KeyId", key}, {"Recipient", transport_key(there)}}); }
  Json receive(const Json& sent) {
    return there.call("ImportReplica", {{"Bundle", sent.at("Bundle")}, {"Sender", transport_key(here)}});
  }

  World here;
  World there;
  std::string key;
  std::string home;
};

std::string id_of(const std::string& arn) {
  return arn.substr(arn.find('/') + 1);
}

}  // namespace

TEST_SUITE("ops/replica_transfer") {
  TEST_CASE("a replica in another vault decrypts what the primary encrypted, before and after a rotation") {
    Pair pair;
    const Json first = pair.here.call("Encrypt", {{"KeyId", pair.key}, {"Plaintext", "AAEC"}});
    pair.here.call("RotateKeyOnDemand", {{"KeyId", pair.key}});
    const Json second = pair.here.call("Encrypt", {{"KeyId", pair.key}, {"Plaintext", "AwQF"}});
    const Json received = pair.receive(pair.send());
    CHECK(received["KeyMetadata"]["KeyId"] == id_of(pair.key));
    CHECK(received["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA");
    CHECK(pair.there.call("Decrypt", {{"CiphertextBlob", first["CiphertextBlob"]}})["Plaintext"] == "AAEC");
    CHECK(pair.there.call("Decrypt", {{"CiphertextBlob", second["CiphertextBlob"]}})["Plaintext"] == "AwQF");
    const Json back = pair.there.call("Encrypt", {{"KeyId", id_of(pair.key)}, {"Plaintext", "BgcI"}});
    CHECK(pair.here.call("Decrypt", {{"CiphertextBlob", back["CiphertextBlob"]}})["Plaintext"] == "BgcI");
    CHECK(pair.here.call("DescribeKey", {{"KeyId", pair.key}})["KeyMetadata"]["MultiRegionConfiguration"]["ReplicaKeys"]
              .size() == 1);
  }

  TEST_CASE("an older state, the same one, and one from another vault are refused, and change nothing") {
    Pair pair;
    const Json older = pair.send();
    const Json newer = pair.send();
    pair.receive(newer);
    const auto before = pair.there.data();
    CHECK(pair.receive(newer)["__type"] == "ConflictException");
    CHECK(pair.receive(older)["__type"] == "ConflictException");
    World other;
    const Json sender = transport_key(other);
    CHECK(pair.there.call("ImportReplica", {{"Bundle", pair.send()["Bundle"]}, {"Sender", sender}})["__type"] ==
          "AccessDeniedException");
    CHECK(pair.there.data() == before);
    CHECK(pair.there.audited().back()["errorCode"] == "AccessDeniedException");
  }

  TEST_CASE("the first replica of a key is taken from a sender that was named, and later ones from that alone") {
    Pair pair;
    World third;  // has the account, and knows the transport key, which is public
    const std::string own = third.create_key({{"MultiRegion", true}});
    const Json planted = third.call("ExportReplica", {{"KeyId", own}, {"Recipient", transport_key(pair.there)}});
    const auto before = pair.there.data();
    const Json refused = pair.there.call("ImportReplica", {{"Bundle", planted["Bundle"]}});
    CHECK(refused["__type"] == "ValidationException");
    CHECK(refused["message"].get<std::string>().find(third.call("GetTransportKey", Json::object())["Fingerprint"]) !=
          std::string::npos);
    CHECK(pair.receive(planted)["__type"] == "AccessDeniedException");
    CHECK(pair.there.data() == before);
    CHECK(pair.there.call("ImportReplica", {{"Bundle", pair.send()["Bundle"]}})["__type"] == "ValidationException");
    CHECK(pair.there.data() == before);
    pair.receive(pair.send());
    CHECK(pair.there.call("ImportReplica", {{"Bundle", pair.send()["Bundle"]}}).contains("KeyMetadata"));
  }

  TEST_CASE("an export says between which vaults the replica travels") {
    Pair pair;
    const Json sent = pair.send();
    CHECK(sent["SenderFingerprint"] == pair.here.call("GetTransportKey", Json::object())["Fingerprint"]);
    CHECK(sent["RecipientFingerprint"] == pair.there.call("GetTransportKey", Json::object())["Fingerprint"]);
  }

  TEST_CASE("a file with any byte changed, cut short, or for another vault is refused") {
    Pair pair;
    const Json sent = pair.send();
    const Bytes file = decode_base64(sent["Bundle"].get<std::string>()).value();
    const auto before = pair.there.data();
    for (std::size_t i = 0; i < file.size(); i += 7) {
      Bytes changed = file;
      changed[i] ^= 1U;
      CHECK(pair.there.call("ImportReplica", {{"Bundle", encode_base64(changed)}})["__type"] ==
            "InvalidCiphertextException");
      if (i == 0) continue;
      changed.resize(i);
      CHECK(pair.there.call("ImportReplica", {{"Bundle", encode_base64(changed)}})["__type"] ==
            "InvalidCiphertextException");
    }
    World other;
    CHECK(other.call("ImportReplica", {{"Bundle", sent["Bundle"]}})["__type"] == "InvalidCiphertextException");
    CHECK(pair.there.data() == before);
  }

  TEST_CASE("a primary waits for a replica in another vault until it is told that it is gone") {
    Pair pair;
    pair.receive(pair.send());
    CHECK(pair.here.call("ScheduleKeyDeletion", {{"KeyId", pair.key}})["KeyState"] == "PendingReplicaDeletion");
    CHECK(pair.here.call("ForgetReplica", {{"KeyId", pair.key}, {"ReplicaRegion", "us-west-2"}}) == Json::object());
    CHECK(pair.here.call("DescribeKey", {{"KeyId", pair.key}})["KeyMetadata"]["KeyState"] == "PendingDeletion");
  }

  TEST_CASE("only a primary key can be exported, and only to a transport key") {
    Pair pair;
    const std::string single = pair.here.create_key();
    CHECK(pair.here.call("ExportReplica", {{"KeyId", single}, {"Recipient", transport_key(pair.there)}})["__type"] ==
          "UnsupportedOperationException");
    CHECK(pair.here.call("ExportReplica", {{"KeyId", pair.key}, {"Recipient", "age1xyz"}})["__type"] ==
          "ValidationException");
  }

  TEST_CASE("the replica of an imported key in another vault takes the same bytes, and no others") {
    Pair pair("EXTERNAL");
    const std::string id = id_of(pair.key);
    const SecretBytes first = pair.here.random.secret(32);
    const SecretBytes second = pair.here.random.secret(32);
    import_in(pair.here, pair.home, id, first);
    const Json blob = pair.here.call("Encrypt", {{"KeyId", id}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    CHECK(pair.receive(pair.send())["KeyMetadata"]["KeyState"] == "PendingImport");
    CHECK(import_in(pair.there, "us-west-2", id, second)["__type"] == "IncorrectKeyMaterialException");
    CHECK(import_in(pair.there, "us-west-2", id, second, true)["__type"] == "UnsupportedOperationException");
    CHECK(import_in(pair.there, "us-west-2", id, first).contains("KeyMaterialId"));
    CHECK(pair.there.call("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"] == "AAEC");

    // The primary waits for nobody in another vault; what that has not heard of, it imports after the next file.
    import_in(pair.here, pair.home, id, second, true);
    CHECK(import_in(pair.there, "us-west-2", id, second)["__type"] == "IncorrectKeyMaterialException");
    pair.receive(pair.send());
    CHECK(state_in(pair.there, "us-west-2", id) == "Enabled");
    CHECK(materials_in(pair.there, "us-west-2", id) ==
          "CURRENT IMPORTED, PENDING_MULTI_REGION_IMPORT_AND_ROTATION PENDING_IMPORT");
    CHECK(pair.here.call("RotateKeyOnDemand", {{"KeyId", id}}).contains("KeyId"));
    pair.receive(pair.send());
    CHECK(state_in(pair.there, "us-west-2", id) == "PendingImport");
    CHECK(import_in(pair.there, "us-west-2", id, second).contains("KeyMaterialId"));
    const Json back = pair.there.call("Encrypt", {{"KeyId", id}, {"Plaintext", "AwQF"}})["CiphertextBlob"];
    CHECK(pair.here.call("Decrypt", {{"CiphertextBlob", back}})["Plaintext"] == "AwQF");
    CHECK(violations(pair.here).empty());
    CHECK(violations(pair.there).empty());
  }

  TEST_CASE("pending material that the primary gave up leaves a replica in another vault with the next file") {
    Pair pair("EXTERNAL");
    const std::string id = id_of(pair.key);
    const SecretBytes first = pair.here.random.secret(32);
    const SecretBytes second = pair.here.random.secret(32);
    import_in(pair.here, pair.home, id, first);
    const Json pending = import_in(pair.here, pair.home, id, second, true)["KeyMaterialId"];
    pair.receive(pair.send());
    import_in(pair.there, "us-west-2", id, first);
    const std::size_t secrets = pair.there.store.records.secrets.size();
    import_in(pair.there, "us-west-2", id, second);
    pair.here.call("DeleteImportedKeyMaterial", {{"KeyId", id}, {"KeyMaterialId", pending}});
    pair.receive(pair.send());
    CHECK(materials_in(pair.there, "us-west-2", id) == "CURRENT IMPORTED");
    CHECK(pair.there.store.records.secrets.size() == secrets);
  }

  TEST_CASE("the order of the states goes on when the primary has moved, there and back") {
    Pair pair;
    const std::string id = id_of(pair.key);
    pair.here.call("AddRegion", {{"Region", "eu-west-1"}});
    pair.here.call("ReplicateKey", {{"KeyId", id}, {"ReplicaRegion", "eu-west-1"}});
    const Json older = pair.send();
    CHECK(pair.receive(pair.send()).contains("KeyMetadata"));
    pair.here.call("UpdatePrimaryRegion", {{"KeyId", id}, {"PrimaryRegion", "eu-west-1"}});
    call_in(pair.here, "eu-west-1", "RotateKeyOnDemand", {{"KeyId", id}});
    const Json request{{"KeyId", id}, {"Recipient", transport_key(pair.there)}};
    const Json moved = call_in(pair.here, "eu-west-1", "ExportReplica", request);
    CHECK(pair.receive(moved).contains("KeyMetadata"));
    CHECK(pair.receive(older)["__type"] == "ConflictException");
    const Json blob = call_in(pair.here, "eu-west-1", "Encrypt", {{"KeyId", id}, {"Plaintext", "AAEC"}});
    CHECK(pair.there.call("Decrypt", {{"CiphertextBlob", blob["CiphertextBlob"]}})["Plaintext"] == "AAEC");
    call_in(pair.here, "eu-west-1", "UpdatePrimaryRegion", {{"KeyId", id}, {"PrimaryRegion", pair.home}});
    CHECK(pair.receive(pair.send()).contains("KeyMetadata"));
  }

  TEST_CASE("replicas of one key in two Regions of another vault know the later of what was sent to either") {
    Pair pair;
    const std::string id = id_of(pair.key);
    pair.there.call("AddRegion", {{"Region", "us-east-1"}});
    const auto send_to = [&](const char* region) {
      return pair.here.call("ExportReplica",
                            {{"KeyId", id}, {"Recipient", transport_key(pair.there)}, {"ReplicaRegion", region}});
    };
    pair.receive(send_to("us-west-2"));
    pair.here.call("RotateKeyOnDemand", {{"KeyId", id}});
    const Json blob = pair.here.call("Encrypt", {{"KeyId", id}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    pair.receive(send_to("us-east-1"));
    for (const char* region : {"us-west-2", "us-east-1"}) {
      CHECK(call_in(pair.there, region, "Decrypt", {{"CiphertextBlob", blob}})["Plaintext"] == "AAEC");
    }
    CHECK(violations(pair.there).empty());
  }

  TEST_CASE("a replica past its date gives its place to one that arrives anew") {
    Pair pair;
    pair.receive(pair.send());
    pair.there.call("ScheduleKeyDeletion", {{"KeyId", id_of(pair.key)}, {"PendingWindowInDays", 7}});
    pair.there.clock.advance(std::chrono::hours(24 * 7));
    CHECK(pair.receive(pair.send())["KeyMetadata"]["KeyState"] == "Enabled");
    CHECK(state_in(pair.there, "us-west-2", id_of(pair.key)) == "Enabled");
  }
}
