#include "core/ops/kms/mac.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/service/key_use.h"

namespace kms {
namespace {

std::shared_ptr<const Bytes> compute(Call& call, const GenerateMacRequest& request, std::string_view operation) {
  const Key& key = call.key.value();
  require_usage(key, KeyUsage::kGenerateVerifyMac, operation);
  if (mac_algorithm(key.spec) != request.mac_algorithm) {
    throw Error(ErrorCode::kInvalidKeyUsage, cat("Algorithm ", to_text(request.mac_algorithm),
                                                 " is incompatible with key spec ", to_text(key.spec), "."));
  }
  return use_key<Bytes>(call, key, "mac", [&request](const UsableKey& usable) {
    return usable.mac()->mac(request.mac_algorithm, request.message.reveal());
  });
}

}  // namespace

GenerateMacResponse generate_mac(Call& call, const GenerateMacRequest& request) {
  const auto mac = compute(call, request, "GenerateMac");
  if (!mac) return {};
  return {*mac, request.mac_algorithm, call.key->arn()};
}

VerifyMacResponse verify_mac(Call& call, const VerifyMacRequest& request) {
  const auto mac = compute(call, request, "VerifyMac");
  if (!mac) return {};
  if (!equal_secrets(*mac, request.mac)) throw Error(ErrorCode::kInvalidMac);
  return {call.key->arn(), true, request.mac_algorithm};
}

}  // namespace kms
