#pragma once
// --output table: the boxes of the aws command line.
#include <cstddef>
#include <iosfwd>
#include <string_view>

#include "core/base/ordered_json.h"

namespace kms::cli {

// A section for each structure, indented by a bar for each that it is in, under its title: that of the whole is
// `title`, that of a member its name. All are as wide as the widest one needs. Where that is wider than `columns`, a
// section of a single row has a line for each of its members instead. What is empty, null, false or 0 as a whole prints
// nothing, and a value alone nothing but the title. Control characters become escapes.
void print_aws_table(std::ostream& out, const OrderedJson& value, std::string_view title, std::size_t columns);

}  // namespace kms::cli
