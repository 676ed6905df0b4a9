#include "core/ops/kms/agreement.h"

#include "core/base/error.h"
#include "core/service/key_use.h"

namespace kms {

// AWS gives no reason for a public key that does not fit.
DeriveSharedSecretResponse derive_shared_secret(Call& call, const DeriveSharedSecretRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kKeyAgreement, "DeriveSharedSecret");
  const auto secret = use_key<SecretBytes>(call, key, "derive", [&request](const UsableKey& usable) {
    auto derived = usable.agreement()->derive(request.public_key);
    if (!derived) throw Error(ErrorCode::kValidation);
    return *std::move(derived);
  });
  if (!secret) return {};
  return {key.arn(), SecretBytes::copy_of(*secret), request.key_agreement_algorithm, key.origin};
}

EncapsulateResponse encapsulate(Call& call, const EncapsulateRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kEncapsulateDecapsulate, "Encapsulate");
  const auto made = use_key<crypto::Encapsulated>(
      call, key, "encapsulate", [](const UsableKey& usable) { return usable.decapsulator()->encapsulate(); });
  if (!made) return {};
  return {key.arn(), SecretBytes::copy_of(made->shared_secret), made->ciphertext, request.encapsulation_algorithm};
}

// Only a wrong length is an error: ML-KEM answers what was tampered with by a secret that nobody else has.
DecapsulateResponse decapsulate(Call& call, const DecapsulateRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kEncapsulateDecapsulate, "Decapsulate");
  const auto secret = use_key<SecretBytes>(call, key, "decapsulate", [&request](const UsableKey& usable) {
    auto found = usable.decapsulator()->decapsulate(request.shared_secret_ciphertext_blob);
    if (!found) throw Error(ErrorCode::kInvalidCiphertext);
    return *std::move(found);
  });
  if (!secret) return {};
  return {key.arn(), SecretBytes::copy_of(*secret), request.encapsulation_algorithm};
}

}  // namespace kms
