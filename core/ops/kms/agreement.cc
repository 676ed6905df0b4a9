#include "core/ops/kms/agreement.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/crypto/key_pair.h"
#include "core/records/keys.h"

namespace kms {

// AWS gives no reason for a public key that does not fit.
Json derive_shared_secret(Call& call, const DeriveSharedSecretRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kKeyAgreement, "DeriveSharedSecret");
  const auto peer = crypto::KeyPair::from_public_der(request.public_key);
  const auto secret = peer ? key_pair(call.transaction, key)->derive(*peer) : std::nullopt;
  if (!secret) throw Error(ErrorCode::kValidation);
  return {{"KeyId", key.arn()},
          {"SharedSecret", blob(*secret)},
          {"KeyAgreementAlgorithm", to_text(request.key_agreement_algorithm)},
          {"KeyOrigin", to_text(key.origin)}};
}

Json encapsulate(Call& call, const EncapsulateRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kEncapsulateDecapsulate, "Encapsulate");
  const auto made = key_pair(call.transaction, key)->encapsulate();
  return {{"KeyId", key.arn()},
          {"SharedSecret", blob(made.shared_secret)},
          {"SharedSecretCiphertextBlob", blob(made.ciphertext)},
          {"EncapsulationAlgorithm", to_text(request.encapsulation_algorithm)}};
}

// Only a wrong length is an error: ML-KEM answers what was tampered with by a secret that nobody else has.
Json decapsulate(Call& call, const DecapsulateRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kEncapsulateDecapsulate, "Decapsulate");
  const auto secret = key_pair(call.transaction, key)->decapsulate(request.shared_secret_ciphertext_blob);
  if (!secret) throw Error(ErrorCode::kInvalidCiphertext);
  return {{"KeyId", key.arn()},
          {"SharedSecret", blob(*secret)},
          {"EncapsulationAlgorithm", to_text(request.encapsulation_algorithm)}};
}

}  // namespace kms
