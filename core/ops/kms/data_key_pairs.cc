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

struct MadePair {
  std::shared_ptr<const SealedPair> pair;  // null: made elsewhere, in another run
  Json answer;
};

MadePair make_pair(Call& call, const DataKeyPairRequest& request, std::string_view operation) {
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
  if (!made) return {};
  *call.event.additional_data = {{"keyMaterialId", key.material_id()}};
  Json answer{{"PrivateKeyCiphertextBlob", blob(made->ciphertext)},
              {"PublicKey", blob(made->public_key)},
              {"KeyId", key.arn()},
              {"KeyPairSpec", to_text(request.key_pair_spec)},
              {"KeyMaterialId", key.material_id()}};
  return {std::move(made), std::move(answer)};
}

}  // namespace

Json generate_data_key_pair(Call& call, const GenerateDataKeyPairRequest& request) {
  MadePair made = make_pair(call, request, "GenerateDataKeyPair");
  if (made.pair) made.answer["PrivateKeyPlaintext"] = blob(made.pair->private_key);
  return std::move(made.answer);
}

Json generate_data_key_pair_without_plaintext(Call& call, const GenerateDataKeyPairWithoutPlaintextRequest& request) {
  return make_pair(call, request, "GenerateDataKeyPairWithoutPlaintext").answer;
}

}  // namespace kms
