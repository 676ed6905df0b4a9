#pragma once
// The condition keys of a request: AWS's service authorization reference for KMS, and the global keys that have a
// meaning on one machine. Nothing here comes from what a client says of itself.
#include <string_view>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/model/key.h"
#include "core/policy/request.h"
#include "core/service/audit.h"
#include "core/service/field.h"
#include "core/service/store.h"

namespace kms {

// aws:PrincipalArn, aws:CurrentTime, kms:CallerAccount, kms:ViaService and all that does not depend on the request.
policy::ConditionContext caller_conditions(const Transaction& transaction, const Caller& caller, Time now);

// kms:KeySpec, kms:ResourceAliases, aws:ResourceTag/... of the key that the request is about.
void add_key_conditions(policy::ConditionContext& conditions, const Transaction& transaction, const Key& key);

// What the members of the request say: kms:EncryptionContext:..., kms:GrantOperations, aws:RequestTag/... . `action`
// tells the two halves of ReEncrypt apart.
void add_request_conditions(policy::ConditionContext& conditions, std::string_view operation, std::string_view action,
                            const Json& request);

// What the constraints of grants are held against.
TextMap encryption_context_of(std::string_view action, const Json& request);

// kms:TrailingDaysWithoutKeyUsage, for the two operations that AWS gives it to.
void add_usage_conditions(policy::ConditionContext& conditions, const Transaction& transaction,
                          std::string_view operation, const Key& key, Time now);

}  // namespace kms
