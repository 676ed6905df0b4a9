#pragma once
// Algorithms of OpenSSL, fetched once in a process: a fetch costs as much as a short message. Thread-safe. Internal to
// core/crypto.
#include <openssl/evp.h>

#include <cstddef>

#include "core/crypto/digest.h"

namespace kms::crypto {

const EVP_MD* fetched_digest(Hash hash);
const EVP_CIPHER* fetched_gcm(std::size_t key_size);  // of 16, 24 or 32 bytes
EVP_KDF* fetched_hkdf();

}  // namespace kms::crypto
