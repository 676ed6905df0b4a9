#include "core/crypto/private_key_file.h"

#include <openssl/bio.h>
#include <openssl/decoder.h>
#include <openssl/x509.h>

#include "core/base/bytes.h"
#include "core/crypto/key_pair_state.h"

namespace kms::crypto {
namespace {

using DecoderContext = std::unique_ptr<OSSL_DECODER_CTX, FreeWith<OSSL_DECODER_CTX_free>>;
using EncryptedKey = std::unique_ptr<X509_SIG, FreeWith<X509_SIG_free>>;

constexpr std::size_t kMaxFileSize = 64U << 10U;
constexpr std::uint8_t kDerSequence = 0x30;

bool is_der(ByteView file) {
  return !file.empty() && file[0] == kDerSequence;
}

// Takes the first private key off the front of `in`, past blocks of PEM that are none ("EC PARAMETERS").
KeyHandle decode(BIO* in, ByteView passphrase) {
  EVP_PKEY* key = nullptr;
  const DecoderContext decoder(
      require_made(OSSL_DECODER_CTX_new_for_pkey(&key, nullptr, nullptr, nullptr, EVP_PKEY_KEYPAIR, nullptr, nullptr),
                   "private key"));
  // Set even when there is none: without one OpenSSL would ask the terminal.
  static constexpr std::uint8_t kNone = 0;
  require_ok(OSSL_DECODER_CTX_set_passphrase(decoder.get(), passphrase.empty() ? &kNone : passphrase.data(),
                                             passphrase.size()) == 1,
             "private key");
  for (int before = -1; key == nullptr && BIO_pending(in) != before && BIO_pending(in) > 0;) {
    before = static_cast<int>(BIO_pending(in));
    if (OSSL_DECODER_from_bio(decoder.get(), in) == 1) break;
  }
  ERR_clear_error();
  return KeyHandle(key);
}

}  // namespace

std::optional<SecretBytes> private_der_of(const SecretBytes& file, const SecretBytes& passphrase) {
  const ByteView bytes = file.reveal();
  if (bytes.empty() || bytes.size() > kMaxFileSize) return std::nullopt;
  // Reads the caller's bytes where they are.
  const Bio in(require_made(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), "private key"));
  const KeyHandle key = decode(in.get(), passphrase.reveal());
  if (key == nullptr || (is_der(bytes) && BIO_pending(in.get()) != 0)) return std::nullopt;
  return encode_private_key(key.get());
}

bool is_encrypted_private_key(const SecretBytes& file) {
  const ByteView bytes = file.reveal();
  if (bytes.size() > kMaxFileSize) return false;
  if (is_der(bytes)) {
    const unsigned char* position = bytes.data();
    const EncryptedKey parsed(d2i_X509_SIG(nullptr, &position, static_cast<long>(bytes.size())));
    ERR_clear_error();
    return parsed != nullptr;
  }
  const std::string_view text = as_text(bytes);
  return text.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string_view::npos ||
         text.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

}  // namespace kms::crypto
