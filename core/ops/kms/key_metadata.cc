#include "core/ops/kms/key_metadata.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace kms {
namespace {

template <class E>
std::optional<std::vector<E>> list_of(std::span<const E> values) {
  if (values.empty()) return std::nullopt;
  std::optional<std::vector<E>> list(std::in_place);
  list->assign(values.begin(), values.end());
  return list;
}

MultiRegionConfiguration multi_region_configuration(const Key& key) {
  const auto entry = [&](const std::string& region) { return MultiRegionKey{key.arn_in(region), region}; };
  MultiRegionConfiguration configuration{
      key.is_primary() ? MultiRegionKeyType::kPrimary : MultiRegionKeyType::kReplica, entry(key.primary_region), {}};
  for (const std::string& region : key.regions) {
    if (region != key.primary_region) configuration.replica_keys.push_back(entry(region));
  }
  return configuration;
}

// What is there only while it applies: a deletion that is pending, material that is imported.
void add_lifecycle(KeyMetadata& out, const Key& key) {
  out.deletion_date = key.deletion_date;
  if (key.state == KeyState::kPendingReplicaDeletion) out.pending_deletion_window_in_days = key.deletion_window_days;
  const bool imported =
      key.origin == Origin::kExternal &&
      std::any_of(key.materials.begin(), key.materials.end(), [](const BackingKey& each) { return each.present; });
  if (!imported) return;
  out.valid_to = key.valid_to();
  out.expiration_model = expiration_model_of(out.valid_to);
}

}  // namespace

KeyAlgorithms algorithms_of(const Key& key) {
  KeyAlgorithms out;
  out.encryption = list_of(encryption_algorithms(key.spec, key.usage));
  out.signing = list_of(signing_algorithms(key.spec, key.usage));
  if (key.usage == KeyUsage::kKeyAgreement) out.key_agreement.emplace({KeyAgreementAlgorithm::kEcdh});
  if (key.usage == KeyUsage::kEncapsulateDecapsulate) out.encapsulation.emplace({EncapsulationAlgorithm::kMlKem});
  if (const auto algorithm = mac_algorithm(key.spec)) out.mac.emplace({*algorithm});
  return out;
}

ExpirationModel expiration_model_of(const std::optional<Time>& valid_to) {
  return valid_to ? ExpirationModel::kExpires : ExpirationModel::kDoesNotExpire;
}

KeyMetadata key_metadata(const Key& key) {
  KeyMetadata out;
  out.account_id = key.home.account;
  out.key_id = key.id.str();
  out.arn = key.arn();
  out.creation_date = key.creation_date;
  out.enabled = key.state == KeyState::kEnabled;
  out.description = key.description;
  out.key_usage = key.usage;
  out.key_state = to_text(key.state);
  out.origin = key.origin;
  out.custom_key_store_id = unless_empty(key.custom_key_store_id);
  out.key_manager = key.manager;
  out.key_spec = key.spec;
  out.algorithms = algorithms_of(key);
  out.multi_region = key.multi_region();
  if (key.multi_region()) out.multi_region_configuration = multi_region_configuration(key);
  if (key.spec == KeySpec::kSymmetric) out.current_key_material_id = unless_empty(key.material_id());
  add_lifecycle(out, key);
  return out;
}

}  // namespace kms
