#pragma once
// Text on its way to a terminal. What others wrote may hold control characters, which move the cursor, set the
// clipboard or turn the direction of a line: they become escapes, \u001b for ESC. The text itself stays readable.
#include <cstdint>
#include <string>
#include <string_view>

namespace kms {

enum class LineEnds : std::uint8_t {
  kEscaped,  // newline, carriage return and tab are control characters too: for a value in a line or a cell
  kKept,     // newline (also behind a carriage return) and tab belong to the layout
};

// C0, DEL, C1 and the controls of direction (Unicode's Bidi_Control) and the separators of lines become \uXXXX, or
// \n, \r and \t; a byte that is no UTF-8 becomes \xXX. Inside a JSON document this changes the spelling of strings
// alone, never what they mean.
std::string escape_controls(std::string_view text, LineEnds ends);

// Newlines and tabs alone: they keep the columns and lines of a text apart that a program reads.
std::string escape_separators(std::string_view text);

// Whether a terminal shows `text` as it is: UTF-8, and no control character but newline and tab.
bool is_displayable(std::string_view text);

// escape_controls(..., kKept) of a text that comes in pieces. Not for more than one thread.
class ControlEscaper {
 public:
  // Keeps back a character that has only begun.
  std::string next(std::string_view piece);
  std::string finish();

 private:
  std::string pending_;
};

}  // namespace kms
