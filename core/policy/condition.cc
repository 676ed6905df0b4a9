#include "core/policy/condition.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/policy/compare.h"

namespace kms::policy {
namespace {

bool value_passes(const ConditionTest& test, const std::string& given, bool has_variables,
                  const ConditionContext& context) {
  const bool listed = std::any_of(test.values.begin(), test.values.end(), [&](const std::string& wanted) {
    return compare(test.op.comparison, wanted, given, has_variables, context);
  });
  return listed != test.op.negated;
}

bool missing_passes(const Operator& op) {
  if (op.if_exists || op.set == SetQualifier::kForAllValues) return true;
  return op.set == SetQualifier::kNone && op.negated;
}

bool entry_passes(const ConditionTest& test, const ContextValue& entry, bool has_variables,
                  const ConditionContext& context) {
  const auto passes = [&](const std::string& given) { return value_passes(test, given, has_variables, context); };
  const auto& values = entry.values;
  if (test.op.set == SetQualifier::kNone) {
    // AWS leaves a multivalued key without a set operator open; it never holds here.
    return !entry.multivalued && values.size() == 1 && passes(values.front());
  }
  if (values.empty()) return missing_passes(test.op);
  if (test.op.set == SetQualifier::kForAllValues) return std::all_of(values.begin(), values.end(), passes);
  return std::any_of(values.begin(), values.end(), passes);
}

}  // namespace

bool holds(const ConditionTest& test, Effect effect, bool has_variables, const ConditionContext& context) {
  const auto* found = context.find(test.key);
  if (test.op.comparison == Comparison::kNull) {
    const std::string_view missing = found == nullptr ? "true" : "false";
    return std::any_of(test.values.begin(), test.values.end(),
                       [&](const std::string& wanted) { return lower_ascii(wanted) == missing; });
  }
  if (found == nullptr) return missing_passes(test.op);
  const auto passes = [&](const ContextValue& entry) { return entry_passes(test, entry, has_variables, context); };
  if (effect == Effect::kDeny) return std::any_of(found->begin(), found->end(), passes);
  return std::all_of(found->begin(), found->end(), passes);
}

}  // namespace kms::policy
