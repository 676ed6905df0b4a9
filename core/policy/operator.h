#pragma once
// Condition operators (IAM user guide, "IAM JSON policy elements: Condition operators").
#include <optional>
#include <string_view>

namespace kms::policy {

enum class Comparison {
  kStringEquals,
  kStringEqualsIgnoreCase,
  kStringLike,
  kNumericEquals,
  kNumericLess,
  kNumericLessEquals,
  kNumericGreater,
  kNumericGreaterEquals,
  kDateEquals,
  kDateLess,
  kDateLessEquals,
  kDateGreater,
  kDateGreaterEquals,
  kBool,
  kBinaryEquals,
  kIpAddress,
  kArnLike,
  kNull,
};

enum class SetQualifier { kNone, kForAllValues, kForAnyValue };

struct Operator {
  Comparison comparison = Comparison::kStringEquals;
  bool negated = false;
  bool if_exists = false;
  SetQualifier set = SetQualifier::kNone;
};

// Nothing when there is no such operator. Names are case-sensitive, as AWS has them.
std::optional<Operator> parse_operator(std::string_view text);

}  // namespace kms::policy
