#pragma once
// What AWS KMS offers to policies: its actions, and the condition keys of each (AWS service authorization reference for
// KMS, of November 2026), with the global keys that exist here.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kms::policy {

enum class KeyType : std::uint8_t { kString, kArn, kBool, kNumeric, kDate, kIp, kArray };

struct ConditionKey {
  std::string_view name;  // in lower case; ends in / or : when a name follows
  KeyType type;
  std::string_view actions;  // without kms:, separated by spaces; empty: every action
};

std::span<const std::string_view> kms_actions();  // "kms:Encrypt", in alphabetical order

// Nothing when there is no such key. Letter case does not matter.
std::optional<ConditionKey> find_condition_key(std::string_view name);

// Whether one of the actions that `pattern` stands for has the key.
bool occurs(const ConditionKey& key, std::string_view action);

}  // namespace kms::policy
