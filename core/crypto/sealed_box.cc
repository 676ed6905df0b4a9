#include "core/crypto/sealed_box.h"

#include <sodium.h>

#include "core/crypto/handles.h"

namespace kms::crypto {
namespace {

struct Pair {
  Bytes public_key;
  SecretBytes secret_key;
};

Pair expand(const SecretBytes& seed) {
  require_ok(seed.size() == crypto_box_SEEDBYTES, "sealed box");
  Pair pair{Bytes(crypto_box_PUBLICKEYBYTES), SecretBytes(crypto_box_SECRETKEYBYTES)};
  crypto_box_seed_keypair(pair.public_key.data(), pair.secret_key.reveal().data(), seed.reveal().data());
  return pair;
}

}  // namespace

static_assert(kBoxSeedSize == crypto_box_SEEDBYTES && kBoxPublicKeySize == crypto_box_PUBLICKEYBYTES &&
              kBoxOverhead == crypto_box_SEALBYTES);

Bytes box_public_key(const SecretBytes& seed) {
  return expand(seed).public_key;
}

Bytes box_seal(ByteView public_key, const SecretBytes& plaintext) {
  require_ok(public_key.size() == kBoxPublicKeySize, "sealed box");
  Bytes sealed(plaintext.size() + kBoxOverhead);
  const ByteView secret = plaintext.reveal();
  require_ok(crypto_box_seal(sealed.data(), secret.data(), secret.size(), public_key.data()) == 0, "sealed box");
  return sealed;
}

std::optional<SecretBytes> box_open(const SecretBytes& seed, ByteView sealed) {
  if (sealed.size() < kBoxOverhead) return std::nullopt;
  const Pair pair = expand(seed);
  SecretBytes out(sealed.size() - kBoxOverhead);
  const int result = crypto_box_seal_open(out.reveal().data(), sealed.data(), sealed.size(), pair.public_key.data(),
                                          pair.secret_key.reveal().data());
  if (result != 0) return std::nullopt;
  return out;
}

}  // namespace kms::crypto
