#include "core/ops/kms/import.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/key_pair.h"
#include "core/ops/kms/import_token.h"
#include "core/service/resolve.h"
#include "tests/support/key_import.h"

using namespace kms;
using namespace kms::testing;
using std::chrono::hours;

namespace {

std::string external_key(World& world, const char* spec = "SYMMETRIC_DEFAULT", const char* usage = "ENCRYPT_DECRYPT") {
  return world.create_key({{"Origin", "EXTERNAL"}, {"KeySpec", spec}, {"KeyUsage", usage}});
}

Json metadata(World& world, const std::string& key) {
  return world.call("DescribeKey", {{"KeyId", key}})["KeyMetadata"];
}

Json import_until(World& world, const std::string& key, const SecretBytes& material, Time when) {
  Json request = import_request(world, key, material);
  request["ValidTo"] = epoch_seconds(when);
  return world.call("ImportKeyMaterial", request);
}

Json import_new(World& world, const std::string& key, const SecretBytes& material) {
  Json request = import_request(world, key, material);
  request["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE";
  request["ImportType"] = "NEW_KEY_MATERIAL";
  return world.call("ImportKeyMaterial", request);
}

}  // namespace

TEST_SUITE("ops/import") {
  TEST_CASE("a key waits for its material, and is enabled by it") {
    World world;
    const std::string key = external_key(world);
    Json before = metadata(world, key);
    CHECK(before["KeyState"] == "PendingImport");
    CHECK(before["Enabled"] == false);
    CHECK_FALSE(before.contains("CurrentKeyMaterialId"));
    CHECK_FALSE(before.contains("ExpirationModel"));
    const Json answer = import_material(world, key, world.random.secret(32));
    CHECK(answer["KeyId"] == key);
    const Json after = metadata(world, key);
    CHECK(after["KeyState"] == "Enabled");
    CHECK(after["CurrentKeyMaterialId"] == answer["KeyMaterialId"]);
    CHECK(after["ExpirationModel"] == "KEY_MATERIAL_DOES_NOT_EXPIRE");
    const Json blob = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"] == "AAEC");
  }

  TEST_CASE("every way of wrapping, and every kind of key") {
    World world;
    const SecretBytes bytes = world.random.secret(32);
    for (const char* algorithm :
         {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"}) {
      for (const char* spec : {"RSA_2048", "RSA_3072"}) {
        CHECK(import_material(world, external_key(world), bytes, algorithm, spec).contains("KeyMaterialId"));
      }
    }
    using crypto::KeyType;
    const std::tuple<KeyType, const char*, const char*> kinds[] = {
        {KeyType::kP256, "ECC_NIST_P256", "SIGN_VERIFY"},
        {KeyType::kP384, "ECC_NIST_P384", "KEY_AGREEMENT"},
        {KeyType::kP521, "ECC_NIST_P521", "SIGN_VERIFY"},
        {KeyType::kSecp256k1, "ECC_SECG_P256K1", "SIGN_VERIFY"},
        {KeyType::kSm2, "SM2", "SIGN_VERIFY"},
        {KeyType::kEd25519, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY"},
        {KeyType::kRsa2048, "RSA_2048", "ENCRYPT_DECRYPT"},
        {KeyType::kRsa2048, "RSA_2048", "SIGN_VERIFY"}};
    for (const auto& [type, spec, usage] : kinds) {
      const auto pair = crypto::KeyPair::generate(type);
      const std::string key = external_key(world, spec, usage);
      CHECK(import_material(world, key, pair.to_private_der(), "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048")
                .contains("KeyMaterialId"));
      CHECK(world.call("GetPublicKey", {{"KeyId", key}})["PublicKey"] == encode_base64(pair.public_der()));
      CHECK_FALSE(metadata(world, key).contains("CurrentKeyMaterialId"));
    }
  }

  TEST_CASE("what cannot be wrapped so is refused before anybody tries") {
    World world;
    const auto ask = [&](const std::string& key, const char* algorithm, const char* spec) {
      return world.call("GetParametersForImport",
                        {{"KeyId", key}, {"WrappingAlgorithm", algorithm}, {"WrappingKeySpec", spec}})["__type"];
    };
    CHECK(ask(external_key(world, "RSA_2048", "SIGN_VERIFY"), "RSAES_OAEP_SHA_256", "RSA_4096") ==
          "ValidationException");
    CHECK(ask(external_key(world, "ECC_NIST_P521", "SIGN_VERIFY"), "RSAES_OAEP_SHA_256", "RSA_2048") ==
          "ValidationException");
    CHECK(ask(external_key(world), "RSAES_PKCS1_V1_5", "RSA_2048") == "UnsupportedOperationException");
    CHECK(ask(external_key(world), "SM2PKE", "RSA_2048") == "ValidationException");
    CHECK(ask(world.create_key(), "RSAES_OAEP_SHA_256", "RSA_2048") == "UnsupportedOperationException");
  }

  TEST_CASE("a token is for its key, for a day, and cannot be changed; the bytes must be what the key takes") {
    World world;
    const std::string key = external_key(world);
    const std::string other = external_key(world);
    Json request = import_request(world, key, world.random.secret(32));
    request["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE";
    const auto before = world.data();
    Json changed = request;
    changed["KeyId"] = other;
    CHECK(world.call("ImportKeyMaterial", changed)["__type"] == "InvalidImportTokenException");
    changed = request;
    Bytes token = decode_base64(request["ImportToken"].get<std::string>()).value();
    token[5] ^= 1U;  // the expiry
    changed["ImportToken"] = encode_base64(token);
    CHECK(world.call("ImportKeyMaterial", changed)["__type"] == "InvalidImportTokenException");
    changed = request;
    changed["ImportToken"] = "AAEC";
    CHECK(world.call("ImportKeyMaterial", changed)["__type"] == "InvalidImportTokenException");
    changed = request;
    changed["EncryptedKeyMaterial"] = encode_base64(Bytes(256, 7));
    CHECK(world.call("ImportKeyMaterial", changed)["__type"] == "InvalidCiphertextException");
    for (const std::size_t size : {1U, 16U, 31U, 33U}) {
      CHECK(import_material(world, key, world.random.secret(size))["__type"] == "IncorrectKeyMaterialException");
    }
    CHECK(world.data() == before);
    world.clock.advance(hours(24));
    CHECK(world.call("ImportKeyMaterial", request)["__type"] == "ExpiredImportTokenException");
  }

  TEST_CASE("dates: needed unless it never expires, in the future, and at most a year ahead") {
    World world;
    const std::string key = external_key(world);
    Json request = import_request(world, key, world.random.secret(32));
    CHECK(world.call("ImportKeyMaterial", request)["message"] ==
          "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
    const Time now = world.clock.time;
    for (const Time when : {now - kDay, now, now + kDay * 366}) {
      request["ValidTo"] = epoch_seconds(when);
      CHECK(world.call("ImportKeyMaterial", request)["__type"] == "ValidationException");
    }
    request["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE";
    CHECK(world.call("ImportKeyMaterial", request)["__type"] == "ValidationException");
  }

  TEST_CASE("material expires at its time, is destroyed a day later, and the same may be imported again") {
    World world;
    const std::string key = external_key(world);
    const SecretBytes material = world.random.secret(32);
    const std::size_t before = world.store.records.secrets.size();
    const Json id = import_until(world, key, material, world.clock.time + kDay)["KeyMaterialId"];
    CHECK(metadata(world, key)["ValidTo"] == epoch_seconds(world.clock.time + kDay));
    const Json blob = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    world.clock.advance(kDay);
    CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}})["message"] == cat(key, " is pending import."));
    CHECK(metadata(world, key)["KeyState"] == "PendingImport");
    CHECK(metadata(world, key)["CurrentKeyMaterialId"] == id);
    CHECK_FALSE(metadata(world, key).contains("ExpirationModel"));
    world.clock.advance(kDay);
    CHECK(metadata(world, key)["KeyState"] == "PendingImport");
    CHECK(world.store.records.secrets.size() == before);
    CHECK(import_material(world, key, world.random.secret(32))["__type"] == "IncorrectKeyMaterialException");
    CHECK(import_material(world, key, material)["KeyMaterialId"] == id);
    CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"] == "AAEC");
  }

  TEST_CASE("a token that names an algorithm or a wrapping key of another version is no token") {
    World world;
    const std::string arn = external_key(world);
    Json request = import_request(world, arn, world.random.secret(32));
    request["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE";
    const auto import_with = [&](WrappingAlgorithm algorithm, WrappingKeySpec spec) {
      {
        const auto transaction = world.store.begin(Access::kRead);
        const Key key = resolve_key(*transaction, world.caller.home, arn, KeyReference::kIdOrArn, world.clock.time);
        const auto pair = crypto::KeyPair::generate(crypto::KeyType::kSm2);
        request["ImportToken"] = encode_base64(
            make_import_token(*transaction, key, algorithm, spec, pair, world.clock.time + hours(1), world.random));
      }
      return world.call("ImportKeyMaterial", request)["__type"];
    };
    CHECK(import_with(WrappingAlgorithm::kSm2, static_cast<WrappingKeySpec>(4)) == "InvalidImportTokenException");
    CHECK(import_with(static_cast<WrappingAlgorithm>(6), WrappingKeySpec::kSm2) == "InvalidImportTokenException");
    CHECK(import_with(static_cast<WrappingAlgorithm>(255), static_cast<WrappingKeySpec>(255)) ==
          "InvalidImportTokenException");
    CHECK(import_with(WrappingAlgorithm::kSm2, WrappingKeySpec::kSm2) == "InvalidCiphertextException");
  }

  TEST_CASE("new material waits for a rotation, one at a time, and the old stays") {
    World world;
    const std::string key = external_key(world);
    import_material(world, key, world.random.secret(32));
    const Json blob = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    CHECK(world.call("RotateKeyOnDemand", {{"KeyId", key}})["message"] ==
          cat("No available key material pending rotation for the key: ", key, "."));
    const Json pending = import_new(world, key, world.random.secret(32))["KeyMaterialId"];
    const Json second = import_new(world, key, world.random.secret(32));
    CHECK(second["__type"] == "KMSInvalidStateException");
    const std::string text = second["message"];
    CHECK(text.ends_with(cat("cannot be imported into KMS key ", key, ", because another key material (id: ",
                             pending.get<std::string>(), ") is pending rotation.")));
    CHECK(metadata(world, key)["CurrentKeyMaterialId"] != pending);
    CHECK(world.call("RotateKeyOnDemand", {{"KeyId", key}})["KeyId"] == key);
    CHECK(metadata(world, key)["CurrentKeyMaterialId"] == pending);
    CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"] == "AAEC");
    const Json rotations =
        world.call("ListKeyRotations", {{"KeyId", key}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}})["Rotations"];
    CHECK(rotations[0]["ImportState"] == "IMPORTED");
    CHECK(rotations[1]["RotationType"] == "ON_DEMAND");
  }

  TEST_CASE("deleted material is gone: any of it makes the key wait for all; pending material is forgotten") {
    World world;
    const std::string key = external_key(world);
    const SecretBytes first = world.random.secret(32);
    const Json first_id = import_material(world, key, first)["KeyMaterialId"];
    const Json pending = import_new(world, key, world.random.secret(32))["KeyMaterialId"];
    CHECK(world.call("DeleteImportedKeyMaterial", {{"KeyId", key}, {"KeyMaterialId", pending}})["KeyMaterialId"] ==
          pending);
    CHECK(metadata(world, key)["KeyState"] == "Enabled");
    import_new(world, key, world.random.secret(32));
    world.call("RotateKeyOnDemand", {{"KeyId", key}});
    world.call("DeleteImportedKeyMaterial", {{"KeyId", key}, {"KeyMaterialId", first_id}});
    CHECK(metadata(world, key)["KeyState"] == "PendingImport");
    CHECK(import_material(world, key, first)["KeyMaterialId"] == first_id);
    CHECK(metadata(world, key)["KeyState"] == "Enabled");
    CHECK(world.call("DeleteImportedKeyMaterial", {{"KeyId", world.create_key()}})["__type"] ==
          "UnsupportedOperationException");
  }

  TEST_CASE("a description is kept when the same material comes again without one") {
    World world;
    const std::string key = external_key(world);
    const SecretBytes material = world.random.secret(32);
    Json request = import_request(world, key, material);
    request["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE";
    request["KeyMaterialDescription"] = "made by hand";
    world.call("ImportKeyMaterial", request);
    import_material(world, key, material);
    const Json rotations =
        world.call("ListKeyRotations", {{"KeyId", key}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}})["Rotations"];
    CHECK(rotations[0]["KeyMaterialDescription"] == "made by hand");
  }

  TEST_CASE("multi-Region: the primary first, then each replica the same; new material rotates when all have it") {
    World world;
    world.call("AddRegion", {{"Region", "us-west-2"}});
    const std::string key = world.create_key({{"Origin", "EXTERNAL"}, {"MultiRegion", true}});
    const std::string id = key.substr(key.find('/') + 1);
    const SecretBytes first = world.random.secret(32);
    const SecretBytes second = world.random.secret(32);
    import_material(world, key, first);
    CHECK(world.call("ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", "us-west-2"}}).contains("ReplicaKeyMetadata"));
    const AccountRegion here = world.caller.home;
    const AccountRegion there{here.account, "us-west-2"};
    const Json blob = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    world.caller.home = there;
    CHECK(metadata(world, id)["KeyState"] == "PendingImport");
    CHECK(import_material(world, id, second)["__type"] == "IncorrectKeyMaterialException");
    CHECK(import_material(world, id, first).contains("KeyMaterialId"));
    CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"] == "AAEC");
    CHECK(import_new(world, id, second)["__type"] == "UnsupportedOperationException");
    world.caller.home = here;
    import_new(world, key, second);
    CHECK(world.call("RotateKeyOnDemand", {{"KeyId", key}})["__type"] == "KMSInvalidStateException");
    world.caller.home = there;
    import_material(world, id, second);
    world.caller.home = here;
    CHECK(world.call("RotateKeyOnDemand", {{"KeyId", key}})["KeyId"] == key);
    const Json rotated = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AwQF"}})["CiphertextBlob"];
    world.caller.home = there;
    CHECK(world.call("Decrypt", {{"CiphertextBlob", rotated}})["Plaintext"] == "AwQF");
  }
}
