#include "cli/sheet.h"

#include <algorithm>
#include <ostream>
#include <string>

#include "cli/text_width.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::size_t kBehindLabel = 2;
constexpr std::size_t kLeastRoom = 20;  // for values; in less, the terminal breaks the lines

// Lines of no more than `room` columns, broken at blanks; a word that is longer is a line.
std::vector<std::string> broken(const std::string& text, std::size_t room) {
  std::vector<std::string> lines;
  std::size_t used = 0;
  for (const std::string_view word : split(std::string_view(text), ' ')) {
    const std::size_t wide = text_width(word);
    if (!lines.empty() && used + 1 + wide <= room) {
      lines.back() += cat(" ", word);
      used += 1 + wide;
    } else {
      lines.emplace_back(word);
      used = wide;
    }
  }
  return lines;
}

}  // namespace

void Sheet::add(std::string_view label, Cell value) {
  if (value.text.empty()) return;
  std::vector<Cell> values;
  values.push_back(std::move(value));
  add(label, std::move(values));
}

void Sheet::add(std::string_view label, std::vector<Cell> values) {
  if (values.empty()) return;
  for (Cell& value : values) value.text = escape_controls(value.text, LineEnds::kEscaped);
  properties_.emplace_back(label, std::move(values));
}

void Sheet::print(std::ostream& out, const Screen& screen) const {
  std::size_t indent = 0;
  for (const auto& [label, values] : properties_) indent = std::max(indent, label.size() + kBehindLabel);
  const bool breaks = screen.width >= indent + kLeastRoom;
  for (const auto& property : properties_) {
    std::string_view label = property.first;
    for (const Cell& value : property.second) {
      const auto lines = breaks ? broken(value.text, screen.width - indent) : std::vector<std::string>{value.text};
      for (const std::string& line : lines) {
        write_styled(out, label, Style::kHeading, screen.colour);
        out << std::string(indent - label.size(), ' ');
        write_styled(out, line, value.style, screen.colour);
        out << '\n';
        label = {};
      }
    }
  }
}

}  // namespace kms::cli
