#pragma once
// Widths of cells, for tables that are to be those of the aws command line byte for byte.
#include <cstddef>
#include <string_view>

namespace kms::cli {

// How many columns the aws command line takes a text for: two for a character that is wide, full-width or ambiguous in
// East Asia (as \u00fc is), else one. Terminals take ambiguous ones for one column. The text is UTF-8.
std::size_t cell_width(std::string_view text);

}  // namespace kms::cli
