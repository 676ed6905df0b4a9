#include "core/policy/operator.h"

#include <array>

namespace kms::policy {
namespace {

struct Row {
  std::string_view name;
  Comparison comparison;
  bool negated;
};

constexpr auto kRows = std::to_array<Row>({
    {"StringEquals", Comparison::kStringEquals, false},
    {"StringNotEquals", Comparison::kStringEquals, true},
    {"StringEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase, false},
    {"StringNotEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase, true},
    {"StringLike", Comparison::kStringLike, false},
    {"StringNotLike", Comparison::kStringLike, true},
    {"NumericEquals", Comparison::kNumericEquals, false},
    {"NumericNotEquals", Comparison::kNumericEquals, true},
    {"NumericLessThan", Comparison::kNumericLess, false},
    {"NumericLessThanEquals", Comparison::kNumericLessEquals, false},
    {"NumericGreaterThan", Comparison::kNumericGreater, false},
    {"NumericGreaterThanEquals", Comparison::kNumericGreaterEquals, false},
    {"DateEquals", Comparison::kDateEquals, false},
    {"DateNotEquals", Comparison::kDateEquals, true},
    {"DateLessThan", Comparison::kDateLess, false},
    {"DateLessThanEquals", Comparison::kDateLessEquals, false},
    {"DateGreaterThan", Comparison::kDateGreater, false},
    {"DateGreaterThanEquals", Comparison::kDateGreaterEquals, false},
    {"Bool", Comparison::kBool, false},
    {"BinaryEquals", Comparison::kBinaryEquals, false},
    {"IpAddress", Comparison::kIpAddress, false},
    {"NotIpAddress", Comparison::kIpAddress, true},
    {"ArnEquals", Comparison::kArnLike, false},
    {"ArnLike", Comparison::kArnLike, false},
    {"ArnNotEquals", Comparison::kArnLike, true},
    {"ArnNotLike", Comparison::kArnLike, true},
    {"Null", Comparison::kNull, false},
});

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<Operator> parse_operator(std::string_view text) {
  Operator out;
  if (take_prefix(text, "ForAllValues:")) {
    out.set = SetQualifier::kForAllValues;
  } else if (take_prefix(text, "ForAnyValue:")) {
    out.set = SetQualifier::kForAnyValue;
  }
  constexpr std::string_view kIfExists = "IfExists";
  if (text.ends_with(kIfExists)) {
    out.if_exists = true;
    text.remove_suffix(kIfExists.size());
  }
  for (const Row& row : kRows) {
    if (row.name != text) continue;
    out.comparison = row.comparison;
    out.negated = row.negated;
    return out;
  }
  return std::nullopt;
}

}  // namespace kms::policy
