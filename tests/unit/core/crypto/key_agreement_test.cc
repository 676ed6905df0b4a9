#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "core/crypto/key_pair.h"

using namespace kms;
using namespace kms::crypto;

namespace {

// The generator of each curve, compressed (SP 800-186 section 3.2.1, SEC 2, GB/T 32918.5): agreeing with it gives the
// x-coordinate of one's own public point.
struct Generator {
  KeyType type;
  const char* point;
};
constexpr Generator kGenerators[] = {
    {KeyType::kP256, "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"},
    {KeyType::kP384,
     "03aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"},
    {KeyType::kP521,
     "0200c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856"
     "a"
     "429bf97e7e31c2e5bd66"},
    {KeyType::kSm2, "0232c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"},
};

}  // namespace

TEST_SUITE("crypto/key_agreement") {
  TEST_CASE("both sides derive the x-coordinate of the same point") {
    for (const Generator& row : kGenerators) {
      const KeyPair one = KeyPair::generate(row.type);
      const KeyPair two = KeyPair::from_stored(row.type, KeyPair::generate(row.type).to_stored());
      const auto shared = one.agreement()->derive(*KeyPair::from_public_der(two.public_der()));
      REQUIRE(shared);
      CHECK(two.agreement()->derive(*KeyPair::from_public_der(one.public_der())) == shared);
      const auto generator = KeyPair::from_public_point(row.type, decode_hex(row.point).value());
      REQUIRE(generator);
      const auto own = one.agreement()->derive(*generator);
      REQUIRE(own);
      const Bytes point = one.public_point(false);
      CHECK(own->size() == (point.size() - 1) / 2);
      CHECK(to_bytes(own->reveal()) == to_bytes(ByteView(point).subspan(1, own->size())));
    }
  }

  TEST_CASE("keys of different curves agree on nothing") {
    const KeyPair p256 = KeyPair::generate(KeyType::kP256);
    for (const KeyType type : {KeyType::kP384, KeyType::kSecp256k1, KeyType::kSm2}) {
      const KeyPair other = KeyPair::generate(type);
      CHECK_FALSE(p256.agreement()->derive(other));
      CHECK_FALSE(other.agreement()->derive(p256));
    }
    const KeyPair edwards = KeyPair::generate(KeyType::kEd25519);
    CHECK_FALSE(p256.agreement()->derive(edwards));
    CHECK_FALSE(edwards.agreement());
  }

  TEST_CASE("a public key alone derives nothing") {
    for (const KeyType type : {KeyType::kP256, KeyType::kSm2}) {
      const KeyPair peer = KeyPair::generate(type);
      const auto outside = KeyPair::from_public_der(KeyPair::generate(type).public_der());
      REQUIRE(outside);
      CHECK_THROWS_AS((void)outside->agreement()->derive(peer), Error);
    }
  }

  TEST_CASE("infinity and points beside the curve are no public keys") {
    for (const Generator& row : kGenerators) {
      CHECK_FALSE(KeyPair::from_public_point(row.type, Bytes{0}));
      Bytes point = KeyPair::generate(row.type).public_point(false);
      point.back() ^= 1U;
      CHECK_FALSE(KeyPair::from_public_point(row.type, point));
    }
    // SubjectPublicKeyInfo of P-256 with infinity for a point.
    const Bytes identifier = decode_hex("301306072a8648ce3d020106082a8648ce3d030107").value();
    Bytes nobody = {0x30, 0x19};
    nobody.insert(nobody.end(), identifier.begin(), identifier.end());
    nobody.insert(nobody.end(), {0x03, 0x02, 0x00, 0x00});
    CHECK_FALSE(KeyPair::from_public_der(nobody));
  }
}
