#pragma once
// How much room text takes on a terminal, where a Chinese character takes two columns and an accent none.
#include <string>
#include <string_view>

namespace kms::cli {

// In columns, as the C library has it of UTF-8. `text` has no control characters (core/base/terminal_text.h).
std::size_t text_width(std::string_view text);

// No wider than `width`, which is at least 1: what does not fit gives way to an ellipsis.
std::string cut_to(std::string_view text, std::size_t width);

}  // namespace kms::cli
