#include "core/crypto/fetched.h"

#include <array>
#include <mutex>

#include "core/crypto/handles.h"

namespace kms::crypto {
namespace {

using DigestHandle = std::unique_ptr<EVP_MD, FreeWith<EVP_MD_free>>;
using CipherHandle = std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>>;
constexpr std::size_t kHashes = static_cast<std::size_t>(Hash::kSm3) + 1;

EVP_KDF* fetch_kdf(const char* name) {
  return require_made(EVP_KDF_fetch(nullptr, name, nullptr), name);
}

}  // namespace

const EVP_MD* fetched_digest(Hash hash) {
  static std::array<std::once_flag, kHashes> once;
  static std::array<DigestHandle, kHashes> fetched;
  const auto index = static_cast<std::size_t>(hash);
  std::call_once(once.at(index), [&] {
    fetched.at(index).reset(require_made(EVP_MD_fetch(nullptr, hash_name(hash), nullptr), "digest"));
  });
  return fetched.at(index).get();
}

const EVP_CIPHER* fetched_gcm(std::size_t key_size) {
  constexpr std::array kNames = {"AES-128-GCM", "AES-192-GCM", "AES-256-GCM"};
  constexpr std::size_t kSmallest = 16;
  constexpr std::size_t kStep = 8;
  static std::array<std::once_flag, kNames.size()> once;
  static std::array<CipherHandle, kNames.size()> fetched;
  const std::size_t index = (key_size - kSmallest) / kStep;
  if (key_size < kSmallest || key_size % kStep != 0 || index >= kNames.size()) {
    throw Error(ErrorCode::kInternal, "cryptography: no AES key has this size");
  }
  std::call_once(once.at(index), [&] {
    fetched.at(index).reset(require_made(EVP_CIPHER_fetch(nullptr, kNames.at(index), nullptr), "AES-GCM"));
  });
  return fetched.at(index).get();
}

EVP_KDF* fetched_hkdf() {
  static const KdfHandle fetched(fetch_kdf("HKDF"));
  return fetched.get();
}

}  // namespace kms::crypto
