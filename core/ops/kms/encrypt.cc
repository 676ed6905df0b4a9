#include "core/ops/kms/encrypt.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/key_pair.h"
#include "core/records/keys.h"
#include "formats/ciphertext_blob.h"

namespace kms {
namespace {

[[noreturn]] void throw_incorrect_key() {
  throw Error(ErrorCode::kIncorrectKey,
              "The key ID in the request does not identify a CMK that can perform this operation.");
}

// Usage, then algorithm, then length: the order in which AWS refuses.
void require_algorithm(const Key& key, EncryptionAlgorithm algorithm, std::string_view operation) {
  require_usage(key, KeyUsage::kEncryptDecrypt, operation);
  const auto allowed = encryption_algorithms(key.spec, key.usage);
  if (std::find(allowed.begin(), allowed.end(), algorithm) != allowed.end()) return;
  throw Error(ErrorCode::kInvalidKeyUsage,
              cat("Algorithm ", to_text(algorithm), " is incompatible with key spec ", to_text(key.spec), "."));
}

void refuse_context(const TextMap& context) {
  if (!context.empty()) {
    throw Error(ErrorCode::kValidation, "EncryptionContext cannot be used with an asymmetric KMS key.");
  }
}

struct Side {  // one half of ReEncrypt, or the whole of Encrypt or Decrypt
  const Key& key;
  EncryptionAlgorithm algorithm;
  const TextMap& context;
  std::string_view operation;
};

Bytes encrypt_with(Call& call, const Side& side, const SecretBytes& plaintext) {
  require_algorithm(side.key, side.algorithm, side.operation);
  if (side.algorithm == EncryptionAlgorithm::kSymmetric) return seal_under(call, side.key, side.context, plaintext);
  refuse_context(side.context);
  const std::size_t most = max_plaintext(side.key.spec, side.algorithm);
  if (plaintext.size() > most) {
    throw Error(ErrorCode::kValidation,
                cat("Algorithm ", to_text(side.algorithm), " and key spec ", to_text(side.key.spec),
                    " cannot encrypt data larger than ", std::to_string(most), " bytes."));
  }
  const auto pair = key_pair(call.transaction, side.key);
  if (side.algorithm == EncryptionAlgorithm::kSm2Pke) return pair->encrypt_sm2(plaintext);
  return pair->encrypt_oaep(oaep_hash(side.algorithm), plaintext);
}

struct Decrypted {
  SecretBytes plaintext;
  std::string material_id;  // of a symmetric key
};

// The backing key that the blob names: an older one than the current one after a rotation.
std::string material_of(const Key& key, const BackingKeyId& id) {
  for (const BackingKey& each : key.materials) {
    if (backing_key_id(each.id) == id) return each.id;
  }
  return key.material_id();
}

Decrypted decrypt_symmetric(Call& call, const Side& side, ByteView ciphertext) {
  const auto blob_key = formats::parse_blob(ciphertext);
  if (!blob_key) throw Error(ErrorCode::kInvalidCiphertext);
  if (KeyId::from_raw(blob_key->key_id, blob_key->multi_region) != side.key.id ||
      blob_key->account != side.key.home.account) {
    throw_incorrect_key();
  }
  const auto material = shared_material(call.transaction, side.key, blob_key->backing_key_id);
  auto plaintext = material ? formats::open_blob(ciphertext, *material, side.context) : std::nullopt;
  if (!plaintext) throw Error(ErrorCode::kInvalidCiphertext);
  return {*std::move(plaintext), material_of(side.key, blob_key->backing_key_id)};
}

// AWS answers a key that can have made no such ciphertext as it answers another key.
void require_decrypting(const Side& side) {
  const bool symmetric = side.algorithm == EncryptionAlgorithm::kSymmetric;
  if (is_hmac(side.key.spec) || (symmetric && side.key.usage != KeyUsage::kEncryptDecrypt)) throw_incorrect_key();
  require_algorithm(side.key, side.algorithm, side.operation);
}

Decrypted decrypt_with(Call& call, const Side& side, ByteView ciphertext) {
  require_decrypting(side);
  if (side.algorithm == EncryptionAlgorithm::kSymmetric) return decrypt_symmetric(call, side, ciphertext);
  refuse_context(side.context);
  const auto pair = key_pair(call.transaction, side.key);
  auto plaintext = side.algorithm == EncryptionAlgorithm::kSm2Pke
                       ? pair->decrypt_sm2(ciphertext)
                       : pair->decrypt_oaep(oaep_hash(side.algorithm), ciphertext);
  if (!plaintext) throw Error(ErrorCode::kInvalidCiphertext);
  return {*std::move(plaintext), {}};
}

// Without a key id, the blob itself says which key it needs.
std::optional<CiphertextKey> key_of(std::string_view named, EncryptionAlgorithm algorithm, ByteView ciphertext) {
  if (!named.empty()) return std::nullopt;
  if (algorithm != EncryptionAlgorithm::kSymmetric) {
    throw Error(ErrorCode::kValidation, "KeyId is required to decrypt with an asymmetric KMS key.");
  }
  const auto blob_key = formats::parse_blob(ciphertext);
  if (!blob_key) throw Error(ErrorCode::kInvalidCiphertext);
  return CiphertextKey{blob_key->account, KeyId::from_raw(blob_key->key_id, blob_key->multi_region)};
}

void check_modifiers(const std::vector<DryRunModifier>& modifiers, bool dry_run, std::string_view key_id,
                     ByteView ciphertext) {
  if (modifiers.empty()) {
    if (ciphertext.empty()) throw Error(ErrorCode::kValidation, "CiphertextBlob is required.");
    return;
  }
  if (!dry_run) throw Error(ErrorCode::kValidation, "DryRunModifiers need DryRun.");
  if (key_id.empty()) throw Error(ErrorCode::kValidation, "KeyId is required with IGNORE_CIPHERTEXT.");
}

void record_algorithm(Call& call, const char* member, EncryptionAlgorithm algorithm) {
  (*call.event.request_parameters)[member] = to_text(algorithm);
}

}  // namespace

Bytes seal_under(Call& call, const Key& key, const TextMap& context, const SecretBytes& plaintext) {
  const formats::BlobKey names{key.home.account, key.id.raw(), key.multi_region(), backing_key_id(key.material_id())};
  return formats::seal_blob(names, *current_material(call.transaction, key), context, plaintext, call.context.random);
}

Json encrypt(Call& call, const EncryptRequest& request) {
  const Key& key = call.key.value();
  record_algorithm(call, "encryptionAlgorithm", request.encryption_algorithm);
  const Bytes ciphertext =
      encrypt_with(call, {key, request.encryption_algorithm, request.encryption_context, "Encrypt"}, request.plaintext);
  Json answer;  // member by member: a list of pairs makes an array of each first
  answer["CiphertextBlob"] = blob(ciphertext);
  answer["KeyId"] = key.arn();
  answer["EncryptionAlgorithm"] = to_text(request.encryption_algorithm);
  return answer;
}

void DecryptRequest::check() const {
  refuse_recipient(recipient);
  check_modifiers(dry_run_modifiers, dry_run, key_id, ciphertext_blob);
}

std::optional<CiphertextKey> DecryptRequest::ciphertext_key() const {
  return key_of(key_id, encryption_algorithm, ciphertext_blob);
}

Json decrypt(Call& call, const DecryptRequest& request) {
  const Key& key = call.key.value();
  record_algorithm(call, "encryptionAlgorithm", request.encryption_algorithm);
  const Side side{key, request.encryption_algorithm, request.encryption_context, "Decrypt"};
  if (!request.dry_run_modifiers.empty()) {
    require_decrypting(side);
    return Json::object();
  }
  const Decrypted decrypted = decrypt_with(call, side, request.ciphertext_blob);
  Json answer;
  answer["KeyId"] = key.arn();
  answer["Plaintext"] = blob(decrypted.plaintext);
  answer["EncryptionAlgorithm"] = to_text(request.encryption_algorithm);
  if (key.spec == KeySpec::kSymmetric) {
    answer["KeyMaterialId"] = decrypted.material_id;
    *call.event.additional_data = {{"keyMaterialId", decrypted.material_id}};
  }
  return answer;
}

void ReEncryptRequest::check() const {
  check_modifiers(dry_run_modifiers, dry_run, source_key_id, ciphertext_blob);
}

std::optional<CiphertextKey> ReEncryptRequest::ciphertext_key() const {
  return key_of(source_key_id, source_encryption_algorithm, ciphertext_blob);
}

Json re_encrypt(Call& call, const ReEncryptRequest& request) {
  const Key& source = call.key.value();
  const Key& destination = call.second_key.value();
  require_state(destination, kEnabledOnly);
  record_algorithm(call, "sourceEncryptionAlgorithm", request.source_encryption_algorithm);
  record_algorithm(call, "destinationEncryptionAlgorithm", request.destination_encryption_algorithm);
  const Side from{source, request.source_encryption_algorithm, request.source_encryption_context, "ReEncrypt"};
  const Side to{destination, request.destination_encryption_algorithm, request.destination_encryption_context,
                "ReEncrypt"};
  if (!request.dry_run_modifiers.empty()) {
    require_decrypting(from);
    require_algorithm(destination, to.algorithm, to.operation);
    return Json::object();
  }
  const Decrypted decrypted = decrypt_with(call, from, request.ciphertext_blob);
  const Bytes ciphertext = encrypt_with(call, to, decrypted.plaintext);
  Json answer{{"CiphertextBlob", blob(ciphertext)},
              {"SourceKeyId", source.arn()},
              {"KeyId", destination.arn()},
              {"SourceEncryptionAlgorithm", to_text(from.algorithm)},
              {"DestinationEncryptionAlgorithm", to_text(to.algorithm)}};
  if (source.spec == KeySpec::kSymmetric) answer["SourceKeyMaterialId"] = decrypted.material_id;
  if (destination.spec == KeySpec::kSymmetric) answer["DestinationKeyMaterialId"] = destination.material_id();
  return answer;
}

}  // namespace kms
