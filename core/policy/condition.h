#pragma once
// One condition of a statement: its operator, and whether values of a request satisfy it.
#include "core/policy/document.h"
#include "core/policy/request.h"

namespace kms::policy {

// Whether one operator and key of a Condition hold. `effect` decides where two context keys differ only in case: a Deny
// holds when either does, an Allow when both do.
bool holds(const ConditionTest& test, Effect effect, bool has_variables, const ConditionContext& context);

}  // namespace kms::policy
