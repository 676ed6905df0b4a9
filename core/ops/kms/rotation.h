#pragma once
// Rotation: by schedule, on demand, and the history of a key's material.
#include <optional>
#include <string>
#include <string_view>

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
Json enable_key_rotation(Call& call, const EnableKeyRotationRequest& request);
Json disable_key_rotation(Call& call, const KeyRequest& request);
Json get_key_rotation_status(Call& call, const KeyRequest& request);
Json rotate_key_on_demand(Call& call, const KeyRequest& request);

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
Json list_key_rotations(Call& call, const ListKeyRotationsRequest& request);

}  // namespace kms
