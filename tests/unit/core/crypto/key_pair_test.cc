#include "core/crypto/key_pair.h"

#include <doctest/doctest.h>

using namespace kms;
using namespace kms::crypto;

TEST_SUITE("crypto/key_pair") {
  TEST_CASE("the stored form of a pair keeps it, and every scheme verifies what it signed") {
    const std::pair<KeyType, SignatureScheme> rows[] = {
        {KeyType::kRsa2048, {SignatureKind::kRsaPss, Hash::kSha384}},
        {KeyType::kRsa2048, {SignatureKind::kRsaPkcs1, Hash::kSha512}},
        {KeyType::kP256, {SignatureKind::kEcdsa, Hash::kSha256}},
        {KeyType::kP384, {SignatureKind::kEcdsa, Hash::kSha384}},
        {KeyType::kP521, {SignatureKind::kEcdsa, Hash::kSha512}},
        {KeyType::kSecp256k1, {SignatureKind::kEcdsa, Hash::kSha256}},
        {KeyType::kEd25519, {SignatureKind::kEd25519, Hash::kSha512}},
        {KeyType::kEd25519, {SignatureKind::kEd25519Ph, Hash::kSha512}},
    };
    for (const auto& [type, scheme] : rows) {
      const KeyPair made = KeyPair::generate(type);
      const KeyPair loaded = KeyPair::from_stored(type, made.to_stored());
      CHECK(loaded.public_der() == made.public_der());
      const Bytes input(digest_size(scheme.hash), 5);
      Bytes signed_by_loaded = loaded.signing()->sign(scheme, input);
      const auto outside = KeyPair::from_public_der(made.public_der());
      REQUIRE(outside);
      CHECK(outside->signing()->verify(scheme, input, signed_by_loaded));
      signed_by_loaded[signed_by_loaded.size() / 2] ^= 1U;
      CHECK_FALSE(outside->signing()->verify(scheme, input, signed_by_loaded));
    }
  }
}
