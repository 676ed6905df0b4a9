#pragma once
// Json whose objects keep the order in which their members came: for what people and scripts are shown. To look a
// member up is to go through all of them, and == minds their order.
#include "core/base/json.h"

namespace kms {
using OrderedJson = nlohmann::ordered_json;

// As that of a Json.
void wipe(OrderedJson& document);
}  // namespace kms
