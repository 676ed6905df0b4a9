// The key state table of AWS KMS: every operation on a key, in every state that a key can have here.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/model/key.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr const char* kOk = "";
constexpr const char* kDisabled = "DisabledException: is disabled.";
constexpr const char* kDeletion = "KMSInvalidStateException: is pending deletion.";
constexpr const char* kReplicas = "KMSInvalidStateException: is pending replica deletion.";
constexpr const char* kImport = "KMSInvalidStateException: is pending import.";
constexpr const char* kUnavailable = "KMSInvalidStateException: is unavailable.";
constexpr const char* kNotPending = "KMSInvalidStateException: is not pending deletion.";

struct Row {
  const char* operation;
  const char* enabled;
  const char* disabled;
  const char* pending_deletion;
  const char* pending_replica_deletion;
  const char* pending_import;
  const char* unavailable;
};

// Footnotes of the table: a disabled key cannot be rotated by schedule, and CancelKeyDeletion is for the two states
// that wait for it.
constexpr Row kRows[] = {
    {"CancelKeyDeletion", kNotPending, kNotPending, kOk, kOk, kNotPending, kNotPending},
    {"CreateAlias", kOk, kOk, kDeletion, kReplicas, kOk, kOk},
    {"CreateGrant", kOk, kDisabled, kDeletion, kReplicas, kImport, kOk},
    {"Decrypt", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"DescribeKey", kOk, kOk, kOk, kOk, kOk, kOk},
    {"DisableKey", kOk, kOk, kDeletion, kReplicas, kImport, kOk},
    {"DisableKeyRotation", kOk, kDisabled, kDeletion, kReplicas, kImport, kOk},
    {"EnableKey", kOk, kOk, kDeletion, kReplicas, kImport, kOk},
    {"EnableKeyRotation", kOk, kDisabled, kDeletion, kReplicas, kImport, kOk},
    {"Encrypt", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"GenerateDataKey", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"GenerateDataKeyPair", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"GenerateDataKeyPairWithoutPlaintext", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"GenerateDataKeyWithoutPlaintext", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"GetKeyLastUsage", kOk, kOk, kOk, kOk, kOk, kOk},
    {"GetKeyPolicy", kOk, kOk, kOk, kOk, kOk, kOk},
    {"GetKeyRotationStatus", kOk, kOk, kOk, kOk, kOk, kOk},
    {"ListAliases", kOk, kOk, kOk, kOk, kOk, kOk},
    {"ListGrants", kOk, kOk, kOk, kOk, kOk, kOk},
    {"ListKeyPolicies", kOk, kOk, kOk, kOk, kOk, kOk},
    {"ListKeyRotations", kOk, kOk, kOk, kOk, kOk, kOk},
    {"ListResourceTags", kOk, kOk, kOk, kOk, kOk, kOk},
    {"PutKeyPolicy", kOk, kOk, kOk, kOk, kOk, kOk},
    {"ReEncrypt", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"ReplicateKey", kOk, kDisabled, kDeletion, kReplicas, kImport, kOk},
    {"RetireGrant", kOk, kOk, kOk, kOk, kOk, kOk},
    {"RevokeGrant", kOk, kOk, kOk, kOk, kOk, kOk},
    {"RotateKeyOnDemand", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"ScheduleKeyDeletion", kOk, kOk, kDeletion, kReplicas, kOk, kOk},
    {"TagResource", kOk, kOk, kDeletion, kReplicas, kOk, kOk},
    {"UntagResource", kOk, kOk, kDeletion, kReplicas, kOk, kOk},
    {"UpdateAlias", kOk, kOk, kDeletion, kReplicas, kOk, kOk},
    {"UpdateKeyDescription", kOk, kOk, kDeletion, kReplicas, kOk, kOk},
    {"UpdatePrimaryRegion", kOk, kDisabled, kDeletion, kReplicas, kImport, kOk},
    // Of keys of other kinds.
    {"DeriveSharedSecret", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"GenerateMac", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"GetPublicKey", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"Sign", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"Verify", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    {"VerifyMac", kOk, kDisabled, kDeletion, kReplicas, kImport, kUnavailable},
    // Of a key whose material was imported.
    {"DeleteImportedKeyMaterial", kOk, kOk, kOk, kOk, kOk, kOk},
    {"GetParametersForImport", kOk, kOk, kDeletion, kReplicas, kOk, kOk},
};

// A key that the operation fits, and a request that succeeds while the key is enabled.
struct Prepared {
  std::string key;
  Json request;
};

Prepared prepare(World& world, const std::string& operation) {
  const auto made = [&](const Json& request) { return world.create_key(request); };
  if (operation == "DeriveSharedSecret") {
    const std::string key = made({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "KEY_AGREEMENT"}});
    const Json peer = world.call("GetPublicKey", {{"KeyId", key}})["PublicKey"];
    return {key, {{"KeyId", key}, {"KeyAgreementAlgorithm", "ECDH"}, {"PublicKey", peer}}};
  }
  if (operation == "GenerateMac" || operation == "VerifyMac") {
    const std::string key = made({{"KeySpec", "HMAC_256"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}});
    Json request{{"KeyId", key}, {"Message", "AAEC"}, {"MacAlgorithm", "HMAC_SHA_256"}};
    if (operation == "VerifyMac") request["Mac"] = world.call("GenerateMac", request)["Mac"];
    return {key, request};
  }
  if (operation == "Sign" || operation == "Verify" || operation == "GetPublicKey") {
    const std::string key = made({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    if (operation == "GetPublicKey") return {key, {{"KeyId", key}}};
    Json request{{"KeyId", key}, {"Message", "AAEC"}, {"SigningAlgorithm", "ECDSA_SHA_256"}};
    if (operation == "Verify") request["Signature"] = world.call("Sign", request)["Signature"];
    return {key, request};
  }
  if (operation == "DeleteImportedKeyMaterial" || operation == "GetParametersForImport") {
    const std::string key = made({{"Origin", "EXTERNAL"}});
    Json request{{"KeyId", key}};
    if (operation == "GetParametersForImport") {
      request.update({{"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}});
    }
    return {key, request};
  }
  const bool multi_region = operation == "ReplicateKey" || operation == "UpdatePrimaryRegion";
  const std::string key = made({{"MultiRegion", multi_region}});
  Json request{{"KeyId", key}};
  if (operation == "CreateAlias") return {key, {{"AliasName", "alias/a"}, {"TargetKeyId", key}}};
  if (operation == "UpdateAlias") {
    world.call("CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", world.create_key()}});
    return {key, {{"AliasName", "alias/a"}, {"TargetKeyId", key}}};
  }
  if (operation == "RevokeGrant" || operation == "RetireGrant" || operation == "CreateGrant") {
    const Json terms{
        {"KeyId", key}, {"GranteePrincipal", "arn:aws:iam::111122223333:user/x"}, {"Operations", {"Encrypt"}}};
    if (operation == "CreateGrant") return {key, terms};
    request["GrantId"] = world.call("CreateGrant", terms)["GrantId"];
  }
  if (operation == "Encrypt") request["Plaintext"] = "AAEC";
  if (operation == "Decrypt" || operation == "ReEncrypt") {
    const Json blob = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    if (operation == "Decrypt") return {key, {{"CiphertextBlob", blob}}};
    return {key, {{"CiphertextBlob", blob}, {"DestinationKeyId", world.create_key()}}};
  }
  if (operation.starts_with("GenerateDataKeyPair")) {
    request["KeyPairSpec"] = "ECC_NIST_P256";
  } else if (operation.starts_with("GenerateDataKey")) {
    request["KeySpec"] = "AES_256";
  }
  if (multi_region) {
    world.call("AddRegion", {{"Region", "eu-west-1"}});
    if (operation == "ReplicateKey") request["ReplicaRegion"] = "eu-west-1";
    if (operation == "UpdatePrimaryRegion") {
      world.call("ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", "eu-west-1"}});
      request["PrimaryRegion"] = "eu-west-1";
    }
  }
  if (operation == "TagResource") request["Tags"] = Json::array({{{"TagKey", "a"}, {"TagValue", "b"}}});
  if (operation == "UntagResource") request["TagKeys"] = {"a"};
  if (operation == "UpdateKeyDescription") request["Description"] = "other";
  if (operation == "PutKeyPolicy") request["Policy"] = world.call("GetKeyPolicy", {{"KeyId", key}})["Policy"];
  return {key, request};
}

void check(const Row& row, KeyState state, const std::string& expected) {
  World world;
  const auto [key, request] = prepare(world, row.operation);
  world.set_state(key, state);
  const auto before = world.data();
  const Json answer = world.call(row.operation, request);
  CAPTURE(std::string(row.operation));
  CAPTURE(std::string(to_text(state)));
  if (expected.empty()) {
    CHECK(answer.value("__type", "ok") == "ok");
    return;
  }
  const auto colon = expected.find(": ");
  CHECK(answer.value("__type", "ok") == expected.substr(0, colon));
  CHECK(answer.value("message", "") == cat(key, expected.substr(colon + 1)));
  CHECK(world.data() == before);
  CHECK(world.audited().back()["errorCode"] == expected.substr(0, colon));
}

}  // namespace

TEST_SUITE("ops/key_states") {
  TEST_CASE("every operation answers as AWS does in every state of the key") {
    for (const Row& row : kRows) {
      check(row, KeyState::kEnabled, row.enabled);
      check(row, KeyState::kDisabled, row.disabled);
      check(row, KeyState::kPendingDeletion, row.pending_deletion);
      check(row, KeyState::kPendingReplicaDeletion, row.pending_replica_deletion);
      check(row, KeyState::kPendingImport, row.pending_import);
      check(row, KeyState::kUnavailable, row.unavailable);
    }
  }

  TEST_CASE("ReEncrypt looks at the state of both keys") {
    for (const auto& [state, error] : std::map<KeyState, std::string>{
             {KeyState::kDisabled, "DisabledException"}, {KeyState::kPendingDeletion, "KMSInvalidStateException"}}) {
      World world;
      const std::string to = world.create_key();
      const Json blob = world.call("Encrypt", {{"KeyId", world.create_key()}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
      world.set_state(to, state);
      CHECK(world.call("ReEncrypt", {{"CiphertextBlob", blob}, {"DestinationKeyId", to}})["__type"] == error);
    }
  }

  TEST_CASE("an alias leaves a key that waits for deletion, but does not come to one") {
    World world;
    const std::string from = world.create_key();
    const std::string to = world.create_key();
    world.call("CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", from}});
    world.set_state(from, KeyState::kPendingDeletion);
    CHECK(world.call("UpdateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", to}}) == Json::object());
    CHECK(world.call("UpdateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", from}})["__type"] ==
          "KMSInvalidStateException");
  }
}
