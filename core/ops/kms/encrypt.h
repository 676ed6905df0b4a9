#pragma once
// Encrypt, Decrypt and ReEncrypt.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

inline constexpr Rule kCiphertextRule{.min = 1, .max = 6144, .help = "What Encrypt or GenerateDataKey answered"};
inline constexpr Rule kModifiersRule{.help = "With DryRun: IGNORE_CIPHERTEXT checks permissions without a ciphertext"};

struct EncryptRequest {
  std::string key_id;
  SecretBytes plaintext;
  TextMap encryption_context;
  std::vector<std::string> grant_tokens;
  EncryptionAlgorithm encryption_algorithm = EncryptionAlgorithm::kSymmetric;
  bool dry_run = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit("Plaintext", plaintext,
          {.required = true, .min = 1, .max = 4096, .sensitive = true, .help = "What to encrypt, at most 4096 bytes"});
    visit("EncryptionContext", encryption_context, kContextRule);
    visit_grant_tokens(visit, grant_tokens);
    visit("EncryptionAlgorithm", encryption_algorithm,
          {.help = "SYMMETRIC_DEFAULT unless the key is an RSA key", .condition = kAlgorithmCondition});
    visit("DryRun", dry_run, kDryRunRule);
  }
  std::string_view key_reference() const { return key_id; }
};
struct EncryptResponse {
  Bytes ciphertext_blob;
  std::string key_id;
  EncryptionAlgorithm encryption_algorithm = EncryptionAlgorithm::kSymmetric;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CiphertextBlob", ciphertext_blob, {.help = "For Decrypt"});
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("EncryptionAlgorithm", encryption_algorithm, {.help = "The one that was used"});
  }
};
EncryptResponse encrypt(Call& call, const EncryptRequest& request);

struct DecryptRequest {
  Bytes ciphertext_blob;
  TextMap encryption_context;
  std::vector<std::string> grant_tokens;
  std::string key_id;
  EncryptionAlgorithm encryption_algorithm = EncryptionAlgorithm::kSymmetric;
  std::optional<Recipient> recipient;
  bool dry_run = false;
  std::vector<DryRunModifier> dry_run_modifiers;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CiphertextBlob", ciphertext_blob, kCiphertextRule);
    visit("EncryptionContext", encryption_context, kContextRule);
    visit_grant_tokens(visit, grant_tokens);
    visit("KeyId", key_id,
          {.min = 1,
           .max = 2048,
           .help = "Refuse any other key; needed for ciphertext of an RSA key",
           .condition = {ConditionKind::kAlias}});
    visit("EncryptionAlgorithm", encryption_algorithm,
          {.help = "SYMMETRIC_DEFAULT unless the key is an RSA key", .condition = kAlgorithmCondition});
    visit("Recipient", recipient, kRecipientRule);
    visit("DryRun", dry_run, kDryRunRule);
    visit("DryRunModifiers", dry_run_modifiers, kModifiersRule);
  }
  void check() const;
  std::string_view key_reference() const { return key_id; }
  std::optional<CiphertextKey> ciphertext_key() const;
};
struct DecryptResponse {
  std::string key_id;
  SecretBytes plaintext;
  EncryptionAlgorithm encryption_algorithm = EncryptionAlgorithm::kSymmetric;
  std::optional<std::string> key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("Plaintext", plaintext, {.sensitive = true, .help = "What was encrypted"});
    visit("EncryptionAlgorithm", encryption_algorithm, {.help = "The one that was used"});
    visit("KeyMaterialId", key_material_id, kMaterialIdRule);
  }
};
DecryptResponse decrypt(Call& call, const DecryptRequest& request);

struct ReEncryptRequest {
  Bytes ciphertext_blob;
  TextMap source_encryption_context;
  std::string source_key_id;
  std::string destination_key_id;
  TextMap destination_encryption_context;
  EncryptionAlgorithm source_encryption_algorithm = EncryptionAlgorithm::kSymmetric;
  EncryptionAlgorithm destination_encryption_algorithm = EncryptionAlgorithm::kSymmetric;
  std::vector<std::string> grant_tokens;
  bool dry_run = false;
  std::vector<DryRunModifier> dry_run_modifiers;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CiphertextBlob", ciphertext_blob, kCiphertextRule);
    visit("SourceEncryptionContext", source_encryption_context,
          with_condition(kContextRule, {ConditionKind::kContext, {}, Half::kFirst}));
    visit("SourceKeyId", source_key_id,
          {.min = 1,
           .max = 2048,
           .help = "Refuse any other source key",
           .condition = {ConditionKind::kAlias, {}, Half::kFirst}});
    visit("DestinationKeyId", destination_key_id,
          with_condition(kKeyIdRule, {ConditionKind::kAlias, {}, Half::kSecond}));
    visit("DestinationEncryptionContext", destination_encryption_context,
          with_condition(kContextRule, {ConditionKind::kContext, {}, Half::kSecond}));
    visit("SourceEncryptionAlgorithm", source_encryption_algorithm,
          {.help = "Of the ciphertext", .condition = value_of(kAlgorithmCondition.key, Half::kFirst)});
    visit("DestinationEncryptionAlgorithm", destination_encryption_algorithm,
          {.help = "Of the answer", .condition = value_of(kAlgorithmCondition.key, Half::kSecond)});
    visit_grant_tokens(visit, grant_tokens);
    visit("DryRun", dry_run, kDryRunRule);
    visit("DryRunModifiers", dry_run_modifiers, kModifiersRule);
  }
  void check() const;
  std::string_view key_reference() const { return source_key_id; }
  std::optional<CiphertextKey> ciphertext_key() const;
  std::string_view second_key_reference() const { return destination_key_id; }
};
struct ReEncryptResponse {
  Bytes ciphertext_blob;
  std::string source_key_id;
  std::string key_id;
  EncryptionAlgorithm source_encryption_algorithm = EncryptionAlgorithm::kSymmetric;
  EncryptionAlgorithm destination_encryption_algorithm = EncryptionAlgorithm::kSymmetric;
  std::optional<std::string> source_key_material_id;
  std::optional<std::string> destination_key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CiphertextBlob", ciphertext_blob, {.help = "Of the destination key"});
    visit("SourceKeyId", source_key_id, {.help = "ARN of the key that decrypted"});
    visit("KeyId", key_id, {.help = "ARN of the key that encrypted"});
    visit("SourceEncryptionAlgorithm", source_encryption_algorithm, {.help = "Of the ciphertext that was given"});
    visit("DestinationEncryptionAlgorithm", destination_encryption_algorithm, {.help = "Of the new ciphertext"});
    visit("SourceKeyMaterialId", source_key_material_id, {.help = "Of the key material that decrypted"});
    visit("DestinationKeyMaterialId", destination_key_material_id, {.help = "Of the key material that encrypted"});
  }
};
ReEncryptResponse re_encrypt(Call& call, const ReEncryptRequest& request);

}  // namespace kms
