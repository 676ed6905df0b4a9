#include "core/ops/vault/replica_transfer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/records/vault.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

std::string transport_key(World& world) {
  return world.call("GetTransportKey", Json::object())["TransportKey"];
}

// A vault with a primary key, and another one in another region.
struct Pair {
  Pair() : key(here.create_key({{"MultiRegion", true}})) {
    const auto transaction = there.store.begin(Access::kWrite);
    there.caller.home.region = "us-west-2";
    put_first_records(*transaction, there.caller.home, there.random);
    commit_now(*transaction);
  }
  Json send() { return here.call("ExportReplica", {{"KeyId", key}, {"Recipient", transport_key(there)}}); }
  Json receive(const Json& sent) {
    return there.call("ImportReplica", {{"Bundle", sent.at("Bundle")}, {"Sender", transport_key(here)}});
  }

  World here;
  World there;
  std::string key;
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
}
