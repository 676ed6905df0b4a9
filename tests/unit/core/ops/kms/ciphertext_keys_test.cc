// Keys that only a ciphertext names: where they are looked for, and the one refusal for all that its holder must not
// tell apart.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/service/token_buckets.h"
#include "formats/ciphertext_blob.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr const char* kPartner = "arn:aws:iam::444455556666:user/partner";
const Json kRefusal{{"__type", "AccessDeniedException"},
                    {"message",
                     "The ciphertext refers to a customer master key that does not exist, does not exist in this "
                     "region, or you are not allowed to access."}};

std::string document(Json statement) {
  statement["Effect"] = "Allow";
  statement["Resource"] = "*";
  return Json{{"Version", "2012-10-17"}, {"Statement", statement}}.dump();
}

// The owner's account and another one, with a user that its own account lets do everything.
struct TwoAccounts : World {
  TwoAccounts() {
    call("CreateAccount", {{"AccountId", "444455556666"}});
    call("CreatePrincipal", {{"Principal", kPartner}});
    let_partner("kms:*");
  }
  void let_partner(const Json& actions) {
    call("PutPrincipalPolicy",
         {{"Principal", kPartner}, {"PolicyName", "own"}, {"Policy", document({{"Action", actions}})}});
  }
  // By the owner's side: its key policy.
  void share(const std::string& key, const Json& actions) {
    const Json own{{"Effect", "Allow"},
                   {"Principal", {{"AWS", "arn:aws:iam::111122223333:root"}}},
                   {"Action", "kms:*"},
                   {"Resource", "*"}};
    const Json theirs{{"Effect", "Allow"},
                      {"Principal", {{"AWS", "arn:aws:iam::444455556666:root"}}},
                      {"Action", actions},
                      {"Resource", "*"}};
    const std::string policy = Json{{"Version", "2012-10-17"}, {"Statement", {own, theirs}}}.dump();
    call("PutKeyPolicy", {{"KeyId", key}, {"Policy", policy}});
  }
  Json as_partner(std::string_view operation, const Json& request) {
    return as({kPartner, {"444455556666", caller.home.region}}, operation, request);
  }
  Json as(const testing::TestCaller& who, std::string_view operation, const Json& request) {
    const auto before = std::exchange(caller, who);
    Json answer = call(operation, request);
    caller = before;
    return answer;
  }
  Json in(const char* region, std::string_view operation, const Json& request) {
    testing::TestCaller there = caller;
    there.home.region = region;
    return as(there, operation, request);
  }
  Json sealed(const std::string& key) {
    return call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}})["CiphertextBlob"];
  }
  // A well-formed blob that says what it likes.
  std::string forged(const std::string& account, const KeyId& key) {
    const formats::BlobKey names{account, key.raw(), key.multi_region(), {}};
    return encode_base64(
        formats::seal_blob(names, SecretBytes::copy_of(Bytes(32, 7)), {}, SecretBytes::copy_of(Bytes(5, 1)), random));
  }
};

KeyId id_of(const std::string& arn) {
  return *KeyId::parse(arn.substr(arn.find('/') + 1));
}

// One ciphertext for each reason not to be told anything. The caller is the partner.
std::map<std::string, std::string> refused_blobs(TwoAccounts& world) {
  std::map<std::string, std::string> out;
  const std::string forbidden = world.create_key();
  out["forbidden by the key policy"] = world.sealed(forbidden);
  const std::string gone = world.create_key();
  world.share(gone, "kms:*");
  out["gone"] = world.sealed(gone);
  world.call("ScheduleKeyDeletion", {{"KeyId", gone}, {"PendingWindowInDays", 7}});
  world.clock.advance(std::chrono::hours(24 * 7));
  world.call("AddRegion", {{"Region", "us-west-2"}});
  const std::string elsewhere = world.in("us-west-2", "CreateKey", Json::object())["KeyMetadata"]["Arn"];
  out["in another Region"] =
      world.in("us-west-2", "Encrypt", {{"KeyId", elsewhere}, {"Plaintext", "aGVsbG8="}})["CiphertextBlob"];
  out["absent"] = world.forged("111122223333", *KeyId::parse(kms::testing::kAbsentKeyId));
  out["absent, multi-Region"] = world.forged("111122223333", *KeyId::parse("mrk-00112233445566778899aabbccddeeff"));
  out["of an unknown account"] = world.forged("999999999999", id_of(forbidden));
  out["of the wrong account"] = world.forged("444455556666", id_of(forbidden));
  const std::string rsa = world.create_key({{"KeySpec", "RSA_2048"}, {"KeyUsage", "ENCRYPT_DECRYPT"}});
  out["of another kind"] = world.forged("111122223333", id_of(rsa));
  out["damaged, of a forbidden key"] = world.forged("111122223333", id_of(forbidden));
  world.caller.via_service = "file";
  const Json managed = world.call("Encrypt", {{"KeyId", "alias/aws/file"}, {"Plaintext", "aGVsbG8="}});
  world.caller.via_service.clear();
  out["managed"] = managed["CiphertextBlob"];
  return out;
}

}  // namespace

TEST_SUITE("ops/ciphertext_keys") {
  TEST_CASE("a ciphertext leads to the key of another account, when both accounts allow it") {
    TwoAccounts world;
    const std::string key = world.create_key();
    world.share(key, {"kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"});
    const Json blob = world.sealed(key);
    const Json opened = world.as_partner("Decrypt", {{"CiphertextBlob", blob}});
    CHECK(opened["Plaintext"] == "aGVsbG8=");
    CHECK(opened["KeyId"] == key);
    CHECK(world.as_partner("ReEncrypt", {{"CiphertextBlob", blob}, {"DestinationKeyId", key}})["SourceKeyId"] == key);
    const Json data_key = world.as_partner("GenerateDataKey", {{"KeyId", key}, {"KeySpec", "AES_256"}});
    CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", data_key["CiphertextBlob"]}})["Plaintext"] ==
          data_key["Plaintext"]);
    const Json pair = world.as_partner("GenerateDataKeyPair", {{"KeyId", key}, {"KeyPairSpec", "ECC_NIST_P256"}});
    CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", pair["PrivateKeyCiphertextBlob"]}})["Plaintext"] ==
          pair["PrivateKeyPlaintext"]);
    world.let_partner("kms:Encrypt");  // the caller's own account
    CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", blob}}) == kRefusal);
    world.let_partner("kms:*");
    world.share(key, "kms:Encrypt");  // the owner's
    CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", blob}}) == kRefusal);
  }

  TEST_CASE("a grant on the key of another account lets its ciphertext be decrypted, and be given back by its token") {
    TwoAccounts world;
    const std::string key = world.create_key();
    const Json blob = world.sealed(key);
    CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", blob}}) == kRefusal);
    const Json grant = world.call(
        "CreateGrant",
        {{"KeyId", key}, {"GranteePrincipal", kPartner}, {"RetiringPrincipal", kPartner}, {"Operations", {"Decrypt"}}});
    const Json request{{"CiphertextBlob", blob}, {"GrantTokens", {grant["GrantToken"]}}};
    CHECK(world.as_partner("Decrypt", request)["Plaintext"] == "aGVsbG8=");
    CHECK(world.as_partner("RetireGrant", {{"GrantToken", grant["GrantToken"]}}) == Json::object());
    CHECK(world.as_partner("Decrypt", request) == kRefusal);
  }

  TEST_CASE("absent, elsewhere, gone and forbidden are one refusal") {
    TwoAccounts world;
    const auto blobs = refused_blobs(world);
    const std::string own = world.as_partner("CreateKey", Json::object())["KeyMetadata"]["Arn"];
    for (const auto& entry : blobs) {
      const auto& reason = entry.first;
      const auto& blob = entry.second;
      CAPTURE(reason);
      const auto before = world.data();
      CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", blob}}) == kRefusal);
      CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", blob}, {"DryRun", true}}) == kRefusal);
      CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", blob}, {"GrantTokens", {"AAEC"}}}) == kRefusal);
      CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", blob}, {"EncryptionContext", {{"a", "b"}}}}) == kRefusal);
      CHECK(world.as_partner("ReEncrypt", {{"CiphertextBlob", blob}, {"DestinationKeyId", own}}) == kRefusal);
      CHECK(world.data() == before);
    }
  }

  TEST_CASE("what else is wrong with ReEncrypt is said of every source alike") {
    TwoAccounts world;
    const auto blobs = refused_blobs(world);
    const std::string forbidden = world.create_key();
    for (const auto& entry : blobs) {
      const auto& reason = entry.first;
      const auto& blob = entry.second;
      CAPTURE(reason);
      const auto re_encrypt = [&](const std::string& destination) {
        return world.as_partner("ReEncrypt", {{"CiphertextBlob", blob}, {"DestinationKeyId", destination}});
      };
      CHECK(re_encrypt(std::string(kms::testing::kAbsentKeyId))["__type"] == "NotFoundException");
      CHECK(re_encrypt(forbidden) == kRefusal);
    }
  }

  TEST_CASE("each of them counts against a quota in the same way") {
    TwoAccounts world;
    const auto blobs = refused_blobs(world);
    for (const char* request_class : {"cryptographic-symmetric", "cryptographic-rsa", "Decrypt"}) {
      world.call("PutQuota", {{"RequestClass", request_class}, {"RequestsPerSecond", 1}, {"Burst", 2}});
      std::set<std::string> answers;
      for (const auto& entry : blobs) {
        const auto& blob = entry.second;
        TokenBuckets buckets;
        world.context.limiter = &buckets;
        std::string each;
        for (int i = 0; i < 4; ++i) {
          each += cat(" ", world.as_partner("Decrypt", {{"CiphertextBlob", blob}})["__type"].get<std::string>());
        }
        answers.insert(each);
        world.context.limiter = nullptr;
      }
      CAPTURE(request_class);
      CHECK(answers.size() == 1);
      world.call("DeleteQuota", {{"RequestClass", request_class}});
    }
  }

  TEST_CASE("the owner is told no more of a key that is not there") {
    TwoAccounts world;
    for (const auto& entry : refused_blobs(world)) {
      const auto& reason = entry.first;
      const auto& blob = entry.second;
      if (reason.find("forbidden") != reason.npos || reason == "of another kind") continue;
      CAPTURE(reason);
      CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}}) == kRefusal);
      CHECK(world.audited().back()["errorCode"] == "AccessDeniedException");
    }
  }

  TEST_CASE("what is no ciphertext is invalid, and damage to one's own is") {
    TwoAccounts world;
    const std::string key = world.create_key();
    CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", encode_base64(Bytes(200, 1))}})["__type"] ==
          "InvalidCiphertextException");
    CHECK(world.call("Decrypt", {{"CiphertextBlob", world.forged("111122223333", id_of(key))}})["__type"] ==
          "InvalidCiphertextException");
    CHECK(world.call("Decrypt", {{"CiphertextBlob", world.forged("444455556666", id_of(key))},
                                 {"KeyId", key}})["__type"] == "IncorrectKeyException");
  }

  TEST_CASE("a key that the caller names is told apart as before") {
    TwoAccounts world;
    const Json blob = world.sealed(world.create_key());
    CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}, {"KeyId", kms::testing::kAbsentKeyId}})["__type"] ==
          "NotFoundException");
    CHECK(world.as_partner("Decrypt", {{"CiphertextBlob", blob}, {"KeyId", kms::testing::kAbsentKeyId}})["__type"] ==
          "NotFoundException");
  }

  TEST_CASE("of a multi-Region key, the one in the Region that is called opens what any of them made") {
    TwoAccounts world;
    const std::string key = world.create_key({{"MultiRegion", true}});
    world.call("AddRegion", {{"Region", "us-west-2"}});
    const Json blob = world.sealed(key);
    CHECK(world.in("us-west-2", "Decrypt", {{"CiphertextBlob", blob}}) == kRefusal);
    world.call("ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", "us-west-2"}});
    const Json there = world.in("us-west-2", "Decrypt", {{"CiphertextBlob", blob}});
    CHECK(there["Plaintext"] == "aGVsbG8=");
    CHECK(there["KeyId"] == cat("arn:aws:kms:us-west-2:111122223333:key/", id_of(key).str()));
    const Json back = world.in("us-west-2", "Encrypt", {{"KeyId", id_of(key).str()}, {"Plaintext", "aGVsbG8="}});
    CHECK(world.call("Decrypt", {{"CiphertextBlob", back["CiphertextBlob"]}})["KeyId"] == key);
  }
}
