#pragma once
// Authenticated encryption: AES-GCM (SP 800-38D) for AWS formats, XChaCha20-Poly1305 for the vault's own records.
#include <cstddef>
#include <memory>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"

namespace kms::crypto {

inline constexpr std::size_t kGcmIvSize = 12;
inline constexpr std::size_t kGcmTagSize = 16;

// AES-GCM under one key of 16, 24 or 32 bytes; the object is kept for many messages, each under its own IV. Belongs to
// one thread. `out` has the size of the input and may be the same memory.
class AesGcm {
 public:
  explicit AesGcm(const SecretBytes& key) : AesGcm(key.reveal()) {}
  explicit AesGcm(ByteView key);  // a part of a SecretBytes
  ~AesGcm();
  AesGcm(AesGcm&&) noexcept;
  AesGcm& operator=(AesGcm&&) noexcept;
  AesGcm(const AesGcm&) = delete;
  AesGcm& operator=(const AesGcm&) = delete;

  void seal(ByteView iv, ByteView aad, ByteView plaintext, MutableBytes out, MutableBytes tag);
  // False when the tag does not belong; then `out` is zeroed.
  [[nodiscard]] bool open(ByteView iv, ByteView aad, ByteView ciphertext, ByteView tag, MutableBytes out);

 private:
  void start(bool encrypt, ByteView iv, ByteView aad);
  struct State;
  std::unique_ptr<State> state_;
};

inline constexpr std::size_t kXChaChaKeySize = 32;
inline constexpr std::size_t kXChaChaNonceSize = 24;
inline constexpr std::size_t kXChaChaTagSize = 16;

// XChaCha20-Poly1305 (IETF variant, libsodium). A random nonce may be used for any number of messages.
// The answer is ciphertext and tag, kXChaChaTagSize longer than the plaintext.
Bytes xchacha_seal(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView plaintext);
// `out` is kXChaChaTagSize shorter than `sealed`. False when the tag does not belong; then `out` is zeroed.
[[nodiscard]] bool xchacha_open(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView sealed,
                                MutableBytes out);

}  // namespace kms::crypto
