#include "cli/paragraphs.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "cli/process.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::size_t kUsualWidth = 80;
constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kMostWidth = 100;
constexpr std::size_t kItemIndent = 2;
constexpr std::size_t kBetween = 2;  // blanks between the columns, at least

std::size_t number_in(const std::string& text) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width, std::size_t first) {
  std::string out;
  std::size_t used = first;  // characters of the line so far; 0: none, not even the indent
  bool begun = false;        // whether a word of the text stands in the line
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (begun && used + 1 + count_characters(word) > width) {
      out += '\n';
      used = 0;
      begun = false;
    }
    if (!begun && used < indent) {
      out.append(indent - used, ' ');
      used = indent;
    }
    if (begun) out += ' ';
    out += word;
    used += count_characters(word) + (begun ? 1 : 0);
    begun = true;
  }
  return out.empty() ? out : out + "\n";
}

std::string item_lines(std::string_view left, std::string_view text, std::size_t column, std::size_t width) {
  std::string out(kItemIndent, ' ');
  out += left;
  const std::size_t used = kItemIndent + count_characters(left);
  if (text.empty()) return out + "\n";
  if (used + kBetween > column) return cat(out, "\n", wrapped(text, column, width));
  return out + wrapped(text, column, width, used);
}

std::size_t text_width() {
  winsize size{};
  std::size_t width = number_in(environment("COLUMNS"));
  if (width == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  return width == 0 ? kUsualWidth : std::clamp(width, kLeastWidth, kMostWidth);
}

}  // namespace kms::cli
