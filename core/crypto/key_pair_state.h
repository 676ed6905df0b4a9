#pragma once
// What the parts of KeyPair share: key_pair.cc makes and stores keys, key_pair_der.cc reads and writes private keys,
// key_pair_use.cc signs and encrypts, key_agreement.cc derives. Internal to core/crypto.
#include "core/crypto/handles.h"
#include "core/crypto/key_pair.h"

namespace kms::crypto {

struct KeyPair::State {
  KeyType type;
  KeyHandle key;
};

struct Curve {
  KeyType type;
  const char* group;  // OpenSSL's name
  std::size_t field_size;
};
const Curve* find_curve(KeyType type);  // null for what is no elliptic curve in Weierstrass form

std::optional<KeyType> type_of(const EVP_PKEY* key);

inline KeyContext make_context(EVP_PKEY* key) {
  return KeyContext(require_made(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr), "key"));
}

// DER of PrivateKeyInfo (RFC 5208); nothing where the key has no private part.
std::optional<SecretBytes> encode_private_key(const EVP_PKEY* key);

}  // namespace kms::crypto
