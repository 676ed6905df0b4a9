// The wrappers of OpenSSL against the vectors of project Wycheproof: what is valid must pass, what is invalid must not.
#include "tests/unit/core/crypto/wycheproof.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "core/crypto/aead.h"
#include "core/crypto/kdf.h"
#include "core/crypto/key_pair.h"
#include "core/crypto/mac.h"

using namespace kms;
using namespace kms::crypto;
using namespace wycheproof;

namespace {

bool gcm_passes(const Json&, const Json& test) {
  AesGcm cipher(secret_hex(test["key"]));
  const Bytes iv = hex(test["iv"]);
  const Bytes aad = hex(test["aad"]);
  const Bytes message = hex(test["msg"]);
  const Bytes ciphertext = hex(test["ct"]);
  const Bytes tag = hex(test["tag"]);
  Bytes opened(ciphertext.size());
  if (!cipher.open(iv, aad, ciphertext, tag, opened)) {
    CHECK(opened == Bytes(ciphertext.size(), 0));
    return false;
  }
  Bytes sealed(message.size());
  Bytes made_tag(kGcmTagSize);
  cipher.seal(iv, aad, message, sealed, made_tag);
  return opened == message && sealed == ciphertext && made_tag == tag;
}

std::function<bool(const Json&, const Json&)> hkdf_passes(Hash hash) {
  return [hash](const Json&, const Json& test) {
    try {
      return encode_hex(hkdf(hash, secret_hex(test["ikm"]), hex(test["salt"]), hex(test["info"]),
                             test["size"].get<std::size_t>())
                            .reveal()) == test["okm"].get<std::string>();
    } catch (const Error&) {
      return false;
    }
  };
}

std::function<bool(const Json&, const Json&)> hmac_passes(Hash hash) {
  return [hash](const Json&, const Json& test) {
    const SecretBytes key = secret_hex(test["key"]);
    const Bytes message = hex(test["msg"]);
    const Bytes made = hmac(hash, key, message);
    if (hash == Hash::kSha256) CHECK(hmac_sha256(key, message) == made);
    return equal_secrets(made, hex(test["tag"]));
  };
}

std::function<bool(const Json&)> whole_tags(Hash hash) {
  return [hash](const Json& group) { return group["tagSize"].get<std::size_t>() == digest_size(hash) * 8; };
}

std::function<bool(const Json&, const Json&)> verifies(SignatureScheme scheme) {
  return [scheme](const Json& group, const Json& test) {
    const auto key = KeyPair::from_public_der(hex(group["publicKeyDer"]));
    REQUIRE(key);
    const Bytes message = hex(test["msg"]);
    return key->signing()->verify(scheme, scheme.takes_digest() ? digest(scheme.hash, message) : message,
                                  hex(test["sig"]));
  };
}

// The group's private key in the stored form of KeyPair.
SecretBytes stored_rsa(const Json& numbers) {
  Bytes stored;
  ByteWriter writer(stored);
  for (const char* name :
       {"modulus", "publicExponent", "privateExponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient"}) {
    const Bytes number = hex(numbers[name]);
    writer.u16(static_cast<std::uint16_t>(number.size())).bytes(number);
  }
  return SecretBytes::copy_of(stored);
}

std::function<bool(const Json&, const Json&)> oaep_passes(Hash hash) {
  return [hash](const Json& group, const Json& test) {
    const KeyPair key = KeyPair::from_stored(KeyType::kRsa2048, stored_rsa(group["privateKey"]));
    const auto opened = key.oaep()->decrypt(hash, hex(test["ct"]));
    if (!opened) return false;
    CHECK(*key.oaep()->decrypt(hash, key.oaep()->encrypt(hash, *opened)) == *opened);
    return *opened == secret_hex(test["msg"]);
  };
}

}  // namespace

TEST_SUITE("crypto/wycheproof") {
  TEST_CASE("AES-GCM with keys of every size, IVs of 96 bits and tags of 128") {
    const Count count =
        run("aes_gcm", gcm_passes, [](const Json& group) { return group["ivSize"] == 96 && group["tagSize"] == 128; });
    CHECK(count.valid == 59);
    CHECK(count.invalid == 41);
  }

  TEST_CASE("HKDF") {
    CHECK(run("hkdf_sha256", hkdf_passes(Hash::kSha256)).valid == 40);
    CHECK(run("hkdf_sha384", hkdf_passes(Hash::kSha384)).valid == 42);
    CHECK(run("hkdf_sha512", hkdf_passes(Hash::kSha512)).valid == 40);
  }

  TEST_CASE("HMAC with whole tags") {
    CHECK(run("hmac_sha224", hmac_passes(Hash::kSha224), whole_tags(Hash::kSha224)).valid == 18);
    CHECK(run("hmac_sha256", hmac_passes(Hash::kSha256), whole_tags(Hash::kSha256)).valid == 15);
    CHECK(run("hmac_sha384", hmac_passes(Hash::kSha384), whole_tags(Hash::kSha384)).valid == 15);
    CHECK(run("hmac_sha512", hmac_passes(Hash::kSha512), whole_tags(Hash::kSha512)).valid == 15);
  }

  TEST_CASE("ECDSA") {
    const auto p256 = run("ecdsa_secp256r1_sha256", verifies({SignatureKind::kEcdsa, Hash::kSha256}));
    CHECK(p256.valid == 86);
    CHECK(p256.invalid == 157);
    const auto p384 = run("ecdsa_secp384r1_sha384", verifies({SignatureKind::kEcdsa, Hash::kSha384}));
    CHECK(p384.valid == 97);
    CHECK(p384.invalid == 155);
    const auto p521 = run("ecdsa_secp521r1_sha512", verifies({SignatureKind::kEcdsa, Hash::kSha512}));
    CHECK(p521.valid == 117);
    CHECK(p521.invalid == 153);
    const auto k256 = run("ecdsa_secp256k1_sha256", verifies({SignatureKind::kEcdsa, Hash::kSha256}));
    CHECK(k256.valid == 83);
    CHECK(k256.invalid == 154);
  }

  TEST_CASE("Ed25519") {
    const auto count = run("ed25519", verifies({SignatureKind::kEd25519, Hash::kSha512}));
    CHECK(count.valid == 44);
    CHECK(count.invalid == 32);
  }

  TEST_CASE("RSASSA-PKCS1-v1_5") {
    const auto small = run("rsa_signature_2048_sha256", verifies({SignatureKind::kRsaPkcs1, Hash::kSha256}));
    CHECK(small.valid == 5);
    CHECK(small.invalid == 124);
    const auto large = run("rsa_signature_4096_sha512", verifies({SignatureKind::kRsaPkcs1, Hash::kSha512}));
    CHECK(large.valid == 3);
    CHECK(large.invalid == 125);
  }

  TEST_CASE("RSASSA-PSS with salts as long as the digest") {
    const auto count = run("rsa_pss_2048_sha256_mgf1_32", verifies({SignatureKind::kRsaPss, Hash::kSha256}));
    CHECK(count.valid == 32);
    CHECK(count.invalid == 23);
  }

  TEST_CASE("RSASSA-PSS refuses every signature with another salt, as KMS does") {
    const auto verify = verifies({SignatureKind::kRsaPss, Hash::kSha256});
    int taken = 0;
    const auto count = run("rsa_pss_2048_sha256_mgf1_0", [&](const Json& group, const Json& test) {
      taken += verify(group, test) ? 1 : 0;
      return test["result"] == "valid";  // upstream's view, under the other parameters
    });
    CHECK(count.valid == 31);
    CHECK(taken == 0);
  }

  TEST_CASE("RSAES-OAEP with an empty label") {
    const auto unlabelled = [](const std::function<bool(const Json&, const Json&)>& passes) {
      return [passes](const Json& group, const Json& test) {
        // KMS has no labels: a ciphertext that was made with one must fail, though it is valid under it.
        if (!test["label"].get_ref<const std::string&>().empty())
          return passes(group, test) != (test["result"] == "valid");
        return passes(group, test);
      };
    };
    const auto sha1 = run("rsa_oaep_2048_sha1_mgf1sha1", unlabelled(oaep_passes(Hash::kSha1)));
    CHECK(sha1.valid == 9);
    CHECK(sha1.invalid == 9);
    const auto sha256 = run("rsa_oaep_2048_sha256_mgf1sha256", unlabelled(oaep_passes(Hash::kSha256)));
    CHECK(sha256.valid == 10);
    CHECK(sha256.invalid == 10);
  }
}
