#include "core/ops/kms/sign.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

TEST_SUITE("ops/sign") {
  TEST_CASE("every algorithm of every signing spec verifies what it signed, and nothing else") {
    for (const char* spec :
         {"RSA_2048", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"}) {
      World world;
      const Json made = world.call("CreateKey", {{"KeySpec", spec}, {"KeyUsage", "SIGN_VERIFY"}})["KeyMetadata"];
      for (const Json& algorithm : made["SigningAlgorithms"]) {
        CAPTURE(algorithm.get<std::string>());
        const bool digest_only = algorithm == "ED25519_PH_SHA_512";
        Json request{{"KeyId", made["KeyId"]},
                     {"Message", encode_base64(Bytes(64, 1))},
                     {"MessageType", digest_only ? "DIGEST" : "RAW"},
                     {"SigningAlgorithm", algorithm}};
        const Json answer = world.call("Sign", request);
        CHECK(answer["KeyId"] == made["Arn"]);
        request["Signature"] = answer["Signature"];
        CHECK(world.call("Verify", request)["SignatureValid"] == true);
        request["Message"] = encode_base64(Bytes(64, 2));
        CHECK(world.call("Verify", request) == Json{{"__type", "KMSInvalidSignatureException"}, {"message", ""}});
      }
    }
  }

  TEST_CASE("a digest is signed as its message is, and must have the length of its algorithm") {
    World world;
    const std::string key = world.create_key({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    const Bytes message(10, 3);
    const Json signature = world.call(
        "Sign",
        {{"KeyId", key}, {"Message", encode_base64(message)}, {"SigningAlgorithm", "ECDSA_SHA_256"}})["Signature"];
    CHECK(world.call("Verify", {{"KeyId", key},
                                {"Message", encode_base64(crypto::digest(crypto::Hash::kSha256, message))},
                                {"MessageType", "DIGEST"},
                                {"Signature", signature},
                                {"SigningAlgorithm", "ECDSA_SHA_256"}})["SignatureValid"] == true);
    CHECK(world.call("Sign", {{"KeyId", key},
                              {"Message", encode_base64(message)},
                              {"MessageType", "DIGEST"},
                              {"SigningAlgorithm", "ECDSA_SHA_256"}})["message"] ==
          "Digest is invalid length for algorithm ECDSA_SHA_256.");
  }

  TEST_CASE("a key of another usage or spec is refused by name") {
    World world;
    const std::string encryptor = world.create_key();
    const std::string signer = world.create_key({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    Json request{{"KeyId", encryptor}, {"Message", "aGk="}, {"SigningAlgorithm", "ECDSA_SHA_384"}};
    CHECK(world.call("Sign", request)["message"] ==
          cat(encryptor, " key usage is ENCRYPT_DECRYPT which is not valid for Sign."));
    request["KeyId"] = signer;
    CHECK(world.call("Sign", request)["__type"] == "InvalidKeyUsageException");
  }

  TEST_CASE("a MAC key computes and verifies, with its own algorithm alone") {
    World world;
    const std::string key = world.create_key({{"KeySpec", "HMAC_224"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}});
    Json request{{"KeyId", key}, {"Message", "aGk="}, {"MacAlgorithm", "HMAC_SHA_224"}};
    request["Mac"] = world.call("GenerateMac", request)["Mac"];
    CHECK(world.call("VerifyMac", request)["MacValid"] == true);
    request["Message"] = "aG8=";
    CHECK(world.call("VerifyMac", request)["__type"] == "KMSInvalidMacException");
    request["MacAlgorithm"] = "HMAC_SHA_256";
    CHECK(world.call("VerifyMac", request)["message"] ==
          "Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_224.");
  }
}
