#include "core/ops/kms/encrypt.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/service/key_use.h"
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

// What somebody else owns, for as long as it lasts.
std::shared_ptr<const SecretBytes> borrowed(const SecretBytes& secret) {
  return {std::shared_ptr<void>(), &secret};
}

struct Side {  // one half of ReEncrypt, or the whole of Encrypt or Decrypt
  const Key& key;
  EncryptionAlgorithm algorithm;
  const TextMap& context;  // the request's
  std::string_view operation;
};

void require_length(const Side& side, const SecretBytes& plaintext) {
  const std::size_t most = max_plaintext(side.key.spec, side.algorithm);
  if (plaintext.size() <= most) return;
  throw Error(ErrorCode::kValidation,
              cat("Algorithm ", to_text(side.algorithm), " and key spec ", to_text(side.key.spec),
                  " cannot encrypt data larger than ", std::to_string(most), " bytes."));
}

// `plaintext` lasts as long as the work does, which may be longer than the caller of this.
std::shared_ptr<const Bytes> encrypt_with(Call& call, const Side& side, std::shared_ptr<const SecretBytes> plaintext) {
  require_algorithm(side.key, side.algorithm, side.operation);
  if (side.algorithm != EncryptionAlgorithm::kSymmetric) {
    refuse_context(side.context);
    require_length(side, *plaintext);
  }
  const auto seal = [algorithm = side.algorithm, &context = side.context, plaintext = std::move(plaintext),
                     &random = call.context.random](const UsableKey& key) {
    return key.sealer()->seal(algorithm, context, *plaintext, random);
  };
  return use_key<Bytes>(call, side.key, "seal", seal);
}

// For AWS, a ciphertext of another key is another failure than one that does not open.
void require_own_blob(const Key& key, ByteView ciphertext) {
  const auto blob_key = formats::parse_blob(ciphertext);
  if (!blob_key) throw Error(ErrorCode::kInvalidCiphertext);
  if (KeyId::from_raw(blob_key->key_id, blob_key->multi_region) != key.id || blob_key->account != key.home.account) {
    throw_incorrect_key();
  }
}

// AWS answers a key that can have made no such ciphertext as it answers another key.
void require_decrypting(const Side& side) {
  const bool symmetric = side.algorithm == EncryptionAlgorithm::kSymmetric;
  if (is_hmac(side.key.spec) || (symmetric && side.key.usage != KeyUsage::kEncryptDecrypt)) throw_incorrect_key();
  require_algorithm(side.key, side.algorithm, side.operation);
}

// `ciphertext` is the request's.
std::shared_ptr<const Opened> decrypt_with(Call& call, const Side& side, ByteView ciphertext) {
  require_decrypting(side);
  if (side.algorithm == EncryptionAlgorithm::kSymmetric) {
    require_own_blob(side.key, ciphertext);
  } else {
    refuse_context(side.context);
  }
  const auto open = [algorithm = side.algorithm, &context = side.context, ciphertext](const UsableKey& key) {
    auto opened = key.sealer()->open(algorithm, context, ciphertext);
    if (!opened) throw Error(ErrorCode::kInvalidCiphertext);
    return *std::move(opened);
  };
  return use_key<Opened>(call, side.key, "open", open);
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

EncryptResponse encrypt(Call& call, const EncryptRequest& request) {
  const Key& key = call.key.value();
  record_algorithm(call, "encryptionAlgorithm", request.encryption_algorithm);
  auto ciphertext = encrypt_with(call, {key, request.encryption_algorithm, request.encryption_context, "Encrypt"},
                                 borrowed(request.plaintext));
  if (!ciphertext) return {};
  return {*ciphertext, key.arn(), request.encryption_algorithm};
}

void DecryptRequest::check() const {
  refuse_recipient(recipient);
  check_modifiers(dry_run_modifiers, dry_run, key_id, ciphertext_blob);
}

std::optional<CiphertextKey> DecryptRequest::ciphertext_key() const {
  return key_of(key_id, encryption_algorithm, ciphertext_blob);
}

DecryptResponse decrypt(Call& call, const DecryptRequest& request) {
  const Key& key = call.key.value();
  record_algorithm(call, "encryptionAlgorithm", request.encryption_algorithm);
  const Side side{key, request.encryption_algorithm, request.encryption_context, "Decrypt"};
  if (!request.dry_run_modifiers.empty()) {
    require_decrypting(side);
    return {};
  }
  const auto opened = decrypt_with(call, side, request.ciphertext_blob);
  if (!opened) return {};
  DecryptResponse answer{key.arn(), SecretBytes::copy_of(opened->plaintext), request.encryption_algorithm, {}};
  if (key.spec == KeySpec::kSymmetric) {
    answer.key_material_id = opened->material_id;
    *call.event.additional_data = {{"keyMaterialId", opened->material_id}};
  }
  return answer;
}

void ReEncryptRequest::check() const {
  check_modifiers(dry_run_modifiers, dry_run, source_key_id, ciphertext_blob);
}

std::optional<CiphertextKey> ReEncryptRequest::ciphertext_key() const {
  return key_of(source_key_id, source_encryption_algorithm, ciphertext_blob);
}

ReEncryptResponse re_encrypt(Call& call, const ReEncryptRequest& request) {
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
    return {};
  }
  const auto opened = decrypt_with(call, from, request.ciphertext_blob);
  if (!opened) return {};
  const auto ciphertext = encrypt_with(call, to, std::shared_ptr<const SecretBytes>(opened, &opened->plaintext));
  if (!ciphertext) return {};
  ReEncryptResponse answer{*ciphertext, source.arn(), destination.arn(), from.algorithm, to.algorithm, {}, {}};
  if (source.spec == KeySpec::kSymmetric) answer.source_key_material_id = opened->material_id;
  if (destination.spec == KeySpec::kSymmetric) answer.destination_key_material_id = destination.material_id();
  return answer;
}

}  // namespace kms
