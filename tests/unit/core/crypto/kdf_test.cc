#include "core/crypto/kdf.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"

using namespace kms;
using namespace kms::crypto;

namespace {

SecretBytes secret(std::string_view hex) {
  return SecretBytes::copy_of(*decode_hex(hex));
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
}
