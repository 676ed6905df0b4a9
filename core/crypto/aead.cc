#include "core/crypto/aead.h"

#include <sodium.h>

#include <algorithm>
#include <limits>

#include "core/crypto/fetched.h"
#include "core/crypto/handles.h"

namespace kms::crypto {
namespace {

int as_int(std::size_t size) {
  require_ok(size <= static_cast<std::size_t>(std::numeric_limits<int>::max()), "AES-GCM of a piece this large");
  return static_cast<int>(size);
}

}  // namespace

struct AesGcm::State {
  CipherContext context;
};

AesGcm::AesGcm(ByteView key) : state_(std::make_unique<State>()) {
  state_->context.reset(require_made(EVP_CIPHER_CTX_new(), "AES-GCM"));
  // The key schedule is made once; each message then sets its IV alone. Sealing and opening use the same one.
  require_ok(EVP_CipherInit_ex2(state_->context.get(), fetched_gcm(key.size()), key.data(), nullptr, 1, nullptr) == 1,
             "AES-GCM");
}

AesGcm::~AesGcm() = default;
AesGcm::AesGcm(AesGcm&&) noexcept = default;
AesGcm& AesGcm::operator=(AesGcm&&) noexcept = default;

void AesGcm::start(bool encrypt, ByteView iv, ByteView aad) {
  require_ok(iv.size() == kGcmIvSize, "AES-GCM IV");
  EVP_CIPHER_CTX* context = state_->context.get();
  require_ok(EVP_CipherInit_ex2(context, nullptr, nullptr, iv.data(), encrypt ? 1 : 0, nullptr) == 1, "AES-GCM");
  int length = 0;
  if (!aad.empty()) {
    require_ok(EVP_CipherUpdate(context, nullptr, &length, aad.data(), as_int(aad.size())) == 1, "AES-GCM");
  }
}

void AesGcm::seal(ByteView iv, ByteView aad, ByteView plaintext, MutableBytes out, MutableBytes tag) {
  require_ok(out.size() == plaintext.size() && tag.size() == kGcmTagSize, "AES-GCM output");
  start(true, iv, aad);
  EVP_CIPHER_CTX* context = state_->context.get();
  int length = 0;
  std::uint8_t none = 0;
  if (!plaintext.empty()) {
    require_ok(EVP_CipherUpdate(context, out.data(), &length, plaintext.data(), as_int(plaintext.size())) == 1,
               "AES-GCM");
  }
  require_ok(EVP_CipherFinal_ex(context, &none, &length) == 1, "AES-GCM");
  require_ok(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kGcmTagSize), tag.data()) == 1,
             "AES-GCM");
}

bool AesGcm::open(ByteView iv, ByteView aad, ByteView ciphertext, ByteView tag, MutableBytes out) {
  require_ok(out.size() == ciphertext.size() && tag.size() == kGcmTagSize, "AES-GCM output");
  start(false, iv, aad);
  EVP_CIPHER_CTX* context = state_->context.get();
  int length = 0;
  std::uint8_t none = 0;
  bool ok = ciphertext.empty() ||
            EVP_CipherUpdate(context, out.data(), &length, ciphertext.data(), as_int(ciphertext.size())) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kGcmTagSize),
                                 const_cast<std::uint8_t*>(tag.data())) == 1;
  ok = ok && EVP_CipherFinal_ex(context, &none, &length) == 1;
  if (ok) return true;
  ERR_clear_error();
  wipe(out);
  return false;
}

Bytes xchacha_seal(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView plaintext) {
  require_ok(key.size() == kXChaChaKeySize && nonce.size() == kXChaChaNonceSize, "XChaCha20-Poly1305");
  Bytes out(plaintext.size() + kXChaChaTagSize);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(), plaintext.size(), aad.data(),
                                             aad.size(), nullptr, nonce.data(), key.reveal().data());
  return out;
}

bool xchacha_open(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView sealed, MutableBytes out) {
  if (sealed.size() < kXChaChaTagSize || out.size() != sealed.size() - kXChaChaTagSize) return false;
  require_ok(key.size() == kXChaChaKeySize && nonce.size() == kXChaChaNonceSize, "XChaCha20-Poly1305");
  const int result =
      crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data(), sealed.size(), aad.data(),
                                                 aad.size(), nonce.data(), key.reveal().data());
  if (result != 0) wipe(out);
  return result == 0;
}

}  // namespace kms::crypto
