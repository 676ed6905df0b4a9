#pragma once
// AES key wrap with padding, KWP (RFC 5649, SP 800-38F section 6.3).
#include <optional>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"

namespace kms::crypto {

// `kek` is an AES key of 16, 24 or 32 bytes; `key` has at least one byte.
Bytes wrap_key_with_padding(const SecretBytes& kek, const SecretBytes& key);
// Nothing when the bytes were not wrapped under this key, were changed, or `kek` is no AES key: the one answer.
std::optional<SecretBytes> unwrap_key_with_padding(const SecretBytes& kek, ByteView wrapped);

}  // namespace kms::crypto
