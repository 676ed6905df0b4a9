#include "core/crypto/kdf.h"

#include <doctest/doctest.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "core/base/encoding.h"

using namespace kms;
using namespace kms::crypto;

namespace {

SecretBytes secret(std::string_view hex) {
  return SecretBytes::copy_of(*decode_hex(hex));
}

OSSL_PARAM text_parameter(const char* name, const char* value) {
  return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(value), 0);
}

OSSL_PARAM bytes_parameter(const char* name, ByteView value) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(value.data()), value.size());
}

}  // namespace

TEST_SUITE("crypto/kdf") {
  // RFC 5869 appendix A.3.
  TEST_CASE("HKDF takes an empty salt and empty info") {
    const SecretBytes key = secret("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    const SecretBytes prk = hkdf_extract(Hash::kSha256, {}, key);
    CHECK(encode_hex(prk.reveal()) == "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
    const char* okm = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
    CHECK(encode_hex(hkdf_expand(Hash::kSha256, prk, {}, 42).reveal()) == okm);
    CHECK(encode_hex(hkdf(Hash::kSha256, key, {}, {}, 42).reveal()) == okm);
  }

  TEST_CASE("the two steps of HKDF are the whole of it") {
    const SecretBytes key = secret("00112233445566778899aabbccddeeff");
    const Bytes salt = {1, 2, 3};
    const Bytes info = {4, 5};
    for (const Hash hash : {Hash::kSha256, Hash::kSha384, Hash::kSha512}) {
      CHECK(hkdf(hash, key, salt, info, 77) == hkdf_expand(hash, hkdf_extract(hash, salt, key), info, 77));
    }
  }

  // OpenSSL's own implementation is the other side.
  TEST_CASE("KBKDF in counter mode is what OpenSSL derives") {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kbkdf(EVP_KDF_fetch(nullptr, "KBKDF", nullptr),
                                                                  EVP_KDF_free);
    REQUIRE(kbkdf);
    const SecretBytes key = secret("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    for (const std::size_t size : {1U, 31U, 32U, 33U, 64U, 76U, 100U, 1000U}) {
      for (const std::size_t context_size : {0U, 1U, 64U, 200U}) {
        CAPTURE(size);
        CAPTURE(context_size);
        const Bytes context(context_size, 0x5a);
        Bytes expected(size);
        const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> state(EVP_KDF_CTX_new(kbkdf.get()),
                                                                              EVP_KDF_CTX_free);
        const std::array<OSSL_PARAM, 7> parameters = {
            text_parameter(OSSL_KDF_PARAM_MODE, "counter"),
            text_parameter(OSSL_KDF_PARAM_MAC, "HMAC"),
            text_parameter(OSSL_KDF_PARAM_DIGEST, "SHA2-256"),
            bytes_parameter(OSSL_KDF_PARAM_KEY, key.reveal()),
            bytes_parameter(OSSL_KDF_PARAM_SALT, as_bytes("the label")),
            bytes_parameter(OSSL_KDF_PARAM_INFO, context),
            OSSL_PARAM_construct_end(),
        };
        REQUIRE(EVP_KDF_derive(state.get(), expected.data(), size, parameters.data()) == 1);
        CHECK(encode_hex(kbkdf_hmac_sha256(key, "the label", context, size).reveal()) == encode_hex(expected));
      }
    }
  }
}
