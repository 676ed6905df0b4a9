#include "core/crypto/kdf.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sodium.h>

#include <array>
#include <cerrno>
#include <vector>

#include "core/crypto/fetched.h"
#include "core/crypto/handles.h"

namespace kms::crypto {
namespace {

OSSL_PARAM octets(const char* name, ByteView value) {
  // OpenSSL only reads it, but its parameter type has no const.
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(value.data()), value.size());
}

OSSL_PARAM text(const char* name, const char* value) {
  return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(value), 0);
}

SecretBytes derive(EVP_KDF* algorithm, const OSSL_PARAM* parameters, std::size_t size) {
  const KdfContext context(require_made(EVP_KDF_CTX_new(algorithm), "key derivation"));
  SecretBytes out(size);
  require_ok(EVP_KDF_derive(context.get(), out.reveal().data(), size, parameters) == 1, "key derivation");
  return out;
}

// An empty salt or info is left out: OpenSSL refuses some of them when they are given as nothing.
SecretBytes run_hkdf(int mode, Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t size) {
  std::vector<OSSL_PARAM> parameters = {OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
                                        text(OSSL_KDF_PARAM_DIGEST, hash_name(hash)), octets(OSSL_KDF_PARAM_KEY, key)};
  if (!salt.empty()) parameters.push_back(octets(OSSL_KDF_PARAM_SALT, salt));
  if (!info.empty()) parameters.push_back(octets(OSSL_KDF_PARAM_INFO, info));
  parameters.push_back(OSSL_PARAM_construct_end());
  return derive(fetched_hkdf(), parameters.data(), size);
}

// Every vault is opened with HKDF-SHA-256, and OpenSSL's needs its providers, whose start costs more than the whole
// opening. One block of HKDF is two calls of HMAC (RFC 5869 sections 2.2 and 2.3), which libsodium has.
constexpr std::size_t kSha256Size = crypto_auth_hmacsha256_BYTES;

SecretBytes hmac_into_secret(ByteView key, ByteView message, ByteView more) {
  SecretBytes out(kSha256Size);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  crypto_auth_hmacsha256_update(&state, more.data(), more.size());
  crypto_auth_hmacsha256_final(&state, out.reveal().data());
  sodium_memzero(&state, sizeof state);
  return out;
}

SecretBytes extract_sha256(ByteView salt, const SecretBytes& key) {
  constexpr std::array<std::uint8_t, kSha256Size> kNoSalt{};
  return hmac_into_secret(salt.empty() ? ByteView(kNoSalt) : salt, key.reveal(), {});
}

SecretBytes expand_sha256(const SecretBytes& prk, ByteView info, std::size_t size) {
  constexpr std::array<std::uint8_t, 1> kFirstBlock{1};
  SecretBytes out = hmac_into_secret(prk.reveal(), info, kFirstBlock);
  out.shrink(size);
  return out;
}

const EVP_MAC_CTX* hmac_sha256_without_key() {
  static const HmacContext made = [] {
    const std::unique_ptr<EVP_MAC, FreeWith<EVP_MAC_free>> hmac(
        require_made(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "HMAC"));
    HmacContext context(require_made(EVP_MAC_CTX_new(hmac.get()), "HMAC"));
    const std::array<OSSL_PARAM, 2> parameters = {text(OSSL_MAC_PARAM_DIGEST, "SHA2-256"), OSSL_PARAM_construct_end()};
    require_ok(EVP_MAC_CTX_set_params(context.get(), parameters.data()) == 1, "HMAC");
    return context;
  }();
  return made.get();
}

}  // namespace

SecretBytes hkdf_extract(Hash hash, ByteView salt, const SecretBytes& key) {
  if (hash == Hash::kSha256) return extract_sha256(salt, key);
  return run_hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, hash, key.reveal(), salt, {}, digest_size(hash));
}

SecretBytes hkdf_expand(Hash hash, const SecretBytes& prk, ByteView info, std::size_t size) {
  if (hash == Hash::kSha256 && size <= kSha256Size) return expand_sha256(prk, info, size);
  return run_hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, hash, prk.reveal(), {}, info, size);
}

SecretBytes hkdf(Hash hash, const SecretBytes& key, ByteView salt, ByteView info, std::size_t size) {
  if (hash == Hash::kSha256 && size <= kSha256Size) return expand_sha256(extract_sha256(salt, key), info, size);
  return run_hkdf(EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, hash, key.reveal(), salt, info, size);
}

// OpenSSL's KBKDF looks its MAC up by name at every call, which costs more than the derivation: here is its counter
// mode over an HMAC that is set up once.
SecretBytes kbkdf_hmac_sha256(const SecretBytes& key, std::string_view label, ByteView context, std::size_t size) {
  const HmacContext mac(require_made(EVP_MAC_CTX_dup(hmac_sha256_without_key()), "key derivation"));
  Bytes fixed;
  ByteWriter(fixed).text(label).u8(0).bytes(context).u32(static_cast<std::uint32_t>(size * 8));
  Bytes counter;
  SecretBytes out((size + kSha256Size - 1) / kSha256Size * kSha256Size);
  ByteView secret = key.reveal();
  for (std::size_t at = 0; at < out.size(); at += kSha256Size) {
    counter.clear();
    ByteWriter(counter).u32(static_cast<std::uint32_t>(at / kSha256Size + 1));
    bool ok = EVP_MAC_init(mac.get(), secret.data(), secret.size(), nullptr) == 1;
    ok = ok && EVP_MAC_update(mac.get(), counter.data(), counter.size()) == 1;
    ok = ok && EVP_MAC_update(mac.get(), fixed.data(), fixed.size()) == 1;
    ok = ok && EVP_MAC_final(mac.get(), out.reveal().data() + at, nullptr, kSha256Size) == 1;
    require_ok(ok, "key derivation");
    secret = {};  // without a key, the next block begins with the same one
  }
  out.shrink(size);
  return out;
}

SecretBytes argon2id(const SecretBytes& passphrase, ByteView salt, Argon2Cost cost, std::size_t size) {
  require_ok(salt.size() == crypto_pwhash_SALTBYTES, "Argon2id salt");
  SecretBytes out(size);
  const ByteView secret = passphrase.reveal();
  const int result =
      crypto_pwhash(out.reveal().data(), size, reinterpret_cast<const char*>(secret.data()), secret.size(), salt.data(),
                    cost.passes, std::size_t{cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  if (result != 0 && errno == ENOMEM) {
    throw Error(ErrorCode::kLimitExceeded, "there is not enough memory to derive a key from the passphrase");
  }
  require_ok(result == 0, "Argon2id");
  return out;
}

}  // namespace kms::crypto
