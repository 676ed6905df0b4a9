#include "core/ops/kms/rotation.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/response.h"
#include "core/service/service_events.h"
#include "core/upkeep/key_sets.h"
#include "core/upkeep/upkeep.h"

namespace kms {
namespace {

using std::chrono::hours;

// AWS sends no text for a key of another kind.
void require_rotatable(const Key& key, bool imported_too) {
  if (key.spec != KeySpec::kSymmetric) throw Error(ErrorCode::kUnsupportedOperation);
  const bool fits = key.origin == Origin::kAwsKms || (imported_too && key.origin == Origin::kExternal);
  if (!fits) throw_wrong_origin(key);
}

// Replicas follow their primary.
void require_no_replica(const Key& key) {
  if (key.multi_region()) require_primary(key);
}

const Key& rotatable_key(const Call& call) {
  const Key& key = call.key.value();
  require_rotatable(key, false);
  require_no_replica(key);
  require_state(key, kUsable);
  return key;
}

void set_rotation(const Call& call, const Key& key, const Rotation& rotation) {
  KeySet set = load_set(call.transaction, key, call.now());
  set.set_rotation(rotation);
  store_set(call.context, call.transaction, set, key.home.region, call.now());
}

RotationsListEntry rotation_entry(const Key& key, const BackingKey& material) {
  RotationsListEntry entry;
  entry.key_id = key.id.str();
  entry.key_material_id = material.id;
  entry.key_material_state = material.state;
  entry.rotation_date = material.rotation_date;
  entry.rotation_type = material.rotation_type;
  if (key.origin != Origin::kExternal) return entry;
  entry.import_state = material.present ? ImportState::kImported : ImportState::kPending;
  entry.key_material_description = unless_empty(material.description);
  if (!material.present) return entry;
  entry.expiration_model = expiration_model_of(material.valid_to);
  entry.valid_to = material.valid_to;
  return entry;
}

}  // namespace

// Called again, it changes the period and starts it anew.
EmptyResponse enable_key_rotation(Call& call, const EnableKeyRotationRequest& request) {
  const Key& key = rotatable_key(call);
  Rotation rotation = key.rotation;
  rotation.enabled = true;
  rotation.period_days = request.period();
  rotation.next = call.now() + hours(24) * rotation.period_days;
  set_rotation(call, key, rotation);
  return {};
}

EmptyResponse disable_key_rotation(Call& call, const KeyRequest& /*request*/) {
  const Key& key = rotatable_key(call);
  Rotation rotation = key.rotation;
  rotation.enabled = false;
  set_rotation(call, key, rotation);
  return {};
}

// While the deletion is pending the answer is no, and what was set comes back when it is cancelled.
GetKeyRotationStatusResponse get_key_rotation_status(Call& call, const KeyRequest& /*request*/) {
  const Key& key = call.key.value();
  require_rotatable(key, /*imported_too=*/true);
  const bool enabled = key.rotation.enabled && !kPendingDeletionOnly.contains(key.state);
  if (!enabled) return {false, key.arn(), {}, {}};
  return {true, key.arn(), key.rotation.period_days, key.rotation.next};
}

KeyArnResponse rotate_key_on_demand(Call& call, const KeyRequest& /*request*/) {
  const Key& key = call.key.value();
  require_rotatable(key, /*imported_too=*/true);
  require_no_replica(key);
  require_state(key, kEnabledOnly);
  if (key.rotation.on_demand_count >= Rotation::kMostOnDemand) {
    throw Error(ErrorCode::kLimitExceeded, cat("The on-demand rotations limit has been reached for the given keyId. No "
                                               "more on-demand rotations can be performed for this key: ",
                                               key.arn()));
  }
  // A rotation by schedule that is as good as begun comes first.
  if (key.rotation.enabled && key.rotation.next - call.now() < std::chrono::minutes(20)) {
    throw Error(ErrorCode::kConflict, cat("An automatic rotation of ", key.arn(), " is about to begin."));
  }
  KeySet set = load_set(call.transaction, key, call.now());
  if (key.origin == Origin::kExternal) {
    set.rotate_to_pending(RotationType::kOnDemand);
  } else {
    rotate_to_new(call.transaction, set, call.context.random, RotationType::kOnDemand);
  }
  Rotation rotation = key.rotation;
  ++rotation.on_demand_count;
  set.set_rotation(rotation);
  store_set(call.context, call.transaction, set, key.home.region, call.now());
  append_service_event(call.context, call.transaction, key, VaultEvent::kRotateKey, call.now(),
                       {{"rotationType", "ON_DEMAND"},
                        {"keyOrigin", to_text(key.origin)},
                        {"previousKeyMaterialId", key.material_id()},
                        {"currentKeyMaterialId", set.leader().material_id()},
                        {"keyId", key.id.str()}});
  return {key.arn()};
}

ListKeyRotationsResponse list_key_rotations(Call& call, const ListKeyRotationsRequest& request) {
  const Key& key = call.key.value();
  if (key.spec != KeySpec::kSymmetric) throw Error(ErrorCode::kUnsupportedOperation);
  EntryPage<RotationsListEntry> page(call, request.limit, 1000);
  auto next = key.materials.begin();
  if (const std::string last = page.after(request.marker); !last.empty()) {
    next = std::find_if(key.materials.begin(), key.materials.end(),
                        [&](const BackingKey& each) { return each.id == last; });
    if (next == key.materials.end()) throw_invalid_marker("ListKeyRotations");
    ++next;
  }
  const bool all = request.include_key_material == IncludeKeyMaterial::kAll;
  for (; next != key.materials.end(); ++next) {
    if (!all && !next->rotation_date) continue;
    if (!page.add(rotation_entry(key, *next), next->id)) break;
  }
  return page.answer<ListKeyRotationsResponse>();
}

}  // namespace kms
