#pragma once
// What Encrypt and GenerateDataKey answer under a symmetric key. formats/ciphertext_blob.md is the specification.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "formats/encryption_context.h"

namespace kms::formats {

// The names in a blob: which key, and which of its backing keys.
struct BlobKey {
  std::array<std::uint8_t, 16> key_id{};
  bool multi_region = false;
  std::array<std::uint8_t, 16> backing_key_id{};
};

inline constexpr std::size_t kBlobOverhead = 116;

Bytes seal_blob(const BlobKey& names, const SecretBytes& backing_key, std::string_view account,
                const EncryptionContext& context, const SecretBytes& plaintext, Random& random);

// Only the structure: nothing in a blob is true before open_blob() says so.
std::optional<BlobKey> parse_blob(ByteView blob);

// Nothing, without a reason, when anything differs: key, account, context, or a single bit.
std::optional<SecretBytes> open_blob(ByteView blob, const SecretBytes& backing_key, std::string_view account,
                                     const EncryptionContext& context);

}  // namespace kms::formats
