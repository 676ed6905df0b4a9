#pragma once
// Keys that KMS manages (KeyManager AWS): alias/aws/SERVICE for the built-in services file, secrets and signing. Each
// is made at its first use (core/upkeep), and may be used through its service alone. The policy is fixed.
#include <string>
#include <string_view>

#include "core/model/key.h"
#include "core/service/context.h"

namespace kms {

struct BuiltInService {
  std::string_view name;
  KeySpec spec;
  KeyUsage usage;
  std::string_view description;
};
inline constexpr std::string_view kManagedPrefix = "alias/aws/";
// Whose managed alias in `home` the reference names; null when it names none.
const BuiltInService* built_in_service(const AccountRegion& home, std::string_view reference);

bool is_built_in_service(std::string_view name);

// Whether `reference` names a managed alias that is not there yet, and the call may have it: one through the service,
// or of an operation that makes managed keys.
bool lacks_managed_key(const Transaction& transaction, const Caller& caller, const Operation& operation,
                       std::string_view reference);

// The fixed policy: everyone in the account, but only through the key's service; what merely shows the key is left to
// the account.
std::string managed_key_policy(const Key& key);

// What kms:ViaService says of a built-in service.
std::string service_endpoint(std::string_view service, std::string_view region);

// Throws AccessDeniedException for what nobody may do with the key, or not without its service.
void require_managed_use(const Caller& caller, const Key& key, const Operation& operation, std::string_view action);

}  // namespace kms
