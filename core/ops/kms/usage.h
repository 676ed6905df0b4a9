#pragma once
// When a key was last used.
#include "core/ops/kms/keys.h"

namespace kms {

Json get_key_last_usage(Call& call, const KeyRequest& request);

}  // namespace kms
