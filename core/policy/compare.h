#pragma once
// One value of a policy against one value of a request, without regard to negation, sets or absence.
#include <string_view>

#include "core/policy/operator.h"
#include "core/policy/request.h"

namespace kms::policy {

// False also when either value does not have the form that the comparison needs.
bool compare(Comparison comparison, std::string_view wanted, std::string_view given, bool has_variables,
             const ConditionContext& context);

}  // namespace kms::policy
