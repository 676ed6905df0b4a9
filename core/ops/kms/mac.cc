#include "core/ops/kms/mac.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/mac.h"
#include "core/records/keys.h"

namespace kms {
namespace {

Bytes compute(Call& call, const GenerateMacRequest& request, std::string_view operation) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kGenerateVerifyMac, operation);
  if (mac_algorithm(key.spec) != request.mac_algorithm) {
    throw Error(ErrorCode::kInvalidKeyUsage, cat("Algorithm ", to_text(request.mac_algorithm),
                                                 " is incompatible with key spec ", to_text(key.spec), "."));
  }
  return crypto::hmac(mac_hash(request.mac_algorithm), *current_material(call.transaction, key),
                      request.message.reveal());
}

}  // namespace

Json generate_mac(Call& call, const GenerateMacRequest& request) {
  return {{"Mac", blob(compute(call, request, "GenerateMac"))},
          {"MacAlgorithm", to_text(request.mac_algorithm)},
          {"KeyId", call.key.value().arn()}};
}

Json verify_mac(Call& call, const VerifyMacRequest& request) {
  if (!equal_secrets(compute(call, request, "VerifyMac"), request.mac)) throw Error(ErrorCode::kInvalidMac);
  return {{"KeyId", call.key.value().arn()}, {"MacValid", true}, {"MacAlgorithm", to_text(request.mac_algorithm)}};
}

}  // namespace kms
