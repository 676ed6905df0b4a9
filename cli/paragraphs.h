#pragma once
// Text in lines of a given width. Widths count characters of UTF-8; a word that is longer than a line stands alone.
#include <cstddef>
#include <string>
#include <string_view>

namespace kms::cli {

// `text` in lines that begin with `indent` blanks and end with a newline. `first` characters stand in the first line
// already. Nothing for an empty text. Each blank of the text is a place where a line may end.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width, std::size_t first = 0);

// "  left      text", the text in a column of its own that begins at `column`; below `left` where that is too long.
std::string item_lines(std::string_view left, std::string_view text, std::size_t column, std::size_t width);

// Of the terminal at standard output, or what $COLUMNS says; 80 where there is neither. Between 40 and 100: longer
// lines are hard to read.
std::size_t text_width();

}  // namespace kms::cli
