#pragma once
// All keys of a Region with what people look for in a list of them: the action is kms:ListKeys.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/key_metadata.h"
#include "core/ops/kms/usage.h"

namespace kms {

struct ListKeyDetailsRequest {
  std::int32_t limit = 100;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
  }
};

// When a key rotates by itself. Neither member where it does not.
struct RotationSchedule {
  std::optional<std::int32_t> rotation_period_in_days;
  std::optional<Time> next_rotation_date;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("RotationPeriodInDays", rotation_period_in_days, {.help = "Days between rotations, if it rotates"});
    visit("NextRotationDate", next_rotation_date, {.help = "When it rotates next, if it does"});
  }
};

// Whoever may list keys knows that this one is there; what more there is to say follows from what the caller may ask
// about it.
struct KeyDetails {
  std::string key_id;
  std::string key_arn;
  std::optional<std::vector<std::string>> alias_names;
  std::optional<KeyMetadata> key_metadata;
  std::optional<RotationSchedule> rotation;
  std::optional<KeyLastUsage> key_last_usage;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, {.help = "Id of the key"});
    visit("KeyArn", key_arn, kAnsweredKeyRule);
    visit("AliasNames", alias_names, {.help = "Its aliases, sorted; absent where you may not kms:ListAliases"});
    visit("KeyMetadata", key_metadata, {.help = "As DescribeKey; absent where you may not kms:DescribeKey"});
    visit("Rotation", rotation, {.help = "Absent where you may not kms:GetKeyRotationStatus"});
    visit("KeyLastUsage", key_last_usage,
          {.help = "Empty when the key was never used; absent where you may not kms:GetKeyLastUsage"});
  }
};

struct ListKeyDetailsResponse {
  std::vector<KeyDetails> keys;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Keys", keys, {.help = "The keys"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListKeyDetailsResponse list_key_details(Call& call, const ListKeyDetailsRequest& request);

}  // namespace kms
