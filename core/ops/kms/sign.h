#pragma once
// Sign and Verify.
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

struct SignRequest {
  std::string key_id;
  SecretBytes message;
  MessageType message_type = MessageType::kRaw;
  std::vector<std::string> grant_tokens;
  SigningAlgorithm signing_algorithm = SigningAlgorithm::kEcdsaSha256;
  bool dry_run = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit_message(visit);
    visit_grant_tokens(visit, grant_tokens);
    visit("SigningAlgorithm", signing_algorithm,
          {.required = true,
           .help = "One of the key's signing algorithms",
           .condition = value_of("kms:SigningAlgorithm")});
    visit("DryRun", dry_run, kDryRunRule);
  }
  std::string_view key_reference() const { return key_id; }

 protected:
  template <class Visitor>
  void visit_message(Visitor& visit) {
    visit("Message", message,
          {.required = true, .min = 1, .max = 4096, .sensitive = true, .help = "The message, or its digest"});
    visit("MessageType", message_type,
          {.help = "RAW: a message of at most 4096 bytes; DIGEST: the digest of one; EXTERNAL_MU: for ML-DSA",
           .condition = value_of("kms:MessageType")});
  }
};
struct SignResponse {
  std::string key_id;
  Bytes signature;
  SigningAlgorithm signing_algorithm = SigningAlgorithm::kEcdsaSha256;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("Signature", signature, {.help = "Of ECDSA and SM2 in DER, else the bytes that the scheme gives"});
    visit("SigningAlgorithm", signing_algorithm, {.help = "The one that was used"});
  }
};
SignResponse sign(Call& call, const SignRequest& request);

struct VerifyRequest : SignRequest {
  Bytes signature;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit_message(visit);
    visit("Signature", signature, {.required = true, .min = 1, .max = 6144, .help = "What Sign answered"});
    visit("SigningAlgorithm", signing_algorithm,
          {.required = true,
           .help = "One of the key's signing algorithms",
           .condition = value_of("kms:SigningAlgorithm")});
    visit_grant_tokens(visit, grant_tokens);
    visit("DryRun", dry_run, kDryRunRule);
  }
};
struct VerifyResponse {
  std::string key_id;
  bool signature_valid = false;
  SigningAlgorithm signing_algorithm = SigningAlgorithm::kEcdsaSha256;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("SignatureValid", signature_valid, {.help = "True: what is not valid is an error"});
    visit("SigningAlgorithm", signing_algorithm, {.help = "The one that was used"});
  }
};
VerifyResponse verify(Call& call, const VerifyRequest& request);

}  // namespace kms
