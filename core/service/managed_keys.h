#pragma once
// Keys that KMS manages (KeyManager AWS): alias/aws/SERVICE for the built-in services file, secrets and signing. Each
// is made at its first use, and may be used through its service alone. The policy is fixed.
#include <string>
#include <string_view>

#include "core/model/key.h"
#include "core/service/context.h"

namespace kms {

// Whether `reference` names a managed alias that is not there yet, and the call may have it: one through the service,
// or of an operation that makes managed keys.
bool lacks_managed_key(const Transaction& transaction, const Caller& caller, const Operation& operation,
                       std::string_view reference);
// Makes the key for such a call.
void provide_managed_key(const Context& context, const Caller& caller, std::string_view reference);

// The fixed policy: everyone in the account, but only through the key's service; what merely shows the key is left to
// the account.
std::string managed_key_policy(const Key& key);

// What kms:ViaService says of a built-in service.
std::string service_endpoint(std::string_view service, std::string_view region);

// Throws AccessDeniedException for what nobody may do with the key, or not without its service.
void require_managed_use(const Caller& caller, const Key& key, const Operation& operation, std::string_view action);

}  // namespace kms
