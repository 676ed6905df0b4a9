#pragma once
// Rotation: by schedule, on demand, and the history of a key's material.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/keys.h"

namespace kms {

struct EnableKeyRotationRequest {
  std::string key_id;
  std::optional<std::int32_t> rotation_period_in_days;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("RotationPeriodInDays", rotation_period_in_days,
          {.min = 90, .max = 2560, .help = "Days between rotations; 365 when left out"});
  }
  std::string_view key_reference() const { return key_id; }
  std::int32_t period() const { return rotation_period_in_days.value_or(Rotation::kDefaultPeriod); }
  void add_conditions(ConditionFiller& filler) const {
    filler.set("kms:RotationPeriodInDays", std::to_string(period()));
  }
};
EmptyResponse enable_key_rotation(Call& call, const EnableKeyRotationRequest& request);
EmptyResponse disable_key_rotation(Call& call, const KeyRequest& request);
struct GetKeyRotationStatusResponse {
  bool key_rotation_enabled = false;
  std::string key_id;
  std::optional<std::int32_t> rotation_period_in_days;
  std::optional<Time> next_rotation_date;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyRotationEnabled", key_rotation_enabled, {.help = "Whether the key rotates by schedule"});
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("RotationPeriodInDays", rotation_period_in_days, {.help = "Days between rotations, if it does"});
    visit("NextRotationDate", next_rotation_date, {.help = "When it rotates next, if it does"});
  }
};
GetKeyRotationStatusResponse get_key_rotation_status(Call& call, const KeyRequest& request);
KeyArnResponse rotate_key_on_demand(Call& call, const KeyRequest& request);

enum class IncludeKeyMaterial : std::uint8_t { kAll, kRotationsOnly };
template <>
struct EnumNames<IncludeKeyMaterial> {
  static constexpr auto kAll = std::to_array<EnumName<IncludeKeyMaterial>>(
      {{IncludeKeyMaterial::kAll, "ALL_KEY_MATERIAL"}, {IncludeKeyMaterial::kRotationsOnly, "ROTATIONS_ONLY"}});
};

struct ListKeyRotationsRequest {
  std::string key_id;
  IncludeKeyMaterial include_key_material = IncludeKeyMaterial::kRotationsOnly;
  std::int32_t limit = 100;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("IncludeKeyMaterial", include_key_material,
          {.help = "ALL_KEY_MATERIAL shows the first material and what waits as well"});
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
  }
  std::string_view key_reference() const { return key_id; }
};
enum class ImportState : std::uint8_t { kImported, kPending };
template <>
struct EnumNames<ImportState> {
  static constexpr auto kAll = std::to_array<EnumName<ImportState>>(
      {{ImportState::kImported, "IMPORTED"}, {ImportState::kPending, "PENDING_IMPORT"}});
};

struct RotationsListEntry {
  std::string key_id;
  std::string key_material_id;
  std::optional<std::string> key_material_description;
  std::optional<ImportState> import_state;
  MaterialState key_material_state = MaterialState::kCurrent;
  std::optional<ExpirationModel> expiration_model;
  std::optional<Time> valid_to;
  std::optional<Time> rotation_date;
  std::optional<RotationType> rotation_type;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, {.help = "Id of the key"});
    visit("KeyMaterialId", key_material_id, {.help = "Of the key material"});
    visit("KeyMaterialDescription", key_material_description, {.help = "What its importer said of it, if anything"});
    visit("ImportState", import_state, {.help = "Whether the vault has it; of imported material alone"});
    visit("KeyMaterialState", key_material_state, {.help = "Whether it encrypts, only decrypts, or waits"});
    visit("ExpirationModel", expiration_model, kExpirationModelRule);
    visit("ValidTo", valid_to, kValidToRule);
    visit("RotationDate", rotation_date, {.help = "When it became current; absent for the first material"});
    visit("RotationType", rotation_type, {.help = "Why it became current; absent for the first material"});
  }
};
struct ListKeyRotationsResponse {
  std::vector<RotationsListEntry> rotations;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Rotations", rotations, {.help = "The key material, oldest first"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListKeyRotationsResponse list_key_rotations(Call& call, const ListKeyRotationsRequest& request);

}  // namespace kms
