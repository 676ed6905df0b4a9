#pragma once
// --query: what a JMESPath expression selects of an answer (formats/jmespath.h).
#include <string_view>

#include "core/base/ordered_json.h"

namespace kms::cli {

// Throws kUsage that says where the expression is wrong: before anything is done whose answer it could not be asked of.
void check_query(std::string_view expression);
// Throws kUsage also where a function gets an argument of the wrong type.
OrderedJson query(const OrderedJson& document, std::string_view expression);

}  // namespace kms::cli
