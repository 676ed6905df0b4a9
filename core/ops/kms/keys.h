#pragma once
// Creating, showing and listing keys, and switching them on and off.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/key_metadata.h"
#include "core/ops/kms/policies.h"
#include "core/ops/kms/tags.h"

namespace kms {

struct CreateKeyRequest {
  std::string policy;
  std::string description;
  std::optional<KeyUsage> key_usage;
  std::optional<OldKeySpec> customer_master_key_spec;
  std::optional<KeySpec> key_spec;
  Origin origin = Origin::kAwsKms;
  std::string custom_key_store_id;
  std::optional<bool> bypass_policy_lockout_safety_check;
  std::vector<Tag> tags;
  bool multi_region = false;
  std::string xks_key_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Policy", policy, kPolicyRule);
    visit("Description", description, {.max = 8192, .help = "What the key is for"});
    visit("KeyUsage", key_usage, {.help = "What the key may do; needed for all but symmetric encryption keys"});
    visit("CustomerMasterKeySpec", customer_master_key_spec, {.help = "Deprecated name of --key-spec"});
    visit("KeySpec", key_spec, {.help = "Kind of key material; SYMMETRIC_DEFAULT when left out"});
    visit("Origin", origin, {.help = "Where the key material comes from", .condition = value_of("kms:KeyOrigin")});
    visit("CustomKeyStoreId", custom_key_store_id, {.min = 1, .max = 64, .help = "Of a custom key store"});
    visit("BypassPolicyLockoutSafetyCheck", bypass_policy_lockout_safety_check,
          {.help = "Accept a policy that locks its author out", .condition = kBypassCondition});
    visit("Tags", tags, {.help = "Tags to give the key", .condition = kTagsCondition});
    visit("MultiRegion", multi_region,
          {.help = "Make the primary key of a multi-Region key", .condition = value_of("kms:MultiRegion")});
    visit("XksKeyId", xks_key_id,
          {.min = 1, .max = 128, .pattern = &kXksKeyIdPattern, .help = "Of a key in an external key store"});
  }
  void check() const;
  void check_key_store() const;
  void add_conditions(ConditionFiller& filler) const;
  std::vector<FurtherQuestion> further_questions(const Call& call) const;
  KeySpec spec() const;
  KeyUsage usage() const { return key_usage.value_or(KeyUsage::kEncryptDecrypt); }
};
// CreateKey and DescribeKey.
struct KeyResponse {
  KeyMetadata key_metadata;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyMetadata", key_metadata, {.help = "What the key is"});
  }
};
KeyResponse create_key(Call& call, const CreateKeyRequest& request);

struct DescribeKeyRequest {
  std::string key_id;
  std::vector<std::string> grant_tokens;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit_grant_tokens(visit, grant_tokens);
  }
  std::string_view key_reference() const { return key_id; }
};
KeyResponse describe_key(Call& call, const DescribeKeyRequest& request);
// What DescribeKey answers: of the keys of a set, those that are there.
KeyMetadata shown_metadata(const Call& call, Key key);

struct ListKeysRequest {
  std::int32_t limit = 100;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
  }
};
struct KeyListEntry {
  std::string key_id;
  std::string key_arn;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, {.help = "Id of the key"});
    visit("KeyArn", key_arn, kAnsweredKeyRule);
  }
};
struct ListKeysResponse {
  std::vector<KeyListEntry> keys;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Keys", keys, {.help = "The keys"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListKeysResponse list_keys(Call& call, const ListKeysRequest& request);

// EnableKey and DisableKey.
struct KeyRequest {
  std::string key_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
  }
  std::string_view key_reference() const { return key_id; }
};
// Of operations that answer no more than which key it was.
struct KeyArnResponse {
  std::string key_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
  }
};
EmptyResponse enable_key(Call& call, const KeyRequest& request);
EmptyResponse disable_key(Call& call, const KeyRequest& request);

struct UpdateKeyDescriptionRequest {
  std::string key_id;
  std::string description;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("Description", description, {.required = true, .max = 8192, .help = "What the key is for"});
  }
  std::string_view key_reference() const { return key_id; }
};
EmptyResponse update_key_description(Call& call, const UpdateKeyDescriptionRequest& request);

struct GetPublicKeyRequest {
  std::string key_id;
  std::vector<std::string> grant_tokens;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit_grant_tokens(visit, grant_tokens);
  }
  std::string_view key_reference() const { return key_id; }
};
struct GetPublicKeyResponse {
  std::string key_id;
  Bytes public_key;
  KeySpec key_spec = KeySpec::kSymmetric;
  KeyUsage key_usage = KeyUsage::kEncryptDecrypt;
  KeyAlgorithms algorithms;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("PublicKey", public_key, {.help = "SubjectPublicKeyInfo in DER"});
    KeySpec old_name = key_spec;
    visit("CustomerMasterKeySpec", old_name, kOldSpecRule);
    visit("KeySpec", key_spec, kSpecRule);
    visit("KeyUsage", key_usage, kUsageRule);
    algorithms.visit_encryption(visit);
    algorithms.visit_signing(visit);
    algorithms.visit_key_agreement(visit);
    algorithms.visit_encapsulation(visit);
  }
};
GetPublicKeyResponse get_public_key(Call& call, const GetPublicKeyRequest& request);

}  // namespace kms
