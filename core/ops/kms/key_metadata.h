#pragma once
// What answers tell of a key.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/key.h"
#include "core/ops/kms/fields.h"
#include "core/ops/kms/import.h"

namespace kms {

inline constexpr Rule kOldSpecRule{.help = "Deprecated name of KeySpec"};
inline constexpr Rule kSpecRule{.help = "Kind of key material"};
inline constexpr Rule kUsageRule{.help = "What the key may do"};
inline constexpr Rule kExpirationModelRule{.help = "Whether imported material expires; of imported material alone"};
inline constexpr Rule kValidToRule{.help = "When imported material expires, if it does"};

// The algorithms of a key, those of its usage alone.
struct KeyAlgorithms {
  std::optional<std::vector<EncryptionAlgorithm>> encryption;
  std::optional<std::vector<SigningAlgorithm>> signing;
  std::optional<std::vector<KeyAgreementAlgorithm>> key_agreement;
  std::optional<std::vector<EncapsulationAlgorithm>> encapsulation;
  std::optional<std::vector<MacAlgorithm>> mac;

  template <class Visitor>
  void visit_encryption(Visitor& visit) {
    visit("EncryptionAlgorithms", encryption, {.help = "Of a key that encrypts"});
  }
  template <class Visitor>
  void visit_signing(Visitor& visit) {
    visit("SigningAlgorithms", signing, {.help = "Of a key that signs"});
  }
  template <class Visitor>
  void visit_key_agreement(Visitor& visit) {
    visit("KeyAgreementAlgorithms", key_agreement, {.help = "Of a key that derives shared secrets"});
  }
  template <class Visitor>
  void visit_encapsulation(Visitor& visit) {
    visit("EncapsulationAlgorithms", encapsulation, {.help = "Of a key that decapsulates"});
  }
};
KeyAlgorithms algorithms_of(const Key& key);

enum class MultiRegionKeyType : std::uint8_t { kPrimary, kReplica };
template <>
struct EnumNames<MultiRegionKeyType> {
  static constexpr auto kAll = std::to_array<EnumName<MultiRegionKeyType>>(
      {{MultiRegionKeyType::kPrimary, "PRIMARY"}, {MultiRegionKeyType::kReplica, "REPLICA"}});
};

struct MultiRegionKey {
  std::string arn;
  std::string region;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Arn", arn, kAnsweredKeyRule);
    visit("Region", region, {.help = "Region of the key"});
  }
};

struct MultiRegionConfiguration {
  MultiRegionKeyType multi_region_key_type = MultiRegionKeyType::kPrimary;
  MultiRegionKey primary_key;
  std::vector<MultiRegionKey> replica_keys;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("MultiRegionKeyType", multi_region_key_type, {.help = "What this key is among them"});
    visit("PrimaryKey", primary_key, {.help = "The key that leads"});
    visit("ReplicaKeys", replica_keys, {.help = "The others"});
  }
};

struct KeyMetadata {
  std::string account_id;
  std::string key_id;
  std::string arn;
  Time creation_date;
  std::string description;
  std::string key_state;  // a KeyState, or the Creating of a replica that is not there yet
  std::optional<Time> deletion_date;
  std::optional<Time> valid_to;
  std::optional<std::string> custom_key_store_id;
  KeyAlgorithms algorithms;
  std::optional<MultiRegionConfiguration> multi_region_configuration;
  std::optional<std::string> current_key_material_id;
  std::optional<std::int32_t> pending_deletion_window_in_days;
  std::optional<ExpirationModel> expiration_model;
  KeyUsage key_usage = KeyUsage::kEncryptDecrypt;
  Origin origin = Origin::kAwsKms;
  KeyManager key_manager = KeyManager::kCustomer;
  KeySpec key_spec = KeySpec::kSymmetric;
  bool enabled = false;
  bool multi_region = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AWSAccountId", account_id, {.help = "Account that owns the key"});
    visit("KeyId", key_id, {.help = "Id of the key"});
    visit("Arn", arn, kAnsweredKeyRule);
    visit("CreationDate", creation_date, {.help = "When the key was made"});
    visit("Enabled", enabled, {.help = "Whether the state is Enabled"});
    visit("Description", description, {.help = "What the key is for"});
    visit("KeyUsage", key_usage, kUsageRule);
    visit(
        "KeyState", key_state,
        {.help = "Enabled, Disabled, PendingDeletion, PendingImport, PendingReplicaDeletion, Unavailable or Creating"});
    visit("DeletionDate", deletion_date, {.help = "When the key is destroyed; while that is pending"});
    visit("ValidTo", valid_to, kValidToRule);
    visit("Origin", origin, {.help = "Where the key material comes from"});
    visit("CustomKeyStoreId", custom_key_store_id, {.help = "Of a key in a custom key store"});
    visit("ExpirationModel", expiration_model, kExpirationModelRule);
    visit("KeyManager", key_manager, {.help = "AWS for a key that kmsctl made for a service of its own"});
    KeySpec old_name = key_spec;
    visit("CustomerMasterKeySpec", old_name, kOldSpecRule);
    visit("KeySpec", key_spec, kSpecRule);
    algorithms.visit_encryption(visit);
    algorithms.visit_signing(visit);
    algorithms.visit_key_agreement(visit);
    visit("MultiRegion", multi_region, {.help = "Whether it is a multi-Region key"});
    visit("MultiRegionConfiguration", multi_region_configuration, {.help = "The keys of a multi-Region key"});
    visit("PendingDeletionWindowInDays", pending_deletion_window_in_days,
          {.help = "Of a primary key whose deletion waits for its replicas"});
    visit("MacAlgorithms", algorithms.mac, {.help = "Of an HMAC key"});
    visit("CurrentKeyMaterialId", current_key_material_id, {.help = "Of a symmetric encryption key that has material"});
    algorithms.visit_encapsulation(visit);
  }
};
KeyMetadata key_metadata(const Key& key);

// Of imported material.
ExpirationModel expiration_model_of(const std::optional<Time>& valid_to);

}  // namespace kms
