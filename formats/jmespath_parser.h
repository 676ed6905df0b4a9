#pragma once
// From the text of an expression to its tree (grammar: https://jmespath.org/specification.html).
#include <string_view>

#include "formats/jmespath_tree.h"

namespace kms::formats::jmespath {

// The tree of an expression, which is UTF-8. kUsage with the place of what is wrong; also where it is nested deeper
// than 256.
Node parse(std::string_view expression);

}  // namespace kms::formats::jmespath
