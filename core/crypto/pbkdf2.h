#pragma once
// PBKDF2 (RFC 8018 section 5.2) with HMAC-SHA-256, for formats that ask for it: passphrases of our own go through
// Argon2id (kdf.h). Pure and thread-safe.
#include <cstdint>

#include "core/base/secret_bytes.h"

namespace kms::crypto {

// Some three million iterations take a second. The caller bounds them before it calls; the password is not empty.
SecretBytes pbkdf2_hmac_sha256(const SecretBytes& password, const SecretBytes& salt, std::uint32_t iterations,
                               std::size_t size);

}  // namespace kms::crypto
