#pragma once
// Data keys, and random bytes.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

inline constexpr Rule kSealedDataKeyRule{.help = "The data key, encrypted, for Decrypt"};

// InvalidKeyUsageException unless it is a symmetric encryption key.
void require_symmetric(const Key& key, std::string_view operation);
// UnsupportedOperationException for a key of a custom key store.
void require_made_here(const Key& key);

// The members that both forms of GenerateDataKey have. The order in which each lists them is the order of its options.
struct DataKeyRequest {
  std::string key_id;
  TextMap encryption_context;
  std::optional<std::int32_t> number_of_bytes;
  std::optional<DataKeySpec> key_spec;
  std::vector<std::string> grant_tokens;
  bool dry_run = false;

  void check() const;
  std::size_t size() const;
  std::string_view key_reference() const { return key_id; }
  void add_conditions(ConditionFiller& filler) const { add_symmetric_encryption(filler); }

 protected:
  template <class Visitor>
  void visit_key(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit("EncryptionContext", encryption_context, kContextRule);
  }
  template <class Visitor>
  void visit_length(Visitor& visit) {
    visit("NumberOfBytes", number_of_bytes, {.min = 1, .max = 1024, .help = "Length of the data key"});
  }
  template <class Visitor>
  void visit_spec(Visitor& visit) {
    visit("KeySpec", key_spec, {.help = "Length of the data key by its use"});
  }
};

struct GenerateDataKeyRequest : DataKeyRequest {
  std::optional<Recipient> recipient;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit_key(visit);
    visit_length(visit);
    visit_spec(visit);
    visit_grant_tokens(visit, grant_tokens);
    visit("Recipient", recipient, kRecipientRule);
    visit("DryRun", dry_run, kDryRunRule);
  }
  void check() const;
};
struct GenerateDataKeyResponse {
  Bytes ciphertext_blob;
  SecretBytes plaintext;
  std::string key_id;
  std::string key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CiphertextBlob", ciphertext_blob, kSealedDataKeyRule);
    visit("Plaintext", plaintext, {.sensitive = true, .help = "The data key"});
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("KeyMaterialId", key_material_id, kMaterialIdRule);
  }
};
GenerateDataKeyResponse generate_data_key(Call& call, const GenerateDataKeyRequest& request);

struct GenerateDataKeyWithoutPlaintextRequest : DataKeyRequest {
  template <class Visitor>
  void fields(Visitor& visit) {
    visit_key(visit);
    visit_spec(visit);
    visit_length(visit);
    visit_grant_tokens(visit, grant_tokens);
    visit("DryRun", dry_run, kDryRunRule);
  }
};
struct GenerateDataKeyWithoutPlaintextResponse {
  Bytes ciphertext_blob;
  std::string key_id;
  std::string key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CiphertextBlob", ciphertext_blob, kSealedDataKeyRule);
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("KeyMaterialId", key_material_id, kMaterialIdRule);
  }
};
GenerateDataKeyWithoutPlaintextResponse generate_data_key_without_plaintext(
    Call& call, const GenerateDataKeyWithoutPlaintextRequest& request);

struct GenerateRandomRequest {
  std::optional<std::int32_t> number_of_bytes;
  std::string custom_key_store_id;
  std::optional<Recipient> recipient;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("NumberOfBytes", number_of_bytes, {.min = 1, .max = 1024, .help = "How many bytes"});
    visit("CustomKeyStoreId", custom_key_store_id, {.min = 1, .max = 64, .help = "Of a custom key store"});
    visit("Recipient", recipient, kRecipientRule);
  }
  void check() const;
};
struct GenerateRandomResponse {
  SecretBytes plaintext;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Plaintext", plaintext, {.sensitive = true, .help = "Random bytes"});
  }
};
GenerateRandomResponse generate_random(Call& call, const GenerateRandomRequest& request);

// A data key of the agent's cache (core/keys/data_key_cache.h), or a new one for it. Every use is in the trail, and
// asks for permission anew.
struct GetCachedDataKeyRequest {
  std::string key_id;
  std::int32_t number_of_bytes = 32;
  TextMap encryption_context;
  std::int32_t max_age = 0;
  std::int64_t max_messages = 0;
  std::int64_t max_bytes = 0;
  std::int64_t message_bytes = 0;
  std::string_view key_reference() const { return key_id; }
  void add_conditions(ConditionFiller& filler) const { add_symmetric_encryption(filler); }

  template <class Visitor>
  void fields(Visitor& visit) {
    constexpr std::int64_t kMost = std::int64_t{1} << 62U;
    visit("KeyId", key_id, kKeyIdRule);
    visit("NumberOfBytes", number_of_bytes, {.min = 1, .max = 1024, .help = "Size of the data key"});
    visit("EncryptionContext", encryption_context, kContextRule);
    visit("MaxAgeSeconds", max_age, {.required = true, .min = 1, .help = "How old the data key may be"});
    visit("MaxMessages", max_messages,
          {.required = true, .min = 1, .max = std::int64_t{1} << 32U, .help = "How many messages it may encrypt"});
    visit("MaxBytes", max_bytes, {.required = true, .min = 0, .max = kMost, .help = "How many bytes, of all messages"});
    visit("MessageBytes", message_bytes, {.required = true, .min = 0, .max = kMost, .help = "Size of this message"});
  }
};
struct GetCachedDataKeyResponse {
  Bytes ciphertext_blob;
  SecretBytes plaintext;
  std::string key_id;
  std::string key_material_id;
  bool cache_hit = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CiphertextBlob", ciphertext_blob, kSealedDataKeyRule);
    visit("Plaintext", plaintext, {.sensitive = true, .help = "The data key"});
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("KeyMaterialId", key_material_id, kMaterialIdRule);
    visit("CacheHit", cache_hit, {.help = "Whether it was given out before"});
  }
};
GetCachedDataKeyResponse get_cached_data_key(Call& call, const GetCachedDataKeyRequest& request);

}  // namespace kms
