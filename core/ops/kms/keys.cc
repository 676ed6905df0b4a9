#include "core/ops/kms/keys.h"

#include <nlohmann/json.hpp>
#include <span>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/keys/material.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/key_use.h"
#include "core/service/orphaned_material.h"

namespace kms {
namespace {

template <class E>
Json names_of(std::span<const E> values) {
  Json names = Json::array();
  for (const E value : values) names.push_back(to_text(value));
  return names;
}

// The algorithms of the key's usage; other lists are left out.
void add_algorithms(Json& out, const Key& key) {
  if (const auto list = encryption_algorithms(key.spec, key.usage); !list.empty()) {
    out["EncryptionAlgorithms"] = names_of(list);
  }
  if (const auto list = signing_algorithms(key.spec, key.usage); !list.empty()) {
    out["SigningAlgorithms"] = names_of(list);
  }
}

Json multi_region_configuration(const Key& key) {
  const auto entry = [&](const std::string& region) { return Json{{"Arn", key.arn_in(region)}, {"Region", region}}; };
  Json replicas = Json::array();
  for (const std::string& region : key.regions) {
    if (region != key.primary_region) replicas.push_back(entry(region));
  }
  return {{"MultiRegionKeyType", key.is_primary() ? "PRIMARY" : "REPLICA"},
          {"PrimaryKey", entry(key.primary_region)},
          {"ReplicaKeys", std::move(replicas)}};
}

// What is there only while it applies: a deletion that is pending, material that is imported.
void add_lifecycle(Json& out, const Key& key) {
  if (key.deletion_date) out["DeletionDate"] = epoch_seconds(*key.deletion_date);
  if (key.state == KeyState::kPendingReplicaDeletion) out["PendingDeletionWindowInDays"] = key.deletion_window_days;
  if (key.origin != Origin::kExternal) return;
  bool imported = false;
  for (const BackingKey& each : key.materials) imported = imported || each.present;
  if (!imported) return;
  const auto valid_to = key.valid_to();
  out["ExpirationModel"] = valid_to ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE";
  if (valid_to) out["ValidTo"] = epoch_seconds(*valid_to);
}

// The same key in each run of the call: a custom key store may know its name already.
Key new_key(const Call& call, const CreateKeyRequest& request) {
  const KeyId id =
      call.outside.once<KeyId>("key id", [&] { return KeyId::generate(call.context.random, request.multi_region); });
  Key key{call.caller.home, id};
  key.spec = request.spec();
  key.usage = request.usage();
  key.origin = request.origin;
  key.description = request.description;
  key.creation_date = call.now();
  key.tags = as_tags(request.tags);
  key.custom_key_store_id = request.custom_key_store_id;
  if (request.multi_region) {
    key.primary_region = key.home.region;
    key.regions = {key.home.region};
  }
  return key;
}

void require_store_for(const Call& call, const CreateKeyRequest& request) {
  const KeyStore store = require_connected(call, request.custom_key_store_id);
  const bool is_hsm = store.type == CustomKeyStoreType::kCloudHsm;
  if (is_hsm == (request.origin == Origin::kCloudHsm)) return;
  throw Error(ErrorCode::kValidation, cat("Custom key store ", store.id, " is of the type ", to_text(store.type),
                                          ", which Origin ", to_text(request.origin), " does not go with."));
}

void set_state(Call& call, KeyState state) {
  Key key = call.key.value();
  key.state = state;
  put_key(call.transaction, key);
}

}  // namespace

Json key_metadata(const Key& key) {
  Json out{{"AWSAccountId", key.home.account},
           {"KeyId", key.id.str()},
           {"Arn", key.arn()},
           {"CreationDate", epoch_seconds(key.creation_date)},
           {"Enabled", key.state == KeyState::kEnabled},
           {"Description", key.description},
           {"KeyUsage", to_text(key.usage)},
           {"KeyState", to_text(key.state)},
           {"Origin", to_text(key.origin)},
           {"KeyManager", to_text(key.manager)},
           {"CustomerMasterKeySpec", to_text(key.spec)},
           {"KeySpec", to_text(key.spec)},
           {"MultiRegion", key.multi_region()}};
  add_algorithms(out, key);
  add_lifecycle(out, key);
  if (const auto algorithm = mac_algorithm(key.spec)) out["MacAlgorithms"] = Json::array({to_text(*algorithm)});
  if (key.usage == KeyUsage::kKeyAgreement) out["KeyAgreementAlgorithms"] = Json::array({"ECDH"});
  if (key.usage == KeyUsage::kEncapsulateDecapsulate) out["EncapsulationAlgorithms"] = Json::array({"ML_KEM"});
  if (key.spec == KeySpec::kSymmetric && !key.material_id().empty()) out["CurrentKeyMaterialId"] = key.material_id();
  if (!key.custom_key_store_id.empty()) out["CustomKeyStoreId"] = key.custom_key_store_id;
  if (key.multi_region()) out["MultiRegionConfiguration"] = multi_region_configuration(key);
  return out;
}

KeySpec CreateKeyRequest::spec() const {
  if (key_spec) return *key_spec;
  return customer_master_key_spec ? as_key_spec(*customer_master_key_spec) : KeySpec::kSymmetric;
}

void CreateKeyRequest::add_conditions(ConditionFiller& filler) const {
  filler.set("kms:KeySpec", std::string(to_text(spec())));
  filler.set("kms:KeyUsage", std::string(to_text(usage())));
  if (multi_region) filler.set("kms:MultiRegionKeyType", "PRIMARY");
  for (const Tag& tag : tags) filler.set(cat("aws:ResourceTag/", tag.key), tag.value);
}

std::vector<FurtherQuestion> CreateKeyRequest::further_questions(const Call& call) const {
  return tagging(call, tags, call.caller.home.region);
}

void CreateKeyRequest::check() const {
  if (key_spec && customer_master_key_spec && *key_spec != as_key_spec(*customer_master_key_spec)) {
    throw Error(ErrorCode::kValidation, "You cannot specify KeySpec and CustomerMasterKeySpec in the same request.");
  }
  if (!key_usage && spec() != KeySpec::kSymmetric) {
    throw Error(ErrorCode::kValidation,
                "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
  }
  if (!is_valid_usage(spec(), usage())) {
    throw Error(ErrorCode::kValidation,
                cat("KeyUsage ", to_text(usage()), " is not compatible with KeySpec ", to_text(spec())));
  }
  check_key_store();
  check_tags(tags);
}

void CreateKeyRequest::check_key_store() const {
  const bool in_store = origin == Origin::kCloudHsm || origin == Origin::kExternalKeyStore;
  if (in_store != !custom_key_store_id.empty()) {
    throw Error(ErrorCode::kValidation,
                "CustomKeyStoreId goes with Origin AWS_CLOUDHSM or EXTERNAL_KEY_STORE, and with no other.");
  }
  if ((origin == Origin::kExternalKeyStore) != !xks_key_id.empty()) {
    throw Error(ErrorCode::kValidation, "XksKeyId goes with Origin EXTERNAL_KEY_STORE, and with no other.");
  }
  if (in_store && (spec() != KeySpec::kSymmetric || multi_region)) {
    throw Error(ErrorCode::kUnsupportedOperation,
                "Keys in a custom key store are symmetric encryption keys in a single Region.");
  }
}

Json create_key(Call& call, const CreateKeyRequest& request) {
  if (!request.custom_key_store_id.empty()) require_store_for(call, request);
  Key key = new_key(call, request);
  std::optional<StoredPolicy> policy;
  if (!request.policy.empty()) {
    policy = check_policy(call, key, request.policy, request.bypass_policy_lockout_safety_check.value_or(false));
  }
  if (key.origin == Origin::kExternal) {
    require_available(key.spec);
    key.state = KeyState::kPendingImport;
  } else {
    const auto made = make_for(call, key);
    if (!made) return {};
    key.materials.push_back({made->id});
    key.public_key = made->public_key;
    keep(call, key, *made);
  }
  put_key(call.transaction, key);
  if (policy) put_policy(call.transaction, key, *policy);
  call.event.resources.push_back(key.arn());
  *call.event.response_elements = {{"keyMetadata", {{"keyId", key.id.str()}, {"arn", key.arn()}}}};
  return {{"KeyMetadata", key_metadata(key)}};
}

Json describe_key(Call& call, const DescribeKeyRequest& /*request*/) {
  Key key = call.key.value();
  std::erase_if(key.regions, [&](const std::string& region) {
    const auto member = find_key(call.transaction, {key.home.account, region}, key.id);
    return member && member->is_gone(call.now());
  });
  return {{"KeyMetadata", key_metadata(key)}};
}

ListKeysResponse list_keys(Call& call, const ListKeysRequest& request) {
  EntryPage<KeyListEntry> page(call, request.limit, 1000);
  scan_keys(call.transaction, call.caller.home, page.after(request.marker), [&](const Key& key) {
    return key.is_gone(call.now()) || page.add({key.id.str(), key.arn()}, key.id.str());
  });
  return page.answer<ListKeysResponse>();
}

// Both are idempotent, as they are on AWS.
Json enable_key(Call& call, const KeyRequest& /*request*/) {
  set_state(call, KeyState::kEnabled);
  return Json::object();
}

Json disable_key(Call& call, const KeyRequest& /*request*/) {
  set_state(call, KeyState::kDisabled);
  return Json::object();
}

Json update_key_description(Call& call, const UpdateKeyDescriptionRequest& request) {
  Key key = call.key.value();
  key.description = request.description;
  put_key(call.transaction, key);
  return Json::object();
}

Json get_public_key(Call& call, const GetPublicKeyRequest& /*request*/) {
  const Key& key = call.key.value();
  if (!key_type(key.spec)) {
    throw Error(ErrorCode::kUnsupportedOperation,
                cat(key.arn(), " key spec is ", to_text(key.spec), " which has no public key."));
  }
  Json answer{{"KeyId", key.arn()},
              {"PublicKey", blob(key.public_key)},
              {"CustomerMasterKeySpec", to_text(key.spec)},
              {"KeySpec", to_text(key.spec)},
              {"KeyUsage", to_text(key.usage)}};
  add_algorithms(answer, key);
  if (key.usage == KeyUsage::kKeyAgreement) answer["KeyAgreementAlgorithms"] = Json::array({"ECDH"});
  if (key.usage == KeyUsage::kEncapsulateDecapsulate) answer["EncapsulationAlgorithms"] = Json::array({"ML_KEM"});
  return answer;
}

}  // namespace kms
