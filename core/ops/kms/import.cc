#include "core/ops/kms/import.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/key_wrap.h"
#include "core/keys/material.h"
#include "core/ops/kms/import_token.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/upkeep/key_sets.h"

namespace kms {
namespace {

using std::chrono::hours;

constexpr auto kTokenLife = hours(24);
constexpr auto kLongestValidity = hours(24 * 365);

void require_external(const Key& key) {
  if (key.origin != Origin::kExternal) throw_wrong_origin(key);
}

bool is_rsa_key(const Key& key) {
  return to_text(key.spec).starts_with("RSA_");
}

bool wraps_with_aes(WrappingAlgorithm algorithm) {
  return algorithm == WrappingAlgorithm::kAesWrapSha1 || algorithm == WrappingAlgorithm::kAesWrapSha256;
}

crypto::Hash hash_of(WrappingAlgorithm algorithm) {
  return algorithm == WrappingAlgorithm::kOaepSha1 || algorithm == WrappingAlgorithm::kAesWrapSha1
             ? crypto::Hash::kSha1
             : crypto::Hash::kSha256;
}

// Told before anybody wraps anything: what cannot be imported with these parameters.
void require_wrappable(const Key& key, const GetParametersForImportRequest& request) {
  const bool direct = !wraps_with_aes(request.wrapping_algorithm);
  const bool too_long = key.spec == KeySpec::kP521 && request.wrapping_key_spec == WrappingKeySpec::kRsa2048;
  if (direct && (is_rsa_key(key) || too_long)) {
    throw Error(ErrorCode::kValidation,
                cat("Wrapping algorithm ", to_text(request.wrapping_algorithm), " with wrapping key spec ",
                    to_text(request.wrapping_key_spec), " is not valid for key spec ", to_text(key.spec),
                    "; use RSA_AES_KEY_WRAP_SHA_256."));
  }
}

// RSA_AES_KEY_WRAP is PKCS #11's CKM_RSA_AES_KEY_WRAP: the RSA part wraps an AES key, which wraps the material (KWP).
std::optional<SecretBytes> unwrap(const WrappingKey& wrapping, ByteView wrapped) {
  if (wrapping.algorithm == WrappingAlgorithm::kSm2) return wrapping.pair.sm2()->decrypt(wrapped);
  const crypto::Hash hash = hash_of(wrapping.algorithm);
  if (!wraps_with_aes(wrapping.algorithm)) return wrapping.pair.oaep()->decrypt(hash, wrapped);
  const std::size_t size = wrapping.block_size;
  if (wrapped.size() <= size) return std::nullopt;
  const auto aes_key = wrapping.pair.oaep()->decrypt(hash, wrapped.first(size));
  if (!aes_key || aes_key->size() != kSymmetricKeySize) return std::nullopt;
  return crypto::unwrap_key_with_padding(*aes_key, wrapped.subspan(size));
}

[[noreturn]] void throw_incorrect(std::string_view text) {
  throw Error(ErrorCode::kIncorrectKeyMaterial, std::string(text));
}

// As the store keeps material of this spec; nothing when the bytes are no such key.
std::optional<Material> as_material(const Key& key, SecretBytes bytes) {
  if (const auto type = key_type(key.spec)) {
    const auto pair = crypto::KeyPair::from_private_der(bytes);
    if (!pair || pair->type() != *type) return std::nullopt;
    return Material{pair->to_stored(), pair->public_der()};
  }
  const auto mac = mac_algorithm(key.spec);
  const std::size_t size = mac ? crypto::digest_size(mac_hash(*mac)) : kSymmetricKeySize;
  if (bytes.size() != size) {
    throw_incorrect(cat("The key material has ", std::to_string(bytes.size()), " bytes; a key of spec ",
                        to_text(key.spec), " takes ", std::to_string(size), "."));
  }
  return Material{std::move(bytes), {}};
}

// What may be imported as what; the set knows which material there is.
void import_into(KeySet& set, const Key& key, const std::string& id, const ImportKeyMaterialRequest& request) {
  const bool is_replica = key.multi_region() && !key.is_primary();
  const bool is_first = key.materials.empty() && !is_replica;
  const ImportType type = request.import_type.value_or(is_first ? ImportType::kNew : ImportType::kExisting);
  const ImportTerms terms{request.valid_to, request.key_material_description};
  if (type == ImportType::kExisting) {
    if (!request.key_material_id.empty() && request.key_material_id != id) {
      throw_incorrect("The key material is not the one that KeyMaterialId names.");
    }
    return set.import_existing(key.home.region, id, terms);
  }
  if (is_replica) {
    throw Error(ErrorCode::kUnsupportedOperation,
                cat(key.arn(), " is a replica: import new key material into the primary key first."));
  }
  if (!is_first && key.spec != KeySpec::kSymmetric) {
    throw_incorrect("Only symmetric encryption keys can have more than one key material.");
  }
  set.import_new(id, terms);
}

}  // namespace

void GetParametersForImportRequest::check() const {
  if (wrapping_algorithm == WrappingAlgorithm::kPkcs1) {
    throw Error(ErrorCode::kUnsupportedOperation, "Wrapping algorithm RSAES_PKCS1_V1_5 is no longer supported.");
  }
  const bool sm2_algorithm = wrapping_algorithm == WrappingAlgorithm::kSm2;
  if (sm2_algorithm != (wrapping_key_spec == WrappingKeySpec::kSm2)) {
    throw Error(ErrorCode::kValidation, cat("Wrapping algorithm ", to_text(wrapping_algorithm),
                                            " is not compatible with wrapping key spec ", to_text(wrapping_key_spec)));
  }
}

GetParametersForImportResponse get_parameters_for_import(Call& call, const GetParametersForImportRequest& request) {
  const Key& key = call.key.value();
  require_external(key);
  require_state(key, kNotPendingDeletion);
  require_wrappable(key, request);
  const Time expiry = call.now() + kTokenLife;
  const auto pair = crypto::KeyPair::generate(wrapping_key_type(request.wrapping_key_spec));
  Bytes token = make_import_token(call.transaction, key, request.wrapping_algorithm, request.wrapping_key_spec, pair,
                                  expiry, call.context.random);
  return {key.arn(), std::move(token), pair.public_der(), expiry};
}

void ImportKeyMaterialRequest::check() const {
  if (expiration_model == ExpirationModel::kExpires && !valid_to) {
    throw Error(ErrorCode::kValidation, "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
  }
  if (expiration_model == ExpirationModel::kDoesNotExpire && valid_to) {
    throw Error(ErrorCode::kValidation,
                "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
  }
  if (import_type == ImportType::kNew && !key_material_id.empty()) {
    throw Error(ErrorCode::kValidation, "KeyMaterialId cannot be specified with ImportType NEW_KEY_MATERIAL");
  }
}

ImportKeyMaterialResponse import_key_material(Call& call, const ImportKeyMaterialRequest& request) {
  Key& key = call.key.value();
  require_external(key);
  require_state(key, kNotPendingDeletion);
  if (request.valid_to && (*request.valid_to <= call.now() || *request.valid_to > call.now() + kLongestValidity)) {
    throw Error(ErrorCode::kValidation, "The validTo date must be in the future, and at most 365 days ahead");
  }
  const WrappingKey wrapping = open_import_token(call.transaction, key, request.import_token, call.now());
  auto bytes = unwrap(wrapping, request.encrypted_key_material);
  if (!bytes) throw Error(ErrorCode::kInvalidCiphertext);
  auto material = as_material(key, *std::move(bytes));
  if (!material) throw_incorrect(cat("The key material is not that of a key of spec ", to_text(key.spec), "."));
  const std::string id = make_material_id(key.id, material->secret);
  key.public_key = std::move(material->public_key);
  KeySet set = load_set(call.transaction, key, call.now());
  import_into(set, key, id, request);
  store_set(call.context, call.transaction, set, key.home.region, call.now());
  put_material(call.transaction, key, id, material->secret);
  *call.event.response_elements = {{"keyId", key.arn()}, {"keyMaterialId", id}};
  return {key.arn(), id};
}

// What is not there needs no deletion. Pending material of a primary is forgotten with it, in every Region, so that
// other may take its place.
DeleteImportedKeyMaterialResponse delete_imported_key_material(Call& call,
                                                               const DeleteImportedKeyMaterialRequest& request) {
  const Key& key = call.key.value();
  require_external(key);
  const std::string id = request.key_material_id.empty() ? key.material_id() : request.key_material_id;
  if (id.empty()) return {key.arn(), {}};
  DeleteImportedKeyMaterialResponse answer{key.arn(), id};
  const BackingKey* const material = key.find_material(id);
  if (material == nullptr) {
    throw Error(ErrorCode::kNotFound, cat("Key material ", id, " is not found for key ", key.arn()));
  }
  const bool leaves_set = material->pending() && (!key.multi_region() || key.is_primary());
  if (!material->present && !material->expired && !leaves_set) return answer;
  KeySet set = load_set(call.transaction, key, call.now());
  set.delete_material(key.home.region, id);
  for (const KeySet::Dropped& each : set.take_dropped()) {
    erase_material(call.transaction, set.in(each.region), each.material_id);
  }
  store_set(call.context, call.transaction, set, key.home.region, call.now());
  return answer;
}

}  // namespace kms
