#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/encoder.h>
#include <openssl/x509.h>

#include "core/crypto/key_pair_state.h"

namespace kms::crypto {
namespace {

using EncoderContext = std::unique_ptr<OSSL_ENCODER_CTX, FreeWith<OSSL_ENCODER_CTX_free>>;
using PrivateKeyInfo = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeWith<PKCS8_PRIV_KEY_INFO_free>>;

constexpr std::size_t kMaxDerSize = 16U << 10U;

bool has_number(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  const bool found = EVP_PKEY_get_bn_param(key, name, &raw) == 1;
  const BigNumber number(raw);
  ERR_clear_error();
  return found;
}

// Two primes, and an exponent that OpenSSL uses with a modulus of every size.
bool is_usable_rsa(const EVP_PKEY* key) {
  constexpr int kMaxExponentBits = 64;
  BIGNUM* raw = nullptr;
  require_ok(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &raw) == 1, "key");
  const BigNumber exponent(raw);
  return BN_is_odd(exponent.get()) == 1 && BN_is_one(exponent.get()) == 0 &&
         BN_num_bits(exponent.get()) <= kMaxExponentBits && has_number(key, OSSL_PKEY_PARAM_RSA_FACTOR2) &&
         !has_number(key, OSSL_PKEY_PARAM_RSA_FACTOR3);
}

bool is_consistent(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1 && !is_usable_rsa(key)) return false;
  const bool ok = EVP_PKEY_check(make_context(key).get()) == 1;
  ERR_clear_error();
  return ok;
}

}  // namespace

std::optional<SecretBytes> encode_private_key(const EVP_PKEY* key) {
  const EncoderContext encoder(require_made(
      OSSL_ENCODER_CTX_new_for_pkey(key, EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo", nullptr), "private key"));
  const Bio out(require_made(BIO_new(BIO_s_secmem()), "private key"));
  const bool ok = OSSL_ENCODER_to_bio(encoder.get(), out.get()) == 1;
  ERR_clear_error();
  if (!ok) return std::nullopt;
  std::uint8_t* data = nullptr;
  const long size = BIO_ctrl(out.get(), BIO_CTRL_INFO, 0, &data);
  require_ok(size > 0 && data != nullptr, "private key");
  return SecretBytes::copy_of({data, static_cast<std::size_t>(size)});
}

std::optional<KeyPair> KeyPair::from_private_der(const SecretBytes& pkcs8) {
  const ByteView bytes = pkcs8.reveal();
  if (bytes.empty() || bytes.size() > kMaxDerSize) return std::nullopt;
  const unsigned char* position = bytes.data();
  const PrivateKeyInfo info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &position, static_cast<long>(bytes.size())));
  KeyHandle key;
  if (info != nullptr && position == bytes.data() + bytes.size()) key.reset(EVP_PKCS82PKEY(info.get()));
  ERR_clear_error();
  if (key == nullptr) return std::nullopt;
  const auto type = type_of(key.get());
  if (!type || !is_consistent(key.get())) return std::nullopt;
  // By way of the stored form, so that a key does not keep how its file wrote the point.
  const KeyPair given(std::make_unique<State>(State{*type, std::move(key)}));
  return from_stored(*type, given.to_stored());
}

SecretBytes KeyPair::to_private_der() const {
  auto der = encode_private_key(state_->key.get());
  require_ok(der.has_value(), "private key");
  return std::move(*der);
}

}  // namespace kms::crypto
