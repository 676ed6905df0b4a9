#include "core/ops/kms/data_key_pairs.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/key_pair.h"
#include "core/ops/kms/data_keys.h"
#include "core/service/key_use.h"

namespace kms {
namespace {

struct SealedPair {
  SecretBytes private_key;  // PKCS#8 in DER
  Bytes public_key;
  Bytes ciphertext;  // of the private key
};

// Null: made elsewhere, in another run.
std::shared_ptr<const SealedPair> make_pair(Call& call, const DataKeyPairRequest& request, std::string_view operation) {
  const Key& key = call.key.value();
  require_symmetric(key, operation);
  require_made_here(key);
  const auto type = key_type(as_key_spec(request.key_pair_spec)).value();
  auto made = use_key<SealedPair>(
      call, key, "data key pair",
      [type, &context = request.encryption_context, &random = call.context.random](const UsableKey& usable) {
        const auto pair = crypto::KeyPair::generate(type);
        SealedPair sealed{pair.to_private_der(), pair.public_der(), {}};
        sealed.ciphertext = usable.sealer()->seal(EncryptionAlgorithm::kSymmetric, context, sealed.private_key, random);
        return sealed;
      });
  if (made) *call.event.additional_data = {{"keyMaterialId", key.material_id()}};
  return made;
}

}  // namespace

GenerateDataKeyPairResponse generate_data_key_pair(Call& call, const GenerateDataKeyPairRequest& request) {
  const auto made = make_pair(call, request, "GenerateDataKeyPair");
  if (!made) return {};
  return {made->ciphertext,      SecretBytes::copy_of(made->private_key),
          made->public_key,      call.key->arn(),
          request.key_pair_spec, call.key->material_id()};
}

GenerateDataKeyPairWithoutPlaintextResponse generate_data_key_pair_without_plaintext(
    Call& call, const GenerateDataKeyPairWithoutPlaintextRequest& request) {
  const auto made = make_pair(call, request, "GenerateDataKeyPairWithoutPlaintext");
  if (!made) return {};
  return {made->ciphertext, made->public_key, call.key->arn(), request.key_pair_spec, call.key->material_id()};
}

}  // namespace kms
