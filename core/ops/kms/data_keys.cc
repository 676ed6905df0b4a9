#include "core/ops/kms/data_keys.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/kms/encrypt.h"
#include "core/ops/kms/key_stores.h"

namespace kms {
namespace {

struct DataKey {
  SecretBytes plaintext;
  Json answer;
};

DataKey make_data_key(Call& call, const DataKeyRequest& request, std::string_view operation) {
  const Key& key = call.key.value();
  require_symmetric(key, operation);
  SecretBytes plaintext = call.context.random.secret(request.size());
  const Bytes ciphertext = seal_under(call, key, request.encryption_context, plaintext);
  *call.event.additional_data = {{"keyMaterialId", key.material_id()}};
  return {std::move(plaintext),
          {{"CiphertextBlob", blob(ciphertext)}, {"KeyId", key.arn()}, {"KeyMaterialId", key.material_id()}}};
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

Json generate_data_key(Call& call, const GenerateDataKeyRequest& request) {
  DataKey made = make_data_key(call, request, "GenerateDataKey");
  made.answer["Plaintext"] = blob(made.plaintext);
  return std::move(made.answer);
}

Json generate_data_key_without_plaintext(Call& call, const GenerateDataKeyWithoutPlaintextRequest& request) {
  return make_data_key(call, request, "GenerateDataKeyWithoutPlaintext").answer;
}

Json get_cached_data_key(Call& call, const GetCachedDataKeyRequest& request) {
  const Key& key = call.key.value();
  require_symmetric(key, "GenerateDataKey");
  const std::string partition = Json::array({call.caller.principal, call.caller.user_id(), key.arn(), key.material_id(),
                                             request.number_of_bytes, request.encryption_context})
                                    .dump(-1, ' ', false, Json::error_handler_t::replace);
  const CacheLimits limits{std::chrono::seconds(request.max_age), request.max_messages, request.max_bytes};
  DataKeyCache* const cache = call.context.data_keys;
  struct Given {
    CachedDataKey key;
    bool hit;
  };
  const auto& [found, hit] = call.outside.once<Given>([&]() -> Given {
    auto known = cache == nullptr ? std::nullopt : cache->use(partition, limits, request.message_bytes, call.now());
    if (known) return {*std::move(known), true};
    SecretBytes plaintext = call.context.random.secret(static_cast<std::size_t>(request.number_of_bytes));
    Bytes ciphertext = seal_under(call, key, request.encryption_context, plaintext);
    CachedDataKey made{std::move(plaintext), std::move(ciphertext)};
    if (cache != nullptr) cache->keep(partition, made, limits, request.message_bytes, call.now());
    return {std::move(made), false};
  });
  *call.event.additional_data = {{"keyMaterialId", key.material_id()}, {"dataKeyCache", hit ? "HIT" : "MISS"}};
  return {{"CiphertextBlob", blob(found.ciphertext)},
          {"Plaintext", blob(found.plaintext)},
          {"KeyId", key.arn()},
          {"KeyMaterialId", key.material_id()},
          {"CacheHit", hit}};
}

void GenerateRandomRequest::check() const {
  refuse_recipient(recipient);
  if (!number_of_bytes) throw Error(ErrorCode::kValidation, "NumberOfBytes is required.");
}

Json generate_random(Call& call, const GenerateRandomRequest& request) {
  if (!request.custom_key_store_id.empty()) refuse_use(require_connected(call, request.custom_key_store_id));
  return {{"Plaintext", blob(call.context.random.secret(static_cast<std::size_t>(*request.number_of_bytes)))}};
}

}  // namespace kms
