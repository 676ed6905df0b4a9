#include "core/ops/kms/agreement.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/service/key_use.h"

namespace kms {

// AWS gives no reason for a public key that does not fit.
Json derive_shared_secret(Call& call, const DeriveSharedSecretRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kKeyAgreement, "DeriveSharedSecret");
  const auto secret = use_key<SecretBytes>(call, key, "derive", [&request](const UsableKey& usable) {
    auto derived = usable.agreement()->derive(request.public_key);
    if (!derived) throw Error(ErrorCode::kValidation);
    return *std::move(derived);
  });
  if (!secret) return {};
  return {{"KeyId", key.arn()},
          {"SharedSecret", blob(*secret)},
          {"KeyAgreementAlgorithm", to_text(request.key_agreement_algorithm)},
          {"KeyOrigin", to_text(key.origin)}};
}

Json encapsulate(Call& call, const EncapsulateRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kEncapsulateDecapsulate, "Encapsulate");
  const auto made = use_key<crypto::Encapsulated>(
      call, key, "encapsulate", [](const UsableKey& usable) { return usable.decapsulator()->encapsulate(); });
  if (!made) return {};
  return {{"KeyId", key.arn()},
          {"SharedSecret", blob(made->shared_secret)},
          {"SharedSecretCiphertextBlob", blob(made->ciphertext)},
          {"EncapsulationAlgorithm", to_text(request.encapsulation_algorithm)}};
}

// Only a wrong length is an error: ML-KEM answers what was tampered with by a secret that nobody else has.
Json decapsulate(Call& call, const DecapsulateRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kEncapsulateDecapsulate, "Decapsulate");
  const auto secret = use_key<SecretBytes>(call, key, "decapsulate", [&request](const UsableKey& usable) {
    auto found = usable.decapsulator()->decapsulate(request.shared_secret_ciphertext_blob);
    if (!found) throw Error(ErrorCode::kInvalidCiphertext);
    return *std::move(found);
  });
  if (!secret) return {};
  return {{"KeyId", key.arn()},
          {"SharedSecret", blob(*secret)},
          {"EncapsulationAlgorithm", to_text(request.encapsulation_algorithm)}};
}

}  // namespace kms
