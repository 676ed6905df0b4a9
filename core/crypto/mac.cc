#include "core/crypto/mac.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <array>

#include "core/crypto/handles.h"

namespace kms::crypto {

Bytes hmac(Hash hash, const SecretBytes& key, ByteView message) {
  Bytes out(digest_size(hash));
  std::size_t size = 0;
  const ByteView secret = key.reveal();
  const unsigned char* made = EVP_Q_mac(nullptr, "HMAC", nullptr, hash_name(hash), nullptr, secret.data(),
                                        secret.size(), message.data(), message.size(), out.data(), out.size(), &size);
  require_ok(made != nullptr && size == out.size(), "HMAC");
  return out;
}

Bytes hmac_sha256(const SecretBytes& key, ByteView message) {
  Bytes out(crypto_auth_hmacsha256_BYTES);
  crypto_auth_hmacsha256_state state;
  const ByteView secret = key.reveal();
  crypto_auth_hmacsha256_init(&state, secret.data(), secret.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  sodium_memzero(&state, sizeof state);
  return out;
}

std::uint64_t siphash(const SecretBytes& key, ByteView message) {
  require_ok(key.size() == kSipHashKeySize, "SipHash key");
  std::array<std::uint8_t, crypto_shorthash_BYTES> out{};
  crypto_shorthash(out.data(), message.data(), message.size(), key.reveal().data());
  return ByteReader(out, ErrorCode::kInternal, "SipHash").u64();
}

}  // namespace kms::crypto
