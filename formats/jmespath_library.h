#pragma once
// What the functions of JMESPath do, with arguments of the types that jmespath_functions.cc lists.
#include "formats/jmespath_functions.h"

namespace kms::formats::jmespath {

// Of numbers.
Value absolute(const Invocation& call);
Value average(const Invocation& call);  // null of none
Value round_down(const Invocation& call);
Value round_up(const Invocation& call);
Value sum(const Invocation& call);

// Of texts.
Value ends_with(const Invocation& call);
Value join(const Invocation& call);
Value starts_with(const Invocation& call);

// Of texts and arrays, or of any type.
Value contains(const Invocation& call);
Value first_not_null(const Invocation& call);
Value length(const Invocation& call);
Value name_of_type(const Invocation& call);
Value reverse(const Invocation& call);
Value to_array(const Invocation& call);
Value to_number(const Invocation& call);
Value to_string(const Invocation& call);  // JSON of ASCII alone

// Of objects.
Value merge(const Invocation& call);
Value names_of_members(const Invocation& call);
Value values_of_members(const Invocation& call);

// Of arrays: jmespath_order.cc. Of equals, the first one counts as the least and the greatest, and a sorted array has
// them in the order that they had.
Value greatest(const Invocation& call);
Value greatest_by(const Invocation& call);
Value least(const Invocation& call);
Value least_by(const Invocation& call);
Value map_items(const Invocation& call);
Value sort_items(const Invocation& call);
Value sort_items_by(const Invocation& call);

}  // namespace kms::formats::jmespath
