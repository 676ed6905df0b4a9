// Error codes and texts as real AWS sent them. The sets of enum values in recorded texts are older than the model: the
// texts are compared up to there.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

void check(const Json& answer, const std::string& code, const std::string& message) {
  CAPTURE(message);
  CHECK(answer.value("__type", "ok") == code);
  CHECK(answer.value("message", "") == message);
}

void check_start(const Json& answer, const std::string& code, const std::string& start) {
  CAPTURE(start);
  CHECK(answer.value("__type", "ok") == code);
  CHECK(answer.value("message", "").substr(0, start.size()) == start);
}

std::string key_of(World& world, const char* spec, const char* usage) {
  return world.create_key({{"KeySpec", spec}, {"KeyUsage", usage}});
}

std::string base64(std::size_t size) {
  return encode_base64(Bytes(size, 'a'));
}

}  // namespace

TEST_SUITE("ops/recorded_errors") {
  TEST_CASE("keys that are not found") {
    World world;
    for (const char* id : {"134f2428cec14b25a1ae9048164dba47", "fake-key-id", "key_id", "mrk-fake-key-id"}) {
      check(world.call("DescribeKey", {{"KeyId", id}}), "NotFoundException", cat("Invalid keyId '", id, "'"));
    }
    const std::string arn = world.caller.home.arn(cat("key/", kms::testing::kAbsentKeyId));
    check(world.call("DescribeKey", {{"KeyId", kms::testing::kAbsentKeyId}}), "NotFoundException",
          cat("Key '", arn, "' does not exist"));
    const std::string mrk = "mrk-00112233445566778899aabbccddeeff";
    check(world.call("DescribeKey", {{"KeyId", mrk}}), "NotFoundException",
          cat("Key '", world.caller.home.arn(cat("key/", mrk)), "' does not exist"));
    check(world.call("DescribeKey", {{"KeyId", "arn:aws:kms:us-west-2:111122223333:key/x"}}), "NotFoundException",
          "Invalid arn us-west-2");
    check(world.call("DescribeKey", {{"KeyId", "alias/none"}}), "NotFoundException",
          cat("Alias ", world.caller.home.arn("alias/none"), " is not found."));
  }

  TEST_CASE("requests that break a constraint of the model") {
    World world;
    const auto one = [](std::string_view rest) { return cat("1 validation error detected: ", rest); };
    check_start(
        world.call("CreateKey", {{"KeySpec", "HMAC_random"}}), "ValidationException",
        one("Value 'HMAC_random' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: ["));
    check_start(
        world.call("CreateKey", {{"KeyUsage", "RANDOM"}}), "ValidationException",
        one("Value 'RANDOM' at 'keyUsage' failed to satisfy constraint: Member must satisfy enum value set: ["));
    const std::string mac = key_of(world, "HMAC_224", "GENERATE_VERIFY_MAC");
    check_start(world.call("GenerateMac", {{"KeyId", mac}, {"Message", "AAEC"}, {"MacAlgorithm", "INVALID"}}),
                "ValidationException",
                one("Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value "
                    "set: ["));
    const std::string ecc = key_of(world, "ECC_NIST_P256", "KEY_AGREEMENT");
    check(
        world.call("DeriveSharedSecret", {{"KeyId", ecc}, {"KeyAgreementAlgorithm", "INVALID"}, {"PublicKey", "AAEC"}}),
        "ValidationException",
        one("Value 'INVALID' at 'keyAgreementAlgorithm' failed to satisfy constraint: Member must satisfy enum value "
            "set: [ECDH]"));
    check(world.call("GenerateRandom", {{"NumberOfBytes", 0}}), "ValidationException",
          one("Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal "
              "to 1"));
    check(world.call("GenerateRandom", {{"NumberOfBytes", 1025}}), "ValidationException",
          one("Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal "
              "to 1024"));
    check(world.call("GenerateRandom", Json::object()), "ValidationException", "NumberOfBytes is required.");
    check(world.call("Encrypt", {{"KeyId", world.create_key()}, {"Plaintext", base64(4097)}}), "ValidationException",
          one("Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096"));
    const std::string long_key(129, 'a');
    check(world.call("TagResource", {{"KeyId", world.create_key()},
                                     {"Tags", Json::array({{{"TagKey", long_key}, {"TagValue", ""}}})}}),
          "ValidationException",
          one(cat("Value '", long_key, "' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have ",
                  "length less than or equal to 128")));
    const std::string long_value(257, 'v');
    check(
        world.call("TagResource", {{"KeyId", world.create_key()},
                                   {"Tags", Json::array({{{"TagKey", "k"}, {"TagValue", long_value}}})}}),
        "ValidationException",
        one(cat("Value '", long_value, "' at 'tags.1.member.tagValue' failed to satisfy constraint: Member must have ",
                "length less than or equal to 256")));
  }

  TEST_CASE("keys that are for something else") {
    World world;
    const std::string symmetric = world.create_key();
    const std::string hmac = key_of(world, "HMAC_224", "GENERATE_VERIFY_MAC");
    const std::string hmac256 = key_of(world, "HMAC_256", "GENERATE_VERIFY_MAC");
    const std::string signing = key_of(world, "ECC_NIST_P256", "SIGN_VERIFY");
    const std::string ecc = key_of(world, "ECC_NIST_P256", "KEY_AGREEMENT");
    const Json derive{{"KeyAgreementAlgorithm", "ECDH"}, {"PublicKey", "AAEC"}};
    const Json sign{{"Message", "AAEC"}, {"SigningAlgorithm", "ECDSA_SHA_256"}};
    const Json mac{{"Message", "AAEC"}, {"MacAlgorithm", "HMAC_SHA_256"}};
    const auto with = [](const std::string& key, Json request) {
      request["KeyId"] = key;
      return request;
    };
    const auto wrong_usage = [&](const char* operation, const Json& request, const char* usage) {
      check(world.call(operation, request), "InvalidKeyUsageException",
            cat(request["KeyId"].get<std::string>(), " key usage is ", usage, " which is not valid for ", operation,
                "."));
    };
    wrong_usage("DeriveSharedSecret", with(symmetric, derive), "ENCRYPT_DECRYPT");
    wrong_usage("DeriveSharedSecret", with(signing, derive), "SIGN_VERIFY");
    wrong_usage("GenerateMac", with(symmetric, mac), "ENCRYPT_DECRYPT");
    wrong_usage("Sign", with(hmac, sign), "GENERATE_VERIFY_MAC");
    wrong_usage("Encrypt", {{"KeyId", signing}, {"Plaintext", "AAEC"}}, "SIGN_VERIFY");
    Json verify = with(symmetric, sign);
    verify["Signature"] = "AAEC";
    wrong_usage("Verify", verify, "ENCRYPT_DECRYPT");
    check(world.call("GenerateMac", with(hmac, mac)), "InvalidKeyUsageException",
          "Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_224.");
    check(world.call("GenerateMac", {{"KeyId", hmac256}, {"Message", "AAEC"}, {"MacAlgorithm", "HMAC_SHA_512"}}),
          "InvalidKeyUsageException", "Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256.");
    check(world.call("CreateKey", {{"KeySpec", "RSA_2048"}, {"KeyUsage", "KEY_AGREEMENT"}}), "ValidationException",
          "KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048");
    check(world.call("CreateKey", {{"KeySpec", "HMAC_256"}}), "ValidationException",
          "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
    const Json blob = world.call("Encrypt", {{"KeyId", symmetric}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    const auto incorrect = [](const Json& answer) {
      check(answer, "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.");
    };
    for (const std::string& other : {world.create_key(), hmac, signing, ecc}) {
      CAPTURE(other);
      const Json decrypt_with{{"KeyId", other}, {"CiphertextBlob", blob}};
      incorrect(world.call("Decrypt", decrypt_with));
      for (const std::string& destination : {symmetric, other}) {
        Json request{{"SourceKeyId", other}, {"DestinationKeyId", destination}, {"CiphertextBlob", blob}};
        incorrect(world.call("ReEncrypt", request));
      }
    }
    for (const std::string& other : {hmac, signing}) {  // a key that is asked about without a ciphertext
      const Json only_ask{{"DryRun", true}, {"DryRunModifiers", {"IGNORE_CIPHERTEXT"}}};
      incorrect(world.call("Decrypt", with(other, only_ask)));
      Json request{{"SourceKeyId", other}, {"DestinationKeyId", symmetric}};
      request.update(only_ask);
      incorrect(world.call("ReEncrypt", request));
    }
    Json to_signing{{"CiphertextBlob", blob}, {"DestinationKeyId", signing}};
    check(world.call("ReEncrypt", to_signing), "InvalidKeyUsageException",
          cat(signing, " key usage is SIGN_VERIFY which is not valid for ReEncrypt."));
  }

  TEST_CASE("what RSA cannot hold, and digests of a wrong length") {
    World world;
    const std::tuple<const char*, std::size_t, std::size_t> rows[] = {
        {"RSA_2048", 214, 190}, {"RSA_3072", 342, 318}, {"RSA_4096", 470, 446}};
    for (const auto& [spec, sha1, sha256] : rows) {
      const std::string key = key_of(world, spec, "ENCRYPT_DECRYPT");
      for (const auto& [algorithm, most] :
           {std::pair("RSAES_OAEP_SHA_1", sha1), std::pair("RSAES_OAEP_SHA_256", sha256)}) {
        Json request{{"KeyId", key}, {"Plaintext", base64(most)}, {"EncryptionAlgorithm", algorithm}};
        CHECK(world.call("Encrypt", request).contains("CiphertextBlob"));
        request["Plaintext"] = base64(most + 1);
        check(world.call("Encrypt", request), "ValidationException",
              cat("Algorithm ", algorithm, " and key spec ", spec, " cannot encrypt data larger than ",
                  std::to_string(most), " bytes."));
      }
    }
    const std::string rsa = key_of(world, "RSA_2048", "SIGN_VERIFY");
    const std::string p256 = key_of(world, "ECC_NIST_P256", "SIGN_VERIFY");
    const std::string p384 = key_of(world, "ECC_NIST_P384", "SIGN_VERIFY");
    const std::pair<std::string, const char*> digests[] = {{p256, "ECDSA_SHA_256"},
                                                           {p384, "ECDSA_SHA_384"},
                                                           {rsa, "RSASSA_PKCS1_V1_5_SHA_256"},
                                                           {rsa, "RSASSA_PKCS1_V1_5_SHA_512"},
                                                           {rsa, "RSASSA_PSS_SHA_256"},
                                                           {rsa, "RSASSA_PSS_SHA_384"},
                                                           {rsa, "RSASSA_PSS_SHA_512"}};
    for (const auto& [key, algorithm] : digests) {
      check(world.call(
                "Sign",
                {{"KeyId", key}, {"Message", base64(33)}, {"MessageType", "DIGEST"}, {"SigningAlgorithm", algorithm}}),
            "ValidationException", cat("Digest is invalid length for algorithm ", algorithm, "."));
    }
  }

  TEST_CASE("errors whose text AWS leaves empty") {
    World world;
    const std::string key = world.create_key();
    const Json blob = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["CiphertextBlob"];
    check(world.call("Decrypt", {{"CiphertextBlob", blob}, {"EncryptionContext", {{"a", "b"}}}}),
          "InvalidCiphertextException", "");
    check(world.call("Decrypt", {{"CiphertextBlob", "AAEC"}}), "InvalidCiphertextException", "");
    const std::string p256 = key_of(world, "ECC_NIST_P256", "SIGN_VERIFY");
    check(world.call(
              "Verify",
              {{"KeyId", p256}, {"Message", "AAEC"}, {"Signature", "AAEC"}, {"SigningAlgorithm", "ECDSA_SHA_256"}}),
          "KMSInvalidSignatureException", "");
    const std::string mac = key_of(world, "HMAC_256", "GENERATE_VERIFY_MAC");
    check(world.call("VerifyMac",
                     {{"KeyId", mac}, {"Message", "AAEC"}, {"Mac", "AAEC"}, {"MacAlgorithm", "HMAC_SHA_256"}}),
          "KMSInvalidMacException", "");
    check(world.call("RotateKeyOnDemand", {{"KeyId", mac}}), "UnsupportedOperationException", "");
    const std::string agreeing = key_of(world, "ECC_NIST_P256", "KEY_AGREEMENT");
    check(world.call("DeriveSharedSecret",
                     {{"KeyId", agreeing}, {"KeyAgreementAlgorithm", "ECDH"}, {"PublicKey", "AAEC"}}),
          "ValidationException", "");
  }

  TEST_CASE("origins, replicas and rotations") {
    World world;
    const std::string key = world.create_key();
    const std::string external = world.create_key({{"Origin", "EXTERNAL"}});
    const Json parameters{{"KeyId", key}, {"WrappingAlgorithm", "RSAES_OAEP_SHA_1"}, {"WrappingKeySpec", "RSA_2048"}};
    check(world.call("GetParametersForImport", parameters), "UnsupportedOperationException",
          cat(key, " origin is AWS_KMS which is not valid for this operation."));
    check(world.call("EnableKeyRotation", {{"KeyId", external}}), "UnsupportedOperationException",
          cat(external, " origin is EXTERNAL which is not valid for this operation."));
    check(world.call("Encrypt", {{"KeyId", external}, {"Plaintext", "AAEC"}}), "KMSInvalidStateException",
          cat(external, " is pending import."));
    check(world.call("ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", "us-west-2"}}), "UnsupportedOperationException",
          cat(key, " is not a multi-region primary key."));
    world.call("DisableKey", {{"KeyId", key}});
    check(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}}), "DisabledException",
          cat(key, " is disabled."));
    world.call("EnableKey", {{"KeyId", key}});
    for (int i = 0; i < 25; ++i) CHECK(world.call("RotateKeyOnDemand", {{"KeyId", key}})["KeyId"] == key);
    CHECK(world.call("GetKeyRotationStatus", {{"KeyId", key}})["KeyId"] == key);
    check(world.call("RotateKeyOnDemand", {{"KeyId", key}}), "LimitExceededException",
          cat("The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be ",
              "performed for this key: ", key));
    check(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}, {"DryRun", true}}), "DryRunOperationException",
          "The request would have succeeded, but the DryRun option is set.");
  }

  TEST_CASE("aliases and tags") {
    World world;
    const std::string key = world.create_key();
    check(world.call("CreateAlias", {{"AliasName", "app"}, {"TargetKeyId", key}}), "ValidationException",
          "Alias must start with the prefix \"alias/\". Please see "
          "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
    world.call("CreateAlias", {{"AliasName", "alias/x"}, {"TargetKeyId", key}});
    check(world.call("CreateAlias", {{"AliasName", "alias/x"}, {"TargetKeyId", key}}), "AlreadyExistsException",
          cat("An alias with the name ", world.caller.home.arn("alias/x"), " already exists"));
    check(world.call("CreateAlias", {{"AliasName", "alias/Service:Test"}, {"TargetKeyId", key}}), "ValidationException",
          "alias/Service:Test contains invalid characters for an alias");
    const auto tag = [&](const Json& tags) { return world.call("TagResource", {{"KeyId", key}, {"Tags", tags}}); };
    check(tag({{{"TagKey", "a"}, {"TagValue", "1"}}, {{"TagKey", "a"}, {"TagValue", "2"}}}), "TagException",
          "Duplicate tag keys");
    for (const char* reserved : {"aws:x", "AWS:x", "Aws:x"}) {
      check(tag(Json::array({{{"TagKey", reserved}, {"TagValue", ""}}})), "TagException",
            "Tags beginning with aws: are reserved");
    }
    Json many = Json::array();
    for (int i = 0; i < 51; ++i) many.push_back({{"TagKey", cat("k", std::to_string(i))}, {"TagValue", ""}});
    check(tag(many), "TagException", "Too many tags");
  }
}
