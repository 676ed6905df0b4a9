#pragma once
// Owners of OpenSSL objects, and the one way its failures become errors. Internal to core/crypto.
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <memory>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::crypto {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using KdfHandle = std::unique_ptr<EVP_KDF, FreeWith<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, FreeWith<EVP_KDF_CTX_free>>;
using HmacContext = std::unique_ptr<EVP_MAC_CTX, FreeWith<EVP_MAC_CTX_free>>;
using BigNumber = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

// OpenSSL's own error text may describe input: it is dropped.
inline void require_ok(bool ok, const char* what) {
  if (ok) return;
  ERR_clear_error();
  throw Error(ErrorCode::kInternal, cat("cryptography: ", what, " failed"));
}

template <class T>
T* require_made(T* object, const char* what) {
  require_ok(object != nullptr, what);
  return object;
}

}  // namespace kms::crypto
