#pragma once
// The CiphertextBlob of Encrypt, ReEncrypt and the GenerateDataKey family. It names the key and the backing key that
// made it, so Decrypt needs no other pointer. formats/ciphertext_blob.md is the specification.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "formats/encryption_context.h"

namespace kms::formats {

inline constexpr std::size_t kMaxBlobPlaintext = 4096;
inline constexpr std::size_t kBlobOverhead = 124;

// Whose ciphertext it is. Public: it stands in the clear, and is authenticated.
struct BlobKey {
  std::string account;  // 12 digits
  std::array<std::uint8_t, 16> key_id{};
  bool multi_region = false;  // the key's id has the prefix "mrk-"
  std::array<std::uint8_t, 16> backing_key_id{};
  bool operator==(const BlobKey&) const = default;
};

// ValidationException when the plaintext exceeds kMaxBlobPlaintext bytes. `backing_key` has 32 bytes.
Bytes seal_blob(const BlobKey& key, const SecretBytes& backing_key, const EncryptionContext& context,
                const SecretBytes& plaintext, Random& random);

// The structure alone, to find the key and its backing key; nothing of it is authentic before open_blob() succeeds.
std::optional<BlobKey> parse_blob(ByteView blob);
// Whether `start`, four bytes or more, may be that of a blob.
bool begins_blob(ByteView start);

// Every failure to open is the same nothing: a damaged blob, another backing key or context.
std::optional<SecretBytes> open_blob(ByteView blob, const SecretBytes& backing_key, const EncryptionContext& context);

}  // namespace kms::formats
