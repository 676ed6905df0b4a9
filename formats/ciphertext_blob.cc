#include "formats/ciphertext_blob.h"

#include <algorithm>

#include "core/crypto/aead.h"
#include "core/crypto/digest.h"
#include "core/crypto/kdf.h"

namespace kms::formats {
namespace {

constexpr std::uint8_t kVersion = 0x01;
constexpr std::uint8_t kSingleRegion = 0x01;
constexpr std::uint8_t kMultiRegion = 0x02;
constexpr std::size_t kNamesSize = 36;
constexpr std::size_t kNonceSize = 32;
constexpr std::size_t kBoundSize = kNamesSize + kNonceSize;  // what the key derivation covers
constexpr std::size_t kCommitmentSize = 32;
constexpr std::size_t kHeaderSize = kBoundSize + kCommitmentSize;
constexpr std::size_t kKeySize = 32;
constexpr std::string_view kLabel = "kmsctl/blob/v1";

static_assert(kHeaderSize + crypto::kGcmTagSize == kBlobOverhead);

struct MessageKeys {
  SecretBytes key;
  SecretBytes iv;
  SecretBytes commitment;
};

SecretBytes part(const SecretBytes& all, std::size_t from, std::size_t size) {
  return SecretBytes::copy_of(all.reveal().subspan(from, size));
}

MessageKeys derive(ByteView bound, const SecretBytes& backing_key, std::string_view account, ByteView context) {
  Bytes covered = to_bytes(bound);
  ByteWriter(covered).u32(static_cast<std::uint32_t>(account.size())).text(account).bytes(context);
  Bytes info = to_bytes(bound.subspan(kNamesSize));
  ByteWriter(info).bytes(crypto::digest(crypto::Hash::kSha256, covered));
  const SecretBytes all =
      crypto::kbkdf_hmac_sha256(backing_key, kLabel, info, kKeySize + crypto::kGcmIvSize + kCommitmentSize);
  return {part(all, 0, kKeySize), part(all, kKeySize, crypto::kGcmIvSize),
          part(all, kKeySize + crypto::kGcmIvSize, kCommitmentSize)};
}

Bytes associated_data(ByteView header, ByteView context) {
  Bytes aad = to_bytes(header);
  ByteWriter(aad).bytes(context);
  return aad;
}

}  // namespace

Bytes seal_blob(const BlobKey& names, const SecretBytes& backing_key, std::string_view account,
                const EncryptionContext& context, const SecretBytes& plaintext, Random& random) {
  const Bytes pairs = canonical(context);
  Bytes blob;
  blob.reserve(kBlobOverhead + plaintext.size());
  ByteWriter writer(blob);
  writer.u8(kVersion).u8(names.multi_region ? kMultiRegion : kSingleRegion).u16(kHeaderSize);
  writer.bytes(names.key_id).bytes(names.backing_key_id).bytes(random.bytes(kNonceSize));
  const MessageKeys keys = derive(blob, backing_key, account, pairs);
  writer.bytes(keys.commitment.reveal());
  const Bytes aad = associated_data(blob, pairs);
  blob.resize(kBlobOverhead + plaintext.size());
  const MutableBytes body = MutableBytes(blob).subspan(kHeaderSize);
  crypto::AesGcm(keys.key).seal(keys.iv.reveal(), aad, plaintext.reveal(), body.first(plaintext.size()),
                                body.subspan(plaintext.size()));
  return blob;
}

std::optional<BlobKey> parse_blob(ByteView blob) {
  if (blob.size() <= kBlobOverhead || blob[0] != kVersion) return std::nullopt;
  if (blob[1] != kSingleRegion && blob[1] != kMultiRegion) return std::nullopt;
  if (blob[2] != 0 || blob[3] != kHeaderSize) return std::nullopt;
  BlobKey names;
  names.multi_region = blob[1] == kMultiRegion;
  std::copy_n(blob.begin() + 4, names.key_id.size(), names.key_id.begin());
  std::copy_n(blob.begin() + 20, names.backing_key_id.size(), names.backing_key_id.begin());
  return names;
}

std::optional<SecretBytes> open_blob(ByteView blob, const SecretBytes& backing_key, std::string_view account,
                                     const EncryptionContext& context) {
  if (!parse_blob(blob)) return std::nullopt;
  const Bytes pairs = canonical(context);
  const MessageKeys keys = derive(blob.first(kBoundSize), backing_key, account, pairs);
  if (!equal_secrets(keys.commitment.reveal(), blob.subspan(kBoundSize, kCommitmentSize))) return std::nullopt;
  const ByteView body = blob.subspan(kHeaderSize);
  SecretBytes plaintext(body.size() - crypto::kGcmTagSize);
  if (!crypto::AesGcm(keys.key).open(keys.iv.reveal(), associated_data(blob.first(kHeaderSize), pairs),
                                     body.first(plaintext.size()), body.last(crypto::kGcmTagSize),
                                     plaintext.reveal())) {
    return std::nullopt;
  }
  return plaintext;
}

}  // namespace kms::formats
