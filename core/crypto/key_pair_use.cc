#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "core/crypto/fetched.h"
#include "core/crypto/key_pair.h"
#include "core/crypto/key_pair_state.h"

namespace kms::crypto {
namespace {

// For contexts that were initialised to sign or to verify.
void set_scheme(EVP_PKEY_CTX* context, SignatureScheme scheme) {
  if (scheme.kind == SignatureKind::kSm2) return;  // SM3, always
  const EVP_MD* const hash = fetched_digest(scheme.hash);
  if (scheme.kind == SignatureKind::kRsaPkcs1) {
    require_ok(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1, "signature scheme");
  }
  if (scheme.kind == SignatureKind::kRsaPss) {
    require_ok(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1, "signature scheme");
  }
  require_ok(EVP_PKEY_CTX_set_signature_md(context, hash) == 1, "signature scheme");
  if (scheme.kind == SignatureKind::kRsaPss) {
    require_ok(EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1,
               "signature scheme");
  }
}

void set_oaep(EVP_PKEY_CTX* context, Hash hash) {
  require_ok(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
                 EVP_PKEY_CTX_set_rsa_oaep_md_name(context, hash_name(hash), nullptr) == 1 &&
                 EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, hash_name(hash), nullptr) == 1,
             "OAEP");
}

Bytes sign_digest(EVP_PKEY* key, SigningContexts& contexts, SignatureScheme scheme, ByteView digest) {
  KeyContext context = contexts.take(key, scheme);
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = signature.size();
  require_ok(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1, "signature");
  contexts.give_back(scheme, std::move(context));
  signature.resize(size);
  return signature;
}

bool verify_digest(EVP_PKEY* key, SignatureScheme scheme, ByteView digest, ByteView signature) {
  const KeyContext context = make_context(key);
  require_ok(EVP_PKEY_verify_init(context.get()) == 1, "verification");
  set_scheme(context.get(), scheme);
  const int result = EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size());
  ERR_clear_error();
  return result == 1;
}

// OSSL_SIGNATURE_PARAM_MU, which headers before 3.5 do not know. `on` outlives the parameters.
std::array<OSSL_PARAM, 2> settings_of(SignatureKind kind, int& on) {
  return {kind == SignatureKind::kMlDsaMu ? OSSL_PARAM_construct_int("mu", &on) : OSSL_PARAM_construct_end(),
          OSSL_PARAM_construct_end()};
}

// The schemes that see the message at once and bring their own hash: Ed25519 and ML-DSA.
Bytes sign_whole(EVP_PKEY* key, SignatureKind kind, ByteView message) {
  int on = 1;
  const auto settings = settings_of(kind, on);
  const DigestContext context(require_made(EVP_MD_CTX_new(), "signature"));
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = signature.size();
  require_ok(EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, settings.data()) == 1 &&
                 EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1,
             "signature");
  signature.resize(size);
  return signature;
}

bool verify_whole(EVP_PKEY* key, SignatureKind kind, ByteView message, ByteView signature) {
  int on = 1;
  const auto settings = settings_of(kind, on);
  const DigestContext context(require_made(EVP_MD_CTX_new(), "verification"));
  require_ok(EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, settings.data()) == 1,
             "verification");
  const int result =
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size());
  ERR_clear_error();
  return result == 1;
}

// OpenSSL 3.0 has no Ed25519ph; libsodium does (RFC 8032 section 5.1, with an empty context).
crypto_sign_ed25519ph_state prehashed(ByteView message) {
  crypto_sign_ed25519ph_state state;
  crypto_sign_ed25519ph_init(&state);
  crypto_sign_ed25519ph_update(&state, message.data(), message.size());
  return state;
}

Bytes sign_ed25519ph(const SecretBytes& seed, ByteView message) {
  SecretBytes secret(crypto_sign_ed25519_SECRETKEYBYTES);
  Bytes public_key(crypto_sign_ed25519_PUBLICKEYBYTES);
  crypto_sign_ed25519_seed_keypair(public_key.data(), secret.reveal().data(), seed.reveal().data());
  auto state = prehashed(message);
  Bytes signature(crypto_sign_ed25519_BYTES);
  require_ok(crypto_sign_ed25519ph_final_create(&state, signature.data(), nullptr, secret.reveal().data()) == 0,
             "signature");
  return signature;
}

bool verify_ed25519ph(EVP_PKEY* key, ByteView message, ByteView signature) {
  Bytes public_key(crypto_sign_ed25519_PUBLICKEYBYTES);
  std::size_t size = public_key.size();
  require_ok(EVP_PKEY_get_raw_public_key(key, public_key.data(), &size) == 1, "public key");
  auto state = prehashed(message);
  Bytes copy = to_bytes(signature);  // libsodium's parameter is not const
  return signature.size() == crypto_sign_ed25519_BYTES &&
         crypto_sign_ed25519ph_final_verify(&state, copy.data(), public_key.data()) == 0;
}

}  // namespace

KeyContext SigningContexts::take(EVP_PKEY* key, SignatureScheme scheme) {
  {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(free_.begin(), free_.end(), [&](const auto& entry) { return entry.first == scheme; });
    if (found != free_.end()) {
      KeyContext context = std::move(found->second);
      free_.erase(found);
      return context;
    }
  }
  KeyContext context = make_context(key);
  require_ok(EVP_PKEY_sign_init(context.get()) == 1, "signature");
  set_scheme(context.get(), scheme);
  return context;
}

void SigningContexts::give_back(SignatureScheme scheme, KeyContext context) {
  constexpr std::size_t kMost = 4;
  const std::lock_guard lock(mutex_);
  if (free_.size() < kMost) free_.emplace_back(scheme, std::move(context));
}

Bytes KeyPair::Signing::sign(SignatureScheme scheme, ByteView digest_or_message) const {
  EVP_PKEY* key = state().key.get();
  if (scheme.takes_digest()) return sign_digest(key, *state().signing, scheme, digest_or_message);
  if (scheme.kind == SignatureKind::kEd25519Ph) return sign_ed25519ph(pair().to_stored(), digest_or_message);
  if (scheme.kind == SignatureKind::kSm2Message) return sign_sm2_message(key, digest_or_message);
  return sign_whole(key, scheme.kind, digest_or_message);
}

bool KeyPair::Signing::verify(SignatureScheme scheme, ByteView digest_or_message, ByteView signature) const {
  EVP_PKEY* key = state().key.get();
  if (scheme.takes_digest()) return verify_digest(key, scheme, digest_or_message, signature);
  if (scheme.kind == SignatureKind::kEd25519Ph) return verify_ed25519ph(key, digest_or_message, signature);
  if (scheme.kind == SignatureKind::kSm2Message) return verify_sm2_message(key, digest_or_message, signature);
  return verify_whole(key, scheme.kind, digest_or_message, signature);
}

Bytes KeyPair::Oaep::encrypt(Hash hash, const SecretBytes& plaintext) const {
  const KeyContext context = make_context(state().key.get());
  require_ok(EVP_PKEY_encrypt_init(context.get()) == 1, "OAEP");
  set_oaep(context.get(), hash);
  Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(state().key.get())));
  std::size_t size = out.size();
  const ByteView secret = plaintext.reveal();
  require_ok(EVP_PKEY_encrypt(context.get(), out.data(), &size, secret.data(), secret.size()) == 1, "OAEP");
  out.resize(size);
  return out;
}

std::optional<SecretBytes> KeyPair::Oaep::decrypt(Hash hash, ByteView ciphertext) const {
  const KeyContext context = make_context(state().key.get());
  require_ok(EVP_PKEY_decrypt_init(context.get()) == 1, "OAEP");
  set_oaep(context.get(), hash);
  SecretBytes out(static_cast<std::size_t>(EVP_PKEY_get_size(state().key.get())));
  std::size_t size = out.size();
  const int result = EVP_PKEY_decrypt(context.get(), out.reveal().data(), &size, ciphertext.data(), ciphertext.size());
  ERR_clear_error();
  if (result != 1 || ciphertext.size() != out.size()) return std::nullopt;
  out.shrink(size);
  return out;
}

}  // namespace kms::crypto
