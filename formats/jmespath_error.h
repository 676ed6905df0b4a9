#pragma once
// How an expression that is wrong is refused (https://jmespath.org/specification.html).
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::formats::jmespath {

// The first character of an expression is 1.
[[noreturn]] inline void fail_at(std::size_t character, std::string_view why) {
  throw Error(ErrorCode::kUsage, cat("at character ", std::to_string(character), ": ", why));
}

}  // namespace kms::formats::jmespath
