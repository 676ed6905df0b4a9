#include "core/ops/kms/keys.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/keys/material.h"
#include "core/ops/kms/strangers.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/key_use.h"
#include "core/service/orphaned_material.h"
#include "core/service/response.h"

namespace kms {
namespace {

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

KeyResponse create_key(Call& call, const CreateKeyRequest& request) {
  if (!request.custom_key_store_id.empty()) require_store_for(call, request);
  Key key = new_key(call, request);
  std::optional<CheckedPolicy> policy;
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
  if (policy) {
    put_policy(call.transaction, key, policy->stored);
    tell_newly_allowed(call.event, nullptr, policy->document, key.home.account);
  }
  call.event.resources.push_back(key.arn());
  *call.event.response_elements = {{"keyMetadata", {{"keyId", key.id.str()}, {"arn", key.arn()}}}};
  return {key_metadata(key)};
}

KeyMetadata shown_metadata(const Call& call, Key key) {
  std::erase_if(key.regions, [&](const std::string& region) {
    const auto member = find_key(call.transaction, {key.home.account, region}, key.id);
    return member && member->is_gone(call.now());
  });
  return key_metadata(key);
}

KeyResponse describe_key(Call& call, const DescribeKeyRequest& /*request*/) {
  return {shown_metadata(call, call.key.value())};
}

ListKeysResponse list_keys(Call& call, const ListKeysRequest& request) {
  EntryPage<KeyListEntry> page(call, request.limit, 1000);
  scan_keys(call.transaction, call.caller.home, page.after(request.marker), [&](const Key& key) {
    return key.is_gone(call.now()) || page.add({key.id.str(), key.arn()}, key.id.str());
  });
  return page.answer<ListKeysResponse>();
}

// Both are idempotent, as they are on AWS.
EmptyResponse enable_key(Call& call, const KeyRequest& /*request*/) {
  set_state(call, KeyState::kEnabled);
  return {};
}

EmptyResponse disable_key(Call& call, const KeyRequest& /*request*/) {
  set_state(call, KeyState::kDisabled);
  return {};
}

EmptyResponse update_key_description(Call& call, const UpdateKeyDescriptionRequest& request) {
  Key key = call.key.value();
  key.description = request.description;
  put_key(call.transaction, key);
  return {};
}

GetPublicKeyResponse get_public_key(Call& call, const GetPublicKeyRequest& /*request*/) {
  const Key& key = call.key.value();
  if (!key_type(key.spec)) {
    throw Error(ErrorCode::kUnsupportedOperation,
                cat(key.arn(), " key spec is ", to_text(key.spec), " which has no public key."));
  }
  return {key.arn(), key.public_key, key.spec, key.usage, algorithms_of(key)};
}

}  // namespace kms
