#include "core/ops/kms/encrypt.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/keys/data_key_cache.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

Json encrypt_hello(World& world, const std::string& key, const Json& context = Json::object()) {
  return world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}, {"EncryptionContext", context}});
}

}  // namespace

TEST_SUITE("ops/encrypt") {
  TEST_CASE("Decrypt answers what Encrypt took, without being told the key") {
    World world;
    const std::string key = world.create_key();
    const Json sealed = encrypt_hello(world, key, {{"app", "web"}, {"stage", "prod"}});
    CHECK(sealed["KeyId"] == key);
    CHECK(sealed["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT");
    const Json opened = world.call("Decrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]},
                                               {"EncryptionContext", {{"stage", "prod"}, {"app", "web"}}}});
    CHECK(opened["Plaintext"] == "aGVsbG8=");
    CHECK(opened["KeyId"] == key);
    CHECK(opened["KeyMaterialId"].get<std::string>().size() == 64);
  }

  TEST_CASE("a number in an encryption context is its text, wherever one is given") {
    World world;
    DataKeyCache cache;
    world.context.data_keys = &cache;
    const std::string key = world.create_key();
    const std::string user = "arn:aws:iam::111122223333:user/x";
    const Json numbers{{"n", 7}, {"big", 18446744073709551615ULL}, {"less", -1}, {"part", 0.5}};
    const Json texts{{"n", "7"}, {"big", "18446744073709551615"}, {"less", "-1"}, {"part", "0.5"}};
    const auto opens = [&](const Json& blob) {
      for (const Json& context : {numbers, texts}) {
        CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}, {"EncryptionContext", context}}).contains("Plaintext"));
      }
    };
    const Json blob = encrypt_hello(world, key, numbers)["CiphertextBlob"];
    opens(blob);
    const auto with_key = [&](Json request) {
      request.update({{"KeyId", key}, {"EncryptionContext", numbers}});
      return request;
    };
    opens(world.call("GenerateDataKey", with_key({{"KeySpec", "AES_256"}}))["CiphertextBlob"]);
    opens(world.call("GenerateDataKeyWithoutPlaintext", with_key({{"KeySpec", "AES_256"}}))["CiphertextBlob"]);
    const Json pair = with_key({{"KeyPairSpec", "ECC_NIST_P256"}});
    opens(world.call("GenerateDataKeyPair", pair)["PrivateKeyCiphertextBlob"]);
    opens(world.call("GenerateDataKeyPairWithoutPlaintext", pair)["PrivateKeyCiphertextBlob"]);
    opens(world.call(
        "GetCachedDataKey",
        with_key(
            {{"MaxAgeSeconds", 60}, {"MaxMessages", 3}, {"MaxBytes", 1000}, {"MessageBytes", 10}}))["CiphertextBlob"]);
    opens(world.call("ReEncrypt", {{"CiphertextBlob", blob},
                                   {"DestinationKeyId", key},
                                   {"SourceEncryptionContext", numbers},
                                   {"DestinationEncryptionContext", numbers}})["CiphertextBlob"]);
    for (const char* constraint : {"EncryptionContextEquals", "EncryptionContextSubset"}) {
      CAPTURE(constraint);
      const Json grant = world.call("CreateGrant", {{"KeyId", key},
                                                    {"GranteePrincipal", user},
                                                    {"Operations", {"Encrypt"}},
                                                    {"Constraints", {{constraint, numbers}}}});
      REQUIRE(grant.contains("GrantId"));
      CHECK(world.call("ListGrants", {{"KeyId", key}})["Grants"][0]["Constraints"][constraint] == texts);
      const Json question{
          {"Principal", "user/x"}, {"Action", "kms:Encrypt"}, {"KeyId", key}, {"EncryptionContext", numbers}};
      CHECK(world.call("ExplainAccess", question)["Decision"] == "allow");
      const auto before = world.caller;
      world.caller.principal = user;
      CHECK(encrypt_hello(world, key, texts).contains("CiphertextBlob"));
      CHECK(encrypt_hello(world, key, numbers).contains("CiphertextBlob"));
      CHECK(encrypt_hello(world, key, {{"n", 8}})["__type"] == "AccessDeniedException");
      world.caller = before;
      world.call("RevokeGrant", {{"KeyId", key}, {"GrantId", grant["GrantId"]}});
    }
  }

  TEST_CASE("two encryptions of one text differ") {
    World world;
    const std::string key = world.create_key();
    CHECK(encrypt_hello(world, key)["CiphertextBlob"] != encrypt_hello(world, key)["CiphertextBlob"]);
  }

  TEST_CASE("another context, no context and another key are refused, and the trail says so without the plaintext") {
    World world;
    const std::string key = world.create_key();
    const std::string other = world.create_key();
    const Json ciphertext = encrypt_hello(world, key, {{"app", "web"}})["CiphertextBlob"];
    const Json wrong = world.call("Decrypt", {{"CiphertextBlob", ciphertext}, {"EncryptionContext", {{"app", "x"}}}});
    CHECK(wrong == Json{{"__type", "InvalidCiphertextException"}, {"message", ""}});
    CHECK(world.call("Decrypt", {{"CiphertextBlob", ciphertext}})["__type"] == "InvalidCiphertextException");
    CHECK(world.call("Decrypt", {{"CiphertextBlob", ciphertext},
                                 {"KeyId", other},
                                 {"EncryptionContext", {{"app", "web"}}}})["__type"] == "IncorrectKeyException");
    const Json event = world.audited().at(3);
    CHECK(event["errorCode"] == "InvalidCiphertextException");
    CHECK(event["requestParameters"]["encryptionContext"] == Json{{"app", "x"}});
    CHECK_FALSE(event["requestParameters"].contains("ciphertextBlob"));
    CHECK(world.audited().at(2).dump().find("aGVsbG8") == std::string::npos);
  }

  TEST_CASE("a disabled key neither encrypts nor decrypts") {
    World world;
    const std::string key = world.create_key();
    const Json ciphertext = encrypt_hello(world, key)["CiphertextBlob"];
    world.call("DisableKey", {{"KeyId", key}});
    CHECK(encrypt_hello(world, key)["message"] == cat(key, " is disabled."));
    CHECK(world.call("Decrypt", {{"CiphertextBlob", ciphertext}})["__type"] == "DisabledException");
  }

  TEST_CASE("an RSA key encrypts with OAEP and tells its limit as AWS does") {
    World world;
    const std::string key = world.create_key({{"KeySpec", "RSA_2048"}, {"KeyUsage", "ENCRYPT_DECRYPT"}});
    const Json sealed = world.call(
        "Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}, {"EncryptionAlgorithm", "RSAES_OAEP_SHA_256"}});
    CHECK(world.call("Decrypt", {{"KeyId", key},
                                 {"CiphertextBlob", sealed["CiphertextBlob"]},
                                 {"EncryptionAlgorithm", "RSAES_OAEP_SHA_256"}})["Plaintext"] == "aGVsbG8=");
    const std::string long_text(288, 'A');  // 216 bytes
    CHECK(world.call(
              "Encrypt",
              {{"KeyId", key}, {"Plaintext", long_text}, {"EncryptionAlgorithm", "RSAES_OAEP_SHA_1"}})["message"] ==
          "Algorithm RSAES_OAEP_SHA_1 and key spec RSA_2048 cannot encrypt data larger than 214 bytes.");
  }

  TEST_CASE("ReEncrypt needs both permissions and moves the text to the other key and context") {
    World world;
    const std::string from = world.create_key();
    const std::string to = world.create_key();
    const Json ciphertext = encrypt_hello(world, from, {{"a", "1"}})["CiphertextBlob"];
    const Json request{{"CiphertextBlob", ciphertext},
                       {"SourceEncryptionContext", {{"a", "1"}}},
                       {"DestinationKeyId", to},
                       {"DestinationEncryptionContext", {{"b", "2"}}}};
    world.authorizer.asked.clear();
    const Json moved = world.call("ReEncrypt", request);
    CHECK(moved["SourceKeyId"] == from);
    CHECK(moved["KeyId"] == to);
    CHECK(world.authorizer.asked ==
          std::vector<std::string>{cat("kms:ReEncryptFrom ", from), cat("kms:ReEncryptTo ", to)});
    CHECK(world.call("Decrypt", {{"CiphertextBlob", moved["CiphertextBlob"]},
                                 {"EncryptionContext", {{"b", "2"}}}})["Plaintext"] == "aGVsbG8=");
    world.authorizer.denied = {"kms:ReEncryptTo"};
    CHECK(world.call("ReEncrypt", request)["__type"] == "AccessDeniedException");
  }

  TEST_CASE("DryRun says that the call would have succeeded, and gives nothing away") {
    World world;
    const std::string key = world.create_key();
    const Json answer = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}, {"DryRun", true}});
    CHECK(answer == Json{{"__type", "DryRunOperationException"},
                         {"message", "The request would have succeeded, but the DryRun option is set."}});
  }

  TEST_CASE("a token of a grant that does not exist is refused") {
    World world;
    const std::string key = world.create_key();
    CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}, {"GrantTokens", {"x"}}})["__type"] ==
          "InvalidGrantTokenException");
  }

  TEST_CASE("every failure leaves the records as they were and is audited") {
    World world;
    const std::string key = world.create_key();
    const std::string signer = world.create_key({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    const std::pair<Json, const char*> rows[] = {
        {{{"Plaintext", "aGVsbG8="}}, "ValidationException"},
        {{{"KeyId", key}, {"Plaintext", ""}}, "ValidationException"},
        {{{"KeyId", key}, {"Plaintext", "!!!!"}}, "SerializationException"},
        {{{"KeyId", testing::kAbsentKeyId}, {"Plaintext", "aGVsbG8="}}, "NotFoundException"},
        {{{"KeyId", signer}, {"Plaintext", "aGVsbG8="}}, "InvalidKeyUsageException"},
        {{{"KeyId", key}, {"Plaintext", "aGVsbG8="}, {"EncryptionAlgorithm", "RSAES_OAEP_SHA_1"}},
         "InvalidKeyUsageException"},
    };
    for (const auto& row : rows) {
      const auto& [request, error] = row;
      CAPTURE(row.second);
      const auto before = world.data();
      const auto events = world.audited().size();
      CHECK(world.call("Encrypt", request)["__type"] == error);
      CHECK(world.data() == before);
      REQUIRE(world.audited().size() == events + 1);
      CHECK(world.audited().back()["errorCode"] == error);
    }
  }
}
