#pragma once
// Key derivation: HKDF (RFC 5869), KBKDF in counter mode with HMAC-SHA-256 (SP 800-108r1 section 4.1) and
// Argon2id (RFC 9106). All are pure and thread-safe.
#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/digest.h"

namespace kms::crypto {

SecretBytes hkdf_extract(Hash hash, ByteView salt, const SecretBytes& key);
SecretBytes hkdf_expand(Hash hash, const SecretBytes& prk, ByteView info, std::size_t size);
SecretBytes hkdf(Hash hash, const SecretBytes& key, ByteView salt, ByteView info, std::size_t size);

SecretBytes kbkdf_hmac_sha256(const SecretBytes& key, std::string_view label, ByteView context, std::size_t size);

struct Argon2Cost {
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
  bool operator==(const Argon2Cost&) const = default;
};
inline constexpr std::size_t kArgon2SaltSize = 16;

// One lane (libsodium has no other). The caller bounds the cost before it calls. LimitExceededException when the memory
// cannot be had.
SecretBytes argon2id(const SecretBytes& passphrase, ByteView salt, Argon2Cost cost, std::size_t size);

}  // namespace kms::crypto
