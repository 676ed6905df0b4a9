#include "core/ops/kms/import_token.h"

#include <optional>

#include "core/base/error.h"
#include "core/crypto/aead.h"
#include "core/records/vault.h"

namespace kms {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeadSize = 3 + 8;

Bytes associated_data(ByteView head, const Key& key) {
  Bytes data = to_bytes(head);
  ByteWriter(data).text(key.arn());
  return data;
}

std::size_t block_size(WrappingKeySpec spec) {
  if (spec == WrappingKeySpec::kRsa2048) return 256;
  return spec == WrappingKeySpec::kRsa3072 ? 384 : 512;
}

// Of another version, a token may have what this one does not know.
template <NamedEnum E>
std::optional<E> enumerator(std::uint8_t number) {
  for (const auto& [candidate, name] : EnumNames<E>::kAll) {
    if (static_cast<std::uint8_t>(candidate) == number) return candidate;
  }
  return std::nullopt;
}

Error invalid_token() {
  return Error(ErrorCode::kInvalidImportToken, "The import token is not one that was made for this key.");
}

}  // namespace

crypto::KeyType wrapping_key_type(WrappingKeySpec spec) {
  switch (spec) {
    case WrappingKeySpec::kRsa2048:
      return crypto::KeyType::kRsa2048;
    case WrappingKeySpec::kRsa3072:
      return crypto::KeyType::kRsa3072;
    case WrappingKeySpec::kRsa4096:
      return crypto::KeyType::kRsa4096;
    case WrappingKeySpec::kSm2:
      break;
  }
  return crypto::KeyType::kSm2;
}

Bytes make_import_token(const Transaction& transaction, const Key& key, WrappingAlgorithm algorithm,
                        WrappingKeySpec spec, const crypto::KeyPair& pair, Time expiry, Random& random) {
  Bytes token;
  ByteWriter(token)
      .u8(kVersion)
      .u8(static_cast<std::uint8_t>(algorithm))
      .u8(static_cast<std::uint8_t>(spec))
      .u64(static_cast<std::uint64_t>(expiry.time_since_epoch().count()));
  const Bytes nonce = random.bytes(crypto::kXChaChaNonceSize);
  const SecretBytes stored = pair.to_stored();
  const Bytes sealed = crypto::xchacha_seal(owned_key(transaction, OwnedKey::kImportToken), nonce,
                                            associated_data(token, key), stored.reveal());
  ByteWriter(token).bytes(nonce).bytes(sealed);
  return token;
}

WrappingKey open_import_token(const Transaction& transaction, const Key& key, ByteView token, Time now) {
  if (token.size() <= kHeadSize + crypto::kXChaChaNonceSize + crypto::kXChaChaTagSize) throw invalid_token();
  const ByteView head = token.first(kHeadSize);
  const ByteView nonce = token.subspan(kHeadSize, crypto::kXChaChaNonceSize);
  const ByteView sealed = token.subspan(kHeadSize + crypto::kXChaChaNonceSize);
  SecretBytes stored(sealed.size() - crypto::kXChaChaTagSize);
  if (!crypto::xchacha_open(owned_key(transaction, OwnedKey::kImportToken), nonce, associated_data(head, key), sealed,
                            stored.reveal())) {
    throw invalid_token();
  }
  ByteReader in(head, ErrorCode::kInvalidImportToken, "The import token is not one that was made for this key.");
  in.require(in.u8() == kVersion);
  const auto algorithm = enumerator<WrappingAlgorithm>(in.u8());
  const auto spec = enumerator<WrappingKeySpec>(in.u8());
  in.require(algorithm && spec);
  const Time expiry{std::chrono::milliseconds(static_cast<std::int64_t>(in.u64()))};
  if (now >= expiry) throw Error(ErrorCode::kExpiredImportToken, "The import token has expired: get a new one.");
  return {*algorithm, crypto::KeyPair::from_stored(wrapping_key_type(*spec), stored), block_size(*spec)};
}

}  // namespace kms
