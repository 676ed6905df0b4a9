#pragma once
// What is known of one version of a key's material. The material itself is a secret of the store.
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/enum_names.h"

namespace kms {

// As ListKeyRotations names them, in the order of the API model.
enum class MaterialState : std::uint8_t { kCurrent, kNonCurrent, kPendingReplicaImport, kPendingRotation };

template <>
struct EnumNames<MaterialState> {
  static constexpr auto kAll = std::to_array<EnumName<MaterialState>>(
      {{MaterialState::kCurrent, "CURRENT"},
       {MaterialState::kNonCurrent, "NON_CURRENT"},
       {MaterialState::kPendingReplicaImport, "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"},
       {MaterialState::kPendingRotation, "PENDING_ROTATION"}});
};

enum class RotationType : std::uint8_t { kAutomatic, kOnDemand };

template <>
struct EnumNames<RotationType> {
  static constexpr auto kAll = std::to_array<EnumName<RotationType>>(
      {{RotationType::kAutomatic, "AUTOMATIC"}, {RotationType::kOnDemand, "ON_DEMAND"}});
};

// The first sight of what is to be destroyed because its date has passed: a key whose deletion is due, or material that
// has expired. It is destroyed at a later sight, when a day has passed by a clock that nobody can set: one wrong date
// destroys nothing.
struct DueSight {
  Time when;
  std::chrono::milliseconds since_boot;
  std::string boot_id;
  bool operator==(const DueSight&) const = default;
};

// Of material past its end of validity: it counts as absent, and comes back if the date turns out not to have passed.
struct Expiry {
  Time valid_to;
  bool was_disabled = false;  // the key, when it lost the material
  DueSight sight;
  bool operator==(const Expiry&) const = default;
};

struct BackingKey {
  std::string id;  // 64 hex digits
  MaterialState state = MaterialState::kCurrent;
  // Of the time when it became current; the first one has none.
  std::optional<Time> rotation_date = std::nullopt;
  std::optional<RotationType> rotation_type = std::nullopt;
  // Of imported material. `present` is false after it was deleted or expired. `expired` is there while the secret of
  // expired material is.
  bool present = true;
  std::optional<Time> valid_to = std::nullopt;
  std::optional<Expiry> expired = std::nullopt;
  std::string description = {};

  bool pending() const {
    return state == MaterialState::kPendingRotation || state == MaterialState::kPendingReplicaImport;
  }
  bool operator==(const BackingKey&) const = default;
};

// The rotation settings of a key.
struct Rotation {
  static constexpr std::int32_t kDefaultPeriod = 365;
  static constexpr std::int32_t kMostOnDemand = 25;  // for the life of a key

  bool enabled = false;
  std::int32_t period_days = kDefaultPeriod;
  Time next = {};  // while it is enabled
  std::int32_t on_demand_count = 0;
  bool operator==(const Rotation&) const = default;
};

}  // namespace kms
