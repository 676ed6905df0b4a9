#pragma once
// What a person may type after a refusal that says what was wrong, and not what to do about it: AWS's texts do not, and
// some of AWS's refusals have no text at all.
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/json.h"

namespace kms::cli {

// One line; empty where nothing is known that would help. `request` is what was refused.
std::string hint_after(std::string_view operation, const Json& request, ErrorCode code);

// Where a text stops being JSON: "line 3, column 7". Empty when it is JSON.
std::string place_of_json_error(std::string_view text);

}  // namespace kms::cli
