// The vectors of project Wycheproof through the operations of the product: their private keys are imported, and then
// used by Sign, Decrypt, DeriveSharedSecret, GenerateMac and VerifyMac.
#include <doctest/doctest.h>

#include <map>

#include "core/base/text.h"
#include "tests/support/key_import.h"
#include "tests/unit/core/crypto/wycheproof.h"

using namespace kms;
using namespace kms::testing;
using wycheproof::Count;

namespace {

// One key for each private key of a file.
class Keys {
 public:
  Keys(const char* spec, const char* usage, const char* algorithm = "SM2PKE", const char* wrapping = "SM2")
      : spec_(spec), usage_(usage), algorithm_(algorithm), wrapping_(wrapping) {}

  // The ARN of the key with this material; empty when it cannot be imported.
  std::string with(const std::string& name, const SecretBytes& material) {
    const auto found = arns_.find(name);
    if (found != arns_.end()) return found->second;
    std::string arn = world.create_key({{"Origin", "EXTERNAL"}, {"KeySpec", spec_}, {"KeyUsage", usage_}});
    if (import_material(world, arn, material, algorithm_, wrapping_).contains("__type")) arn.clear();
    return arns_[name] = arn;
  }

  World world;

 private:
  std::string spec_;
  std::string usage_;
  std::string algorithm_;
  std::string wrapping_;
  std::map<std::string, std::string> arns_;
};

void report(const std::string& name, const Count& count) {
  MESSAGE(cat(name, ": ", std::to_string(count.valid), " valid, ", std::to_string(count.invalid), " invalid, ",
              std::to_string(count.acceptable), " acceptable"));
  CHECK(count.valid + count.invalid > 0);
}

std::string base64_of(const Json& hex) {
  return encode_base64(wycheproof::hex(hex));
}

// RAW messages have 1 to 4096 bytes.
bool is_message(const Json& test) {
  const auto size = test["msg"].get<std::string>().size() / 2;
  return size >= 1 && size <= 4096;
}

}  // namespace

TEST_SUITE("ops/wycheproof") {
  TEST_CASE("HMAC: GenerateMac and VerifyMac with imported keys of the right length") {
    for (const int bits : {224, 256, 384, 512}) {
      const std::string name = std::to_string(bits);
      Keys keys(cat("HMAC_", name).c_str(), "GENERATE_VERIFY_MAC");
      const std::string algorithm = cat("HMAC_SHA_", name);
      const auto passes = [&](const Json& group, const Json& test) {
        const std::string key = keys.with(test["key"], wycheproof::secret_hex(test["key"]));
        REQUIRE(!key.empty());
        // An empty message is none of the API.
        if (!is_message(test)) return test["result"] == "valid";
        const Json request{{"KeyId", key}, {"Message", base64_of(test["msg"])}, {"MacAlgorithm", algorithm}};
        Json verify = request;
        verify["Mac"] = base64_of(test["tag"]);
        const bool verified = keys.world.call("VerifyMac", verify).contains("MacValid");
        const bool made = keys.world.call("GenerateMac", request)["Mac"] == verify["Mac"];
        CHECK(verified == made);
        // Truncated tags are valid upstream, and must not be here.
        if (group["tagSize"] != bits) {
          CHECK_FALSE(verified);
          return test["result"] == "valid";
        }
        return verified;
      };
      report(cat("hmac_sha", name), wycheproof::run(cat("hmac_sha", name), passes,
                                                    [&](const Json& group) { return group["keySize"] == bits; }));
    }
  }

  TEST_CASE("ECDH: DeriveSharedSecret with imported keys") {
    const std::tuple<const char*, const char*, const char*, std::size_t> files[] = {
        {"ecdh_secp256r1", "ECC_NIST_P256", "06082a8648ce3d030107", 32},
        {"ecdh_secp384r1", "ECC_NIST_P384", "06052b81040022", 48},
        {"ecdh_secp521r1", "ECC_NIST_P521", "06052b81040023", 66}};
    for (const auto& [name, spec, oid, size] : files) {
      Keys keys(spec, "KEY_AGREEMENT");
      const std::string curve = oid;
      const std::size_t field = size;
      const auto passes = [&](const Json&, const Json& test) {
        const std::string key = keys.with(test["private"], wycheproof::pkcs8_of(wycheproof::hex(test["private"]),
                                                                                wycheproof::hex(Json(curve)), field));
        REQUIRE(!key.empty());
        if (test["public"] == "") return false;
        const Json answer = keys.world.call(
            "DeriveSharedSecret",
            {{"KeyId", key}, {"KeyAgreementAlgorithm", "ECDH"}, {"PublicKey", base64_of(test["public"])}});
        if (!answer.contains("SharedSecret")) {
          CHECK(answer["__type"] == "ValidationException");
          return false;
        }
        CHECK(answer["SharedSecret"] == base64_of(test["shared"]));  // whoever accepts must get it right
        return true;
      };
      report(name, wycheproof::run(name, passes));
    }
  }

  TEST_CASE("RSAES-OAEP: Decrypt with imported keys") {
    const std::tuple<const char*, const char*, const char*> files[] = {
        {"rsa_oaep_2048_sha1_mgf1sha1", "RSA_2048", "RSAES_OAEP_SHA_1"},
        {"rsa_oaep_2048_sha256_mgf1sha256", "RSA_2048", "RSAES_OAEP_SHA_256"},
        {"rsa_oaep_3072_sha256_mgf1sha256", "RSA_3072", "RSAES_OAEP_SHA_256"},
        {"rsa_oaep_4096_sha256_mgf1sha256", "RSA_4096", "RSAES_OAEP_SHA_256"}};
    for (const auto& [name, spec, algorithm] : files) {
      Keys keys(spec, "ENCRYPT_DECRYPT", "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048");
      const std::string wanted = algorithm;
      const auto passes = [&](const Json& group, const Json& test) {
        const std::string pkcs8 = group["privateKeyPkcs8"];
        const std::string key = keys.with(pkcs8, wycheproof::secret_hex(pkcs8));
        REQUIRE(!key.empty());
        if (test["ct"] == "") return false;
        const Json answer = keys.world.call(
            "Decrypt", {{"KeyId", key}, {"CiphertextBlob", base64_of(test["ct"])}, {"EncryptionAlgorithm", wanted}});
        const bool decrypted = answer.contains("Plaintext");
        // The API has no label: what was made with one must not decrypt.
        if (test["label"] != "") {
          CHECK_FALSE(decrypted);
          return test["result"] == "valid";
        }
        if (decrypted) {
          CHECK(answer["Plaintext"] == base64_of(test["msg"]));
        } else {
          CHECK(answer == Json{{"__type", "InvalidCiphertextException"}, {"message", ""}});
        }
        return decrypted;
      };
      report(name, wycheproof::run(name, passes));
    }
  }

  TEST_CASE("RSAES-OAEP: MGF1 with another hash does not decrypt, and keys of three primes are not imported") {
    Keys keys("RSA_2048", "ENCRYPT_DECRYPT", "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048");
    const auto refuses = [&](const Json& group, const Json& test) {
      const std::string pkcs8 = group["privateKeyPkcs8"];
      const Json answer = keys.world.call("Decrypt", {{"KeyId", keys.with(pkcs8, wycheproof::secret_hex(pkcs8))},
                                                      {"CiphertextBlob", base64_of(test["ct"])},
                                                      {"EncryptionAlgorithm", "RSAES_OAEP_SHA_256"}});
      CHECK_FALSE(answer.contains("Plaintext"));
      return test["result"] == "valid";
    };
    report("rsa_oaep_2048_sha256_mgf1sha1", wycheproof::run("rsa_oaep_2048_sha256_mgf1sha1", refuses));
    Keys three("RSA_4096", "ENCRYPT_DECRYPT", "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048");
    const auto is_refused = [&](const Json& group, const Json& test) {
      const std::string pkcs8 = group["privateKeyPkcs8"];
      CHECK(three.with(pkcs8, wycheproof::secret_hex(pkcs8)).empty());
      return test["result"] == "valid";
    };
    report("rsa_three_primes_oaep_4096_sha256_mgf1sha256",
           wycheproof::run("rsa_three_primes_oaep_4096_sha256_mgf1sha256", is_refused));
  }

  TEST_CASE("RSASSA-PKCS1-v1_5: Sign with imported keys makes the very signature") {
    for (const char* bits : {"2048", "3072", "4096"}) {
      Keys keys(cat("RSA_", bits).c_str(), "SIGN_VERIFY", "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048");
      const auto passes = [&](const Json& group, const Json& test) {
        const std::string pkcs8 = group["privateKeyPkcs8"];
        const std::string key = keys.with(pkcs8, wycheproof::secret_hex(pkcs8));
        REQUIRE(!key.empty());
        if (!is_message(test)) return test["result"] == "valid";
        const std::string hash = group["sha"].get<std::string>().substr(4);
        Json request{{"KeyId", key},
                     {"Message", base64_of(test["msg"])},
                     {"SigningAlgorithm", cat("RSASSA_PKCS1_V1_5_SHA_", hash)}};
        const Json signature = keys.world.call("Sign", request)["Signature"];
        request["Signature"] = signature;
        CHECK(keys.world.call("Verify", request)["SignatureValid"] == true);
        return signature == base64_of(test["sig"]);
      };
      const std::string name = cat("rsa_pkcs1_", bits, "_sig_gen");
      const auto applies = [](const Json& group) {
        return group["sha"] == "SHA-256" || group["sha"] == "SHA-384" || group["sha"] == "SHA-512";
      };
      report(name, wycheproof::run(name, passes, applies));
    }
  }
}
