#pragma once
// HMAC (RFC 2104, FIPS 198-1) and SipHash-2-4 (Aumasson and Bernstein, 2012).
#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/digest.h"

namespace kms::crypto {

Bytes hmac(Hash hash, const SecretBytes& key, ByteView message);

// HMAC-SHA-256 through libsodium: the same function, without the start-up cost of OpenSSL's providers. For the vault,
// whose every lookup needs one.
Bytes hmac_sha256(const SecretBytes& key, ByteView message);

// 64 bits that only a holder of the key can tell from random ones, for the price of a hash table's hash.
inline constexpr std::size_t kSipHashKeySize = 16;
std::uint64_t siphash(const SecretBytes& key, ByteView message);

}  // namespace kms::crypto
