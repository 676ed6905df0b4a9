#include "core/ops/agreement.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/crypto/key_pair.h"
#include "core/service/records.h"

namespace kms {
namespace {

crypto::KeyPair load_pair(const Call& call) {
  const Key& key = call.key.value();
  return crypto::KeyPair::from_stored(key_type(key.spec).value(), current_material(call.transaction, key));
}

}  // namespace

// AWS gives no reason for a public key that does not fit.
Json derive_shared_secret(Call& call, const DeriveSharedSecretRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kKeyAgreement, "DeriveSharedSecret");
  const auto peer = crypto::KeyPair::from_public_der(request.public_key);
  const auto secret = peer ? load_pair(call).derive(*peer) : std::nullopt;
  if (!secret) throw Error(ErrorCode::kValidation);
  return {{"KeyId", key.arn()},
          {"SharedSecret", blob(*secret)},
          {"KeyAgreementAlgorithm", to_text(request.key_agreement_algorithm)},
          {"KeyOrigin", to_text(key.origin)}};
}

Json encapsulate(Call& call, const EncapsulateRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kEncapsulateDecapsulate, "Encapsulate");
  const auto made = load_pair(call).encapsulate();
  return {{"KeyId", key.arn()},
          {"SharedSecret", blob(made.shared_secret)},
          {"SharedSecretCiphertextBlob", blob(made.ciphertext)},
          {"EncapsulationAlgorithm", to_text(request.encapsulation_algorithm)}};
}

// Only a wrong length is an error: ML-KEM answers what was tampered with by a secret that nobody else has.
Json decapsulate(Call& call, const DecapsulateRequest& request) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kEncapsulateDecapsulate, "Decapsulate");
  const auto secret = load_pair(call).decapsulate(request.shared_secret_ciphertext_blob);
  if (!secret) throw Error(ErrorCode::kInvalidCiphertext);
  return {{"KeyId", key.arn()},
          {"SharedSecret", blob(*secret)},
          {"EncapsulationAlgorithm", to_text(request.encapsulation_algorithm)}};
}

}  // namespace kms
