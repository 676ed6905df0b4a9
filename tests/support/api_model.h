#pragma once
// The service model of AWS KMS (tests/vectors/kms-api.json), and whether what the product says is in it.
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace kms::testing {

const Json& api_model();

// What an answer of an operation has that the model has not: unknown members, wrong types, undeclared errors. Empty for
// operations that are none of KMS.
std::vector<std::string> differences(std::string_view operation, const Json& answer);

}  // namespace kms::testing
