#pragma once
// Colours, for people at a terminal alone.
#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "cli/session.h"

namespace kms::cli {

enum class Style : std::uint8_t { kPlain, kHeading, kGood, kDoubtful, kBad };

// --color on or off; else whether the stream goes to a terminal that has colours ($TERM) and nobody asked for none
// ($NO_COLOR, https://no-color.org).
bool wants_colour(const GlobalOptions& options, bool to_terminal);

// Writes `text`, in that style when `colour`. What others wrote in it is escaped already.
void write_styled(std::ostream& out, std::string_view text, Style style, bool colour);

}  // namespace kms::cli
