#pragma once
// The condition keys that do not come from the members of a request (conditions.h): AWS's service authorization
// reference for KMS, and the global keys that have a meaning on one machine. Nothing here comes from what a client says
// of itself.
#include "core/base/clock.h"
#include "core/model/key.h"
#include "core/policy/request.h"
#include "core/service/caller.h"
#include "core/store/store.h"

namespace kms {

// aws:PrincipalArn, aws:CurrentTime, kms:CallerAccount, kms:ViaService and all that does not depend on the request.
policy::ConditionContext caller_conditions(const Transaction& transaction, const Caller& caller, Time now);

// kms:KeySpec, kms:ResourceAliases, aws:ResourceTag/... of the key that the request is about.
void add_key_conditions(policy::ConditionContext& conditions, const Transaction& transaction, const Key& key);

// kms:TrailingDaysWithoutKeyUsage, for the operations that AWS gives it to (Traits::shows_idle_days).
void add_usage_conditions(policy::ConditionContext& conditions, const Transaction& transaction, const Key& key,
                          Time now);

}  // namespace kms
