#include "core/ops/kms/data_keys.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/service/key_use.h"

namespace kms {
namespace {

struct MadeDataKey {
  std::shared_ptr<const CachedDataKey> key;  // null: made elsewhere, in another run
  Json answer;
};

std::shared_ptr<const CachedDataKey> make_under(Call& call, std::size_t size, const TextMap& context) {
  const auto make = [size, &context, &random = call.context.random](const UsableKey& key) {
    CachedDataKey made{random.secret(size), {}};
    made.ciphertext = key.sealer()->seal(EncryptionAlgorithm::kSymmetric, context, made.plaintext, random);
    return made;
  };
  return use_key<CachedDataKey>(call, call.key.value(), "data key", make);
}

MadeDataKey make_data_key(Call& call, const DataKeyRequest& request, std::string_view operation) {
  const Key& key = call.key.value();
  require_symmetric(key, operation);
  auto made = make_under(call, request.size(), request.encryption_context);
  if (!made) return {};
  *call.event.additional_data = {{"keyMaterialId", key.material_id()}};
  Json answer{{"CiphertextBlob", blob(made->ciphertext)}, {"KeyId", key.arn()}, {"KeyMaterialId", key.material_id()}};
  return {std::move(made), std::move(answer)};
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
  MadeDataKey made = make_data_key(call, request, "GenerateDataKey");
  if (made.key) made.answer["Plaintext"] = blob(made.key->plaintext);
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
  return {{"CiphertextBlob", blob(given.ciphertext)},
          {"Plaintext", blob(given.plaintext)},
          {"KeyId", key.arn()},
          {"KeyMaterialId", key.material_id()},
          {"CacheHit", hit}};
}

void GenerateRandomRequest::check() const {
  refuse_recipient(recipient);
  if (!number_of_bytes) throw Error(ErrorCode::kValidation, "NumberOfBytes is required.");
}

Json generate_random(Call& call, const GenerateRandomRequest& request) {
  if (!request.custom_key_store_id.empty()) {
    throw Error(ErrorCode::kUnsupportedOperation,
                cat("This version makes no random bytes in custom key stores, as ",
                    require_connected(call, request.custom_key_store_id).id, " is one."));
  }
  return {{"Plaintext", blob(call.context.random.secret(static_cast<std::size_t>(*request.number_of_bytes)))}};
}

}  // namespace kms
