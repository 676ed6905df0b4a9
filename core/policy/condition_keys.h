#pragma once
// The condition keys of AWS KMS (AWS service authorization reference for KMS, of November 2026), and the global keys
// that exist here. Which action has which is for the table of operations to say (action.h).
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/policy/action.h"

namespace kms::policy {

enum class KeyType : std::uint8_t { kString, kArn, kBool, kNumeric, kDate, kIp, kArray };

struct ConditionKey {
  std::string_view name;  // in lower case; ends in / or : when a name follows
  KeyType type;
  bool everywhere;  // every request may have it; else those that say so
};

// Nothing when there is no such key. Letter case does not matter.
std::optional<ConditionKey> find_condition_key(std::string_view name);

// Whether one of the `actions` that `pattern` stands for has the key.
bool occurs(const ConditionKey& key, std::string_view pattern, std::span<const Action> actions);

}  // namespace kms::policy
