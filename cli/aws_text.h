#pragma once
// --output text: the lines and columns of the aws command line.
#include <iosfwd>
#include <string>

#include "core/base/ordered_json.h"

namespace kms::cli {

// The scalars of an object stand in one line with tabs between them, ordered by name; behind the name of the member
// that holds the object, in capitals. Its structures follow, each in lines of its own. Objects of one list have the
// same columns, empty where one of them lacks a member. A tab or a newline inside a field would end it: they become
// escapes, and on their way to a terminal all control characters do. A value alone goes to a program as it is.
void print_aws_text(std::ostream& out, const OrderedJson& value, bool to_terminal);

// A scalar as the aws command line spells it in texts and tables: True, False, None. Of a structure, its JSON.
std::string aws_spelling(const OrderedJson& value);

}  // namespace kms::cli
