#pragma once
// Members that many requests share, declared once.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/alias.h"
#include "core/ops/kms/page.h"
#include "core/ops/kms/patterns.h"
#include "core/service/operation.h"

namespace kms {

inline constexpr Pattern kAliasPattern{"^[a-zA-Z0-9:/_-]+$", matches_alias_pattern};
inline constexpr Rule kKeyIdRule{.required = true,
                                 .min = 1,
                                 .max = 2048,
                                 .help = "Key id, key ARN, alias name or alias ARN",
                                 .condition = {ConditionKind::kAlias}};
inline constexpr Rule kManagedKeyIdRule{.required = true, .min = 1, .max = 2048, .help = "Key id or key ARN"};
inline constexpr Rule kLimitRule{.min = 1, .max = 1000, .help = "Most entries to answer at once"};
inline constexpr Rule kMarkerRule{
    .min = 1, .max = 1024, .pattern = &kMarkerPattern, .help = "NextMarker of the answer before"};
inline constexpr Rule kContextRule{
    .help =
        "Encryption context: pairs that must be given again, exactly, to decrypt. They are recorded in the audit "
        "trail and are no secret",
    .condition = {ConditionKind::kContext}};
// Of answers.
inline constexpr Rule kAnsweredKeyRule{.help = "ARN of the key"};
inline constexpr Rule kMaterialIdRule{.help = "Of the key material that was used"};
inline constexpr Condition kAlgorithmCondition = value_of("kms:EncryptionAlgorithm");
inline constexpr Rule kDryRunRule{.help = "Only check whether the call would succeed"};

template <class Visitor>
void visit_grant_tokens(Visitor& visit, std::vector<std::string>& tokens) {
  visit("GrantTokens", tokens, {.max = 10, .help = "Tokens of grants that are too new to be seen everywhere"},
        {.min = 1, .max = 8192, .sensitive = true});
}

// A member of an answer that is left out when it is empty.
template <class T>
std::optional<T> unless_empty(T value) {
  if (value.empty()) return std::nullopt;
  return value;
}

// Of requests that encrypt under a symmetric key and do not say so.
inline void add_symmetric_encryption(ConditionFiller& filler) {
  filler.set(kAlgorithmCondition.key, std::string(to_text(EncryptionAlgorithm::kSymmetric)));
}

struct EmptyResponse;  // response.h, which sources that answer with it include

struct EmptyRequest {
  template <class Visitor>
  void fields(Visitor& /*visit*/) {}
};

// For encryption inside Nitro enclaves, which one machine has not: accepted by name, refused by check().
enum class KeyEncryptionMechanism : std::uint8_t { kOaepSha256 };
template <>
struct EnumNames<KeyEncryptionMechanism> {
  static constexpr auto kAll =
      std::to_array<EnumName<KeyEncryptionMechanism>>({{KeyEncryptionMechanism::kOaepSha256, "RSAES_OAEP_SHA_256"}});
};

struct Recipient {
  KeyEncryptionMechanism key_encryption_algorithm = KeyEncryptionMechanism::kOaepSha256;
  Bytes attestation_document;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyEncryptionAlgorithm", key_encryption_algorithm, {.help = "Of the enclave's public key"});
    visit("AttestationDocument", attestation_document, {.min = 1, .max = 262144, .help = "Of a Nitro enclave"});
  }
};
inline constexpr Rule kRecipientRule{.help = "Of AWS Nitro enclaves; always refused here",
                                     .condition = {ConditionKind::kNever, "kms:RecipientAttestation:"}};
void refuse_recipient(const std::optional<Recipient>& recipient);

}  // namespace kms
