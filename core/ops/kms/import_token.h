#pragma once
// Import tokens: what GetParametersForImport gives out for ImportKeyMaterial to give back. Nothing of them is stored:
// the token itself carries the wrapping key, sealed under a key of the vault.
//
//   u8 version 1 | u8 algorithm | u8 wrapping key spec | u64 expiry, milliseconds | 24 nonce | sealed private key
//
// sealed with XChaCha20-Poly1305; the bytes before the nonce and the ARN of the key are its associated data.
#include "core/base/random.h"
#include "core/crypto/key_pair.h"
#include "core/ops/kms/import.h"
#include "core/store/store.h"

namespace kms {

struct WrappingKey {
  WrappingAlgorithm algorithm;
  crypto::KeyPair pair;
  std::size_t block_size;  // of what an RSA key wraps
};

Bytes make_import_token(const Transaction& transaction, const Key& key, WrappingAlgorithm algorithm,
                        WrappingKeySpec spec, const crypto::KeyPair& pair, Time expiry, Random& random);
// InvalidImportTokenException for what is no token for this key; ExpiredImportTokenException.
WrappingKey open_import_token(const Transaction& transaction, const Key& key, ByteView token, Time now);

crypto::KeyType wrapping_key_type(WrappingKeySpec spec);

}  // namespace kms
