#pragma once
// Numbers and texts in JMESPath.
#include <compare>
#include <optional>
#include <string>

#include "core/base/ordered_json.h"
#include "formats/jmespath_tree.h"

namespace kms::formats::jmespath {

// By value or by characters where both are numbers or both are strings; else unordered.
std::partial_ordering order(const OrderedJson& a, const OrderedJson& b);
// Nothing where the comparator is one of order and these have none.
std::optional<bool> compare(const OrderedJson& a, Comparator comparator, const OrderedJson& b);
// In objects, the order of members is nothing.
bool is_equal(const OrderedJson& a, const OrderedJson& b);

// Of numbers. A whole one as long as it is one that 64 bits hold.
OrderedJson sum_of(const OrderedJson& numbers);
// What a text says as a number, with spaces around it; null where it says none.
OrderedJson number_in(const std::string& text);

}  // namespace kms::formats::jmespath
