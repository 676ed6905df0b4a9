#include "core/ops/kms/data_key_pairs.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/key_pair.h"
#include "core/ops/kms/data_keys.h"
#include "core/ops/kms/encrypt.h"

namespace kms {
namespace {

struct DataKeyPair {
  SecretBytes private_key;  // PKCS#8 in DER
  Json answer;
};

DataKeyPair make_pair(Call& call, const DataKeyPairRequest& request, std::string_view operation) {
  const Key& key = call.key.value();
  require_symmetric(key, operation);
  require_made_here(key);
  const auto pair = crypto::KeyPair::generate(key_type(as_key_spec(request.key_pair_spec)).value());
  SecretBytes private_key = pair.to_private_der();
  const Bytes ciphertext = seal_under(call, key, request.encryption_context, private_key);
  *call.event.additional_data = {{"keyMaterialId", key.material_id()}};
  return {std::move(private_key),
          {{"PrivateKeyCiphertextBlob", blob(ciphertext)},
           {"PublicKey", blob(pair.public_der())},
           {"KeyId", key.arn()},
           {"KeyPairSpec", to_text(request.key_pair_spec)},
           {"KeyMaterialId", key.material_id()}}};
}

}  // namespace

Json generate_data_key_pair(Call& call, const GenerateDataKeyPairRequest& request) {
  DataKeyPair made = make_pair(call, request, "GenerateDataKeyPair");
  made.answer["PrivateKeyPlaintext"] = blob(made.private_key);
  return std::move(made.answer);
}

Json generate_data_key_pair_without_plaintext(Call& call, const GenerateDataKeyPairWithoutPlaintextRequest& request) {
  return make_pair(call, request, "GenerateDataKeyPairWithoutPlaintext").answer;
}

}  // namespace kms
