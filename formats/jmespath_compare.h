#pragma once
// Numbers and texts in JMESPath.
#include <compare>
#include <optional>
#include <string>

#include "core/base/json.h"
#include "formats/jmespath_tree.h"

namespace kms::formats::jmespath {

// By value or by characters where both are numbers or both are strings; else unordered.
std::partial_ordering order(const Json& a, const Json& b);
// Nothing where the comparator is one of order and these have none.
std::optional<bool> compare(const Json& a, Comparator comparator, const Json& b);
bool is_equal(const Json& a, const Json& b);

// Of numbers. A whole one as long as it is one that 64 bits hold.
Json sum_of(const Json& numbers);
// What a text says as a number, with spaces around it; null where it says none.
Json number_in(const std::string& text);

}  // namespace kms::formats::jmespath
