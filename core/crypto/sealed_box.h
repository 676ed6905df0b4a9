#pragma once
// Anonymous public-key encryption of a short secret: libsodium's sealed box (X25519, XSalsa20-Poly1305).
#include <cstddef>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"

namespace kms::crypto {

inline constexpr std::size_t kBoxSeedSize = 32;
inline constexpr std::size_t kBoxPublicKeySize = 32;
inline constexpr std::size_t kBoxOverhead = 48;

Bytes box_public_key(const SecretBytes& seed);
Bytes box_seal(ByteView public_key, const SecretBytes& plaintext);
// Nothing when the box is not for this seed or was changed.
std::optional<SecretBytes> box_open(const SecretBytes& seed, ByteView sealed);

}  // namespace kms::crypto
