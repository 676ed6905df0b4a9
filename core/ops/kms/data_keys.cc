#include "core/ops/kms/data_keys.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/service/key_use.h"

namespace kms {
namespace {

std::shared_ptr<const CachedDataKey> make_under(Call& call, std::size_t size, const TextMap& context) {
  const auto make = [size, &context, &random = call.context.random](const UsableKey& key) {
    CachedDataKey made{random.secret(size), {}};
    made.ciphertext = key.sealer()->seal(EncryptionAlgorithm::kSymmetric, context, made.plaintext, random);
    return made;
  };
  return use_key<CachedDataKey>(call, call.key.value(), "data key", make);
}

// Null: made elsewhere, in another run.
std::shared_ptr<const CachedDataKey> make_data_key(Call& call, const DataKeyRequest& request,
                                                   std::string_view operation) {
  const Key& key = call.key.value();
  require_symmetric(key, operation);
  auto made = make_under(call, request.size(), request.encryption_context);
  if (made) *call.event.additional_data = {{"keyMaterialId", key.material_id()}};
  return made;
}

}  // namespace

void require_symmetric(const Key& key, std::string_view operation) {
  require_usage(key, KeyUsage::kEncryptDecrypt, operation);
  if (key.spec == KeySpec::kSymmetric) return;
  throw Error(ErrorCode::kInvalidKeyUsage,
              cat(key.arn(), " key spec is ", to_text(key.spec), " which is not valid for ", operation, "."));
}

void require_made_here(const Key& key) {
  if (!key.custom_key_store_id.empty()) throw_wrong_origin(key);
}

void DataKeyRequest::check() const {
  if (number_of_bytes.has_value() != key_spec.has_value()) return;
  throw Error(ErrorCode::kValidation, "Please specify either number of bytes or key spec.");
}

std::size_t DataKeyRequest::size() const {
  constexpr std::size_t kAes128Size = 16;
  constexpr std::size_t kAes256Size = 32;
  if (number_of_bytes) return static_cast<std::size_t>(*number_of_bytes);
  return key_spec == DataKeySpec::kAes128 ? kAes128Size : kAes256Size;
}

void GenerateDataKeyRequest::check() const {
  DataKeyRequest::check();
  refuse_recipient(recipient);
}

GenerateDataKeyResponse generate_data_key(Call& call, const GenerateDataKeyRequest& request) {
  const auto made = make_data_key(call, request, "GenerateDataKey");
  if (!made) return {};
  return {made->ciphertext, SecretBytes::copy_of(made->plaintext), call.key->arn(), call.key->material_id()};
}

GenerateDataKeyWithoutPlaintextResponse generate_data_key_without_plaintext(
    Call& call, const GenerateDataKeyWithoutPlaintextRequest& request) {
  const auto made = make_data_key(call, request, "GenerateDataKeyWithoutPlaintext");
  if (!made) return {};
  return {made->ciphertext, call.key->arn(), call.key->material_id()};
}

GetCachedDataKeyResponse get_cached_data_key(Call& call, const GetCachedDataKeyRequest& request) {
  const Key& key = call.key.value();
  require_symmetric(key, "GenerateDataKey");
  const std::string partition = Json::array({call.caller.principal, call.caller.user_id(), key.arn(), key.material_id(),
                                             request.number_of_bytes, request.encryption_context})
                                    .dump(-1, ' ', false, Json::error_handler_t::replace);
  const CacheLimits limits{std::chrono::seconds(request.max_age), request.max_messages, request.max_bytes};
  DataKeyCache* const cache = call.context.data_keys;
  auto& cached = call.outside.once<std::optional<CachedDataKey>>(cat("cached data key ", partition), [&] {
    return cache == nullptr ? std::nullopt : cache->use(partition, limits, request.message_bytes, call.now());
  });
  const bool hit = cached.has_value();
  const auto made =
      hit ? nullptr : make_under(call, static_cast<std::size_t>(request.number_of_bytes), request.encryption_context);
  if (!hit && !made) return {};
  if (!hit && cache != nullptr) {
    call.outside.once<bool>(cat("data key kept ", partition), [&] {
      cache->keep(partition, *made, limits, request.message_bytes, call.now());
      return true;
    });
  }
  const CachedDataKey& given = hit ? *cached : *made;
  *call.event.additional_data = {{"keyMaterialId", key.material_id()}, {"dataKeyCache", hit ? "HIT" : "MISS"}};
  return {given.ciphertext, SecretBytes::copy_of(given.plaintext), key.arn(), key.material_id(), hit};
}

void GenerateRandomRequest::check() const {
  refuse_recipient(recipient);
  if (!number_of_bytes) throw Error(ErrorCode::kValidation, "NumberOfBytes is required.");
}

GenerateRandomResponse generate_random(Call& call, const GenerateRandomRequest& request) {
  if (!request.custom_key_store_id.empty()) {
    throw Error(ErrorCode::kUnsupportedOperation,
                cat("This version makes no random bytes in custom key stores, as ",
                    require_connected(call, request.custom_key_store_id).id, " is one."));
  }
  return {call.context.random.secret(static_cast<std::size_t>(*request.number_of_bytes))};
}

}  // namespace kms
