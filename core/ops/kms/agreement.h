#pragma once
// Secrets that two sides share: key agreement (ECDH) and key encapsulation (ML-KEM).
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

struct DeriveSharedSecretRequest {
  std::string key_id;
  KeyAgreementAlgorithm key_agreement_algorithm = KeyAgreementAlgorithm::kEcdh;
  Bytes public_key;
  std::vector<std::string> grant_tokens;
  bool dry_run = false;
  std::optional<Recipient> recipient;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit("KeyAgreementAlgorithm", key_agreement_algorithm,
          {.required = true, .help = "ECDH", .condition = value_of("kms:KeyAgreementAlgorithm")});
    visit(
        "PublicKey", public_key,
        {.required = true, .min = 1, .max = 8192, .help = "Public key of the other side: SubjectPublicKeyInfo in DER"});
    visit_grant_tokens(visit, grant_tokens);
    visit("DryRun", dry_run, kDryRunRule);
    visit("Recipient", recipient, kRecipientRule);
  }
  void check() const { refuse_recipient(recipient); }
  std::string_view key_reference() const { return key_id; }
};
struct DeriveSharedSecretResponse {
  std::string key_id;
  SecretBytes shared_secret;
  KeyAgreementAlgorithm key_agreement_algorithm = KeyAgreementAlgorithm::kEcdh;
  Origin key_origin = Origin::kAwsKms;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("SharedSecret", shared_secret, {.sensitive = true, .help = "The x-coordinate, as SP 800-56A has it"});
    visit("KeyAgreementAlgorithm", key_agreement_algorithm, {.help = "The one that was used"});
    visit("KeyOrigin", key_origin, {.help = "Where the key material comes from"});
  }
};
DeriveSharedSecretResponse derive_shared_secret(Call& call, const DeriveSharedSecretRequest& request);

struct EncapsulateRequest {
  std::string key_id;
  EncapsulationAlgorithm encapsulation_algorithm = EncapsulationAlgorithm::kMlKem;
  std::vector<std::string> grant_tokens;
  bool dry_run = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit("EncapsulationAlgorithm", encapsulation_algorithm, {.required = true, .help = "ML_KEM"});
    visit_grant_tokens(visit, grant_tokens);
    visit("DryRun", dry_run, kDryRunRule);
  }
  std::string_view key_reference() const { return key_id; }
};
struct EncapsulateResponse {
  std::string key_id;
  SecretBytes shared_secret;
  Bytes shared_secret_ciphertext_blob;
  EncapsulationAlgorithm encapsulation_algorithm = EncapsulationAlgorithm::kMlKem;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("SharedSecret", shared_secret, {.sensitive = true, .help = "32 bytes"});
    visit("SharedSecretCiphertextBlob", shared_secret_ciphertext_blob, {.help = "For the other side"});
    visit("EncapsulationAlgorithm", encapsulation_algorithm, {.help = "The one that was used"});
  }
};
EncapsulateResponse encapsulate(Call& call, const EncapsulateRequest& request);

struct DecapsulateRequest {
  std::string key_id;
  Bytes shared_secret_ciphertext_blob;
  EncapsulationAlgorithm encapsulation_algorithm = EncapsulationAlgorithm::kMlKem;
  std::vector<std::string> grant_tokens;
  bool dry_run = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit("SharedSecretCiphertextBlob", shared_secret_ciphertext_blob,
          {.required = true, .min = 1, .max = 6144, .help = "What the other side's encapsulation gave"});
    visit("EncapsulationAlgorithm", encapsulation_algorithm, {.required = true, .help = "ML_KEM"});
    visit_grant_tokens(visit, grant_tokens);
    visit("DryRun", dry_run, kDryRunRule);
  }
  std::string_view key_reference() const { return key_id; }
};
struct DecapsulateResponse {
  std::string key_id;
  SecretBytes shared_secret;
  EncapsulationAlgorithm encapsulation_algorithm = EncapsulationAlgorithm::kMlKem;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("SharedSecret", shared_secret, {.sensitive = true, .help = "32 bytes"});
    visit("EncapsulationAlgorithm", encapsulation_algorithm, {.help = "The one that was used"});
  }
};
DecapsulateResponse decapsulate(Call& call, const DecapsulateRequest& request);

}  // namespace kms
