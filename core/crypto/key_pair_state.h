#pragma once
// What the parts of KeyPair share: key_pair.cc makes and stores keys, key_pair_der.cc reads and writes private keys,
// key_pair_use.cc signs and encrypts, key_agreement.cc derives, sm2.cc and post_quantum.cc know their algorithms.
// Internal to core/crypto.
#include <mutex>
#include <utility>
#include <vector>

#include "core/crypto/handles.h"
#include "core/crypto/key_pair.h"

namespace kms::crypto {

// Contexts that are set up to sign with one key: to set one up costs a tenth of a signature. Thread-safe.
class SigningContexts {
 public:
  KeyContext take(EVP_PKEY* key, SignatureScheme scheme);
  void give_back(SignatureScheme scheme, KeyContext context);

 private:
  std::mutex mutex_;
  std::vector<std::pair<SignatureScheme, KeyContext>> free_;
};

struct KeyPair::State {
  KeyType type;
  KeyHandle key;
  std::unique_ptr<SigningContexts> signing = std::make_unique<SigningContexts>();
};

struct Curve {
  KeyType type;
  const char* group;  // OpenSSL's name
  std::size_t field_size;
};
const Curve* find_curve(KeyType type);  // null for what is no elliptic curve in Weierstrass form

struct PostQuantum {
  KeyType type;
  const char* name;  // OpenSSL's
  std::size_t seed_size;
  std::size_t private_size;  // of the expanded private key
};
const PostQuantum* find_post_quantum(KeyType type);  // null for other types
KeyHandle generate_post_quantum(const PostQuantum& algorithm);
KeyHandle load_post_quantum(const PostQuantum& algorithm, ByteView stored);  // null when it is no such key
SecretBytes store_post_quantum(const PostQuantum& algorithm, const EVP_PKEY* key);

// Null, with OpenSSL's errors dropped, when the parameters make no key of the algorithm.
KeyHandle from_params(const char* algorithm, int selection, OSSL_PARAM* params);

Bytes sign_sm2_message(EVP_PKEY* key, ByteView message);
bool verify_sm2_message(EVP_PKEY* key, ByteView message, ByteView signature);

std::optional<KeyType> type_of(const EVP_PKEY* key);

inline KeyContext make_context(EVP_PKEY* key) {
  return KeyContext(require_made(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr), "key"));
}

// DER of PrivateKeyInfo (RFC 5208); nothing where the key has no private part.
std::optional<SecretBytes> encode_private_key(const EVP_PKEY* key);

}  // namespace kms::crypto
