#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "core/crypto/kdf.h"

using namespace kms;

TEST_SUITE("crypto/hkdf") {
  // RFC 5869, test case 3: no salt and no info.
  TEST_CASE("salt and info may be empty, in each of the steps and in both at once") {
    const SecretBytes key = SecretBytes::copy_of(Bytes(22, 0x0b));
    const auto expected =
        decode_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    const SecretBytes extracted = crypto::hkdf_extract(crypto::Hash::kSha256, {}, key);
    const SecretBytes stepwise = crypto::hkdf_expand(crypto::Hash::kSha256, extracted, {}, expected->size());
    CHECK(stepwise == SecretBytes::copy_of(*expected));
    CHECK(crypto::hkdf(crypto::Hash::kSha256, key, {}, {}, expected->size()) == stepwise);
  }
}
