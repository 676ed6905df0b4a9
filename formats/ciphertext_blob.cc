#include "formats/ciphertext_blob.h"

#include <algorithm>

#include "core/crypto/aead.h"
#include "core/crypto/digest.h"
#include "core/crypto/kdf.h"

namespace kms::formats {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kSingleRegion = 1;
constexpr std::uint8_t kMultiRegion = 2;
constexpr std::string_view kLabel = "kmsctl/blob/v1";

constexpr std::size_t kAccountDigits = 12;
constexpr std::uint64_t kAccounts = 1'000'000'000'000;

constexpr std::size_t kNonceOffset = 44;
constexpr std::size_t kNonceSize = 32;
constexpr std::size_t kCommitmentOffset = kNonceOffset + kNonceSize;
constexpr std::size_t kBlobCommitmentSize = 32;
constexpr std::size_t kHeaderSize = kCommitmentOffset + kBlobCommitmentSize;
constexpr std::size_t kBackingKeySize = 32;
constexpr std::size_t kMessageKeySize = 32;
static_assert(kBlobOverhead == kHeaderSize + crypto::kGcmTagSize);

struct MessageKey {
  SecretBytes all;  // AES-256 key, IV, commitment
  ByteView cipher_key() const { return ByteView(all.reveal()).first(kMessageKeySize); }
  ByteView iv() const { return ByteView(all.reveal()).subspan(kMessageKeySize, crypto::kGcmIvSize); }
  ByteView commitment() const { return ByteView(all.reveal()).last(kBlobCommitmentSize); }
};

std::uint64_t account_number(const std::string& account) {
  const bool digits = std::ranges::all_of(account, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || account.size() != kAccountDigits) throw Error(ErrorCode::kInternal, "an account has 12 digits");
  return std::stoull(account);
}

std::string account_text(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(kAccountDigits - digits.size(), '0') + digits;
}

// `start` is the header up to the commitment.
MessageKey derive(const SecretBytes& backing_key, ByteView start, ByteView context) {
  if (backing_key.size() != kBackingKeySize) throw Error(ErrorCode::kInternal, "a backing key has the wrong size");
  Bytes bound;
  ByteWriter(bound).bytes(start).bytes(context);
  Bytes derivation;
  ByteWriter(derivation)
      .bytes(start.subspan(kNonceOffset, kNonceSize))
      .bytes(crypto::digest_by_openssl(crypto::Hash::kSha256, bound));
  return {crypto::kbkdf_hmac_sha256(backing_key, kLabel, derivation,
                                    kMessageKeySize + crypto::kGcmIvSize + kBlobCommitmentSize)};
}

Bytes associated_data(ByteView header, ByteView context) {
  Bytes aad = to_bytes(header);
  ByteWriter(aad).bytes(context);
  return aad;
}

}  // namespace

Bytes seal_blob(const BlobKey& key, const SecretBytes& backing_key, const EncryptionContext& context,
                const SecretBytes& plaintext, Random& random) {
  if (plaintext.size() > kMaxBlobPlaintext) {
    throw Error(ErrorCode::kValidation, "the plaintext exceeds 4096 bytes");
  }
  const Bytes stored_context = canonical(context);
  Bytes blob;
  blob.reserve(plaintext.size() + kBlobOverhead);
  ByteWriter writer(blob);
  writer.u8(kVersion).u8(key.multi_region ? kMultiRegion : kSingleRegion).u16(kHeaderSize);
  writer.u64(account_number(key.account));
  writer.bytes(key.key_id).bytes(key.backing_key_id).bytes(random.bytes(kNonceSize));
  const MessageKey message = derive(backing_key, blob, stored_context);
  writer.bytes(message.commitment());
  const Bytes aad = associated_data(blob, stored_context);

  blob.resize(plaintext.size() + kBlobOverhead);
  const MutableBytes body = MutableBytes(blob).subspan(kHeaderSize);
  crypto::AesGcm(message.cipher_key())
      .seal(message.iv(), aad, plaintext.reveal(), body.first(plaintext.size()), body.subspan(plaintext.size()));
  return blob;
}

bool begins_blob(ByteView start) {
  constexpr std::size_t kPrefix = 4;
  if (start.size() < kPrefix || start[0] != kVersion) return false;
  ByteReader reader(start.subspan(2), ErrorCode::kInvalidCiphertext, "");
  return (start[1] == kSingleRegion || start[1] == kMultiRegion) && reader.u16() == kHeaderSize;
}

std::optional<BlobKey> parse_blob(ByteView blob) {
  if (blob.size() < kBlobOverhead || blob.size() > kBlobOverhead + kMaxBlobPlaintext) return std::nullopt;
  ByteReader reader(blob, ErrorCode::kInvalidCiphertext, "");
  if (reader.u8() != kVersion) return std::nullopt;
  const std::uint8_t suite = reader.u8();
  if (suite != kSingleRegion && suite != kMultiRegion) return std::nullopt;
  if (reader.u16() != kHeaderSize) return std::nullopt;
  const std::uint64_t account = reader.u64();
  if (account >= kAccounts) return std::nullopt;
  BlobKey key;
  key.account = account_text(account);
  key.multi_region = suite == kMultiRegion;
  std::ranges::copy(reader.take(key.key_id.size()), key.key_id.begin());
  std::ranges::copy(reader.take(key.backing_key_id.size()), key.backing_key_id.begin());
  return key;
}

std::optional<SecretBytes> open_blob(ByteView blob, const SecretBytes& backing_key, const EncryptionContext& context) {
  if (!parse_blob(blob)) return std::nullopt;
  const ByteView header = blob.first(kHeaderSize);
  const Bytes stored_context = canonical(context);
  const MessageKey message = derive(backing_key, header.first(kCommitmentOffset), stored_context);
  // First, so that no other key's ciphertext reaches the cipher: AES-GCM alone does not commit to its key.
  if (!equal_secrets(message.commitment(), header.subspan(kCommitmentOffset))) return std::nullopt;

  const ByteView body = blob.subspan(kHeaderSize);
  SecretBytes plaintext(body.size() - crypto::kGcmTagSize);
  const bool intact = crypto::AesGcm(message.cipher_key())
                          .open(message.iv(), associated_data(header, stored_context), body.first(plaintext.size()),
                                body.last(crypto::kGcmTagSize), plaintext.reveal());
  if (!intact) return std::nullopt;
  return plaintext;
}

}  // namespace kms::formats
