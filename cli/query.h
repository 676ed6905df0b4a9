#pragma once
// --query: a subset of JMESPath (https://jmespath.org/specification.html). Has: a.b, "a b", [0], [-1], [*], .*, [],
// [?a=='x'] with == != < <= > >= && || !, [a, b], {k: a}, |, @, 'raw', `json`, and the functions length, keys, values,
// sort, join, contains, starts_with, ends_with, not_null, to_string, reverse.
#include <string_view>

#include "core/base/json.h"

namespace kms::cli {

// Throws kUsage that says at which character the expression breaks off, or which function got the wrong type.
Json query(const Json& document, std::string_view expression);

}  // namespace kms::cli
