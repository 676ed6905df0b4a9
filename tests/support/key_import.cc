#include "tests/support/key_import.h"

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/crypto/key_pair.h"
#include "core/crypto/key_wrap.h"

namespace kms::testing {
namespace {

Bytes wrap(const crypto::KeyPair& key, const SecretBytes& material, const std::string& algorithm, Random& random) {
  if (algorithm == "SM2PKE") return key.sm2()->encrypt(material);
  const auto hash = algorithm.ends_with("SHA_1") ? crypto::Hash::kSha1 : crypto::Hash::kSha256;
  if (algorithm.starts_with("RSAES")) return key.oaep()->encrypt(hash, material);
  const SecretBytes aes_key = random.secret(32);
  Bytes wrapped = key.oaep()->encrypt(hash, aes_key);
  const Bytes inner = crypto::wrap_key_with_padding(aes_key, material);
  wrapped.insert(wrapped.end(), inner.begin(), inner.end());
  return wrapped;
}

}  // namespace

Json import_request(World& world, const std::string& key, const SecretBytes& material, const std::string& algorithm,
                    const std::string& spec) {
  const Json parameters = world.call("GetParametersForImport",
                                     {{"KeyId", key}, {"WrappingAlgorithm", algorithm}, {"WrappingKeySpec", spec}});
  const auto wrapping =
      crypto::KeyPair::from_public_der(decode_base64(parameters.at("PublicKey").get<std::string>()).value());
  return {{"KeyId", key},
          {"ImportToken", parameters.at("ImportToken")},
          {"EncryptedKeyMaterial", encode_base64(wrap(wrapping.value(), material, algorithm, world.random))}};
}

Json import_material(World& world, const std::string& key, const SecretBytes& material, const std::string& algorithm,
                     const std::string& spec) {
  Json request = import_request(world, key, material, algorithm, spec);
  request["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE";
  return world.call("ImportKeyMaterial", request);
}

}  // namespace kms::testing
