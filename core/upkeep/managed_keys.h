#pragma once
// Makes the keys that KMS manages (core/service/managed_use.h), each at its first use.
#include <string_view>

#include "core/service/context.h"

namespace kms {

// For a call that lacks_managed_key(). Belongs outside of any transaction. Another call may have made it meanwhile:
// then nothing is done.
void provide_managed_key(const Context& context, const Caller& caller, std::string_view reference);

}  // namespace kms
