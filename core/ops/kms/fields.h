#pragma once
// Members that many requests share, declared once.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/alias.h"
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

// Of requests that encrypt under a symmetric key and do not say so.
inline void add_symmetric_encryption(ConditionFiller& filler) {
  filler.set(kAlgorithmCondition.key, std::string(to_text(EncryptionAlgorithm::kSymmetric)));
}

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

// Entries on a page: what the caller asked for, but never more than the API gives.
std::size_t page_size(std::int32_t limit, std::int32_t largest);
Json list_answer(std::string_view member, Json entries, bool truncated, std::string_view next_marker);
[[noreturn]] void throw_invalid_marker(std::string_view operation);

// One page of a list in the order of the store. The marker of a page names its last entry, and the order that it was
// found in: what is added or removed meanwhile neither repeats nor hides another. Belongs to the call.
class Page {
 public:
  // As many entries as the caller asked for, but no more than the API gives.
  Page(const Call& call, std::string_view member, std::int32_t limit, std::int32_t largest);
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  Page(Page&&) = delete;
  Page& operator=(Page&&) = delete;
  // Where it begins: the item of the last entry of the page before; empty for the first one. InvalidMarkerException for
  // a marker that no page had, or that a credential was revoked since.
  std::string after(std::string_view marker) const;
  // False when the page is full: then the list goes on, and this entry is not on the page.
  bool add(Json entry, std::string_view item);
  Json answer();

 private:
  const Call& call_;
  std::string_view member_;
  std::size_t size_;
  std::unique_ptr<Json> entries_;
  std::string last_;
  bool truncated_ = false;
};

std::string blob(ByteView bytes);            // base64, as answers carry blobs
std::string blob(const SecretBytes& bytes);  // the front end wipes the answer

}  // namespace kms
