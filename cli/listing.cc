#include "cli/listing.h"

#include <algorithm>
#include <numeric>
#include <ostream>

#include "cli/text_width.h"
#include "core/base/terminal_text.h"

namespace kms::cli {
namespace {

constexpr std::size_t kGap = 2;             // columns of the terminal between those of the table
constexpr std::string_view kNothing = "-";  // in a cell without text, so that each line has as many words

std::size_t width_of_all(const std::vector<std::size_t>& widths) {
  const auto shown = static_cast<std::size_t>(
      std::count_if(widths.begin(), widths.end(), [](std::size_t width) { return width > 0; }));
  const std::size_t sum = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  return shown == 0 ? 0 : sum + kGap * (shown - 1);
}

std::string blanks(std::size_t count) {
  return std::string(count, ' ');
}

}  // namespace

Screen screen_of(const GlobalOptions& options, bool wide) {
  return {wide ? 0 : options.columns, wants_colour(options, options.to_terminal)};
}

void Listing::add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = escape_controls(cell.text, LineEnds::kEscaped);
  rows_.push_back(std::move(row));
}

Listing::Widths Listing::natural() const {
  Widths widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = 0;
    for (const auto& row : rows_) width = std::max(width, text_width(row.at(i).text));
    const bool empty = width == 0 && !rows_.empty() && columns_[i].rank > 0;
    widths.push_back(empty ? 0 : std::max({width, text_width(columns_[i].header), kNothing.size()}));
  }
  return widths;
}

// Cuts columns, those of the highest rank first, until all that are left fit; whether they do.
bool Listing::shrink(Widths& widths, std::size_t room) const {
  std::vector<std::size_t> order(columns_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return columns_[a].rank > columns_[b].rank; });
  for (const std::size_t i : order) {
    const std::size_t wide = width_of_all(widths);
    if (wide <= room) return true;
    const Column& column = columns_[i];
    const std::size_t least = std::max(column.least, text_width(column.header));
    if (column.cut == Cut::kNever || widths[i] <= least) continue;
    const std::size_t needed = widths[i] - std::min(widths[i] - least, wide - room);
    widths[i] = column.cut == Cut::kToLeast ? least : needed;
  }
  return width_of_all(widths) <= room;
}

bool Listing::fit(Widths& widths, std::size_t room) const {
  Widths whole = widths;
  while (true) {
    widths = whole;
    if (shrink(widths, room)) return true;
    std::size_t least_needed = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (whole[i] == 0 || columns_[i].rank == 0) continue;
      if (least_needed == columns_.size() || columns_[i].rank >= columns_[least_needed].rank) least_needed = i;
    }
    if (least_needed == columns_.size()) return false;
    whole[least_needed] = 0;
  }
}

void Listing::print_table(std::ostream& out, const Widths& widths, bool colour) const {
  const auto line = [&](const auto& write_cell) {
    std::size_t pending = 0;  // blanks: none at the end of a line
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == 0) continue;
      out << blanks(pending);
      pending = widths[i] - write_cell(i) + kGap;
    }
    out << '\n';
  };
  const auto write = [&](std::string_view text, Style style) {
    write_styled(out, text, style, colour);
    return text_width(text);
  };
  line([&](std::size_t i) { return write(columns_[i].header, Style::kHeading); });
  line([&](std::size_t i) { return write(std::string(widths[i], '-'), Style::kPlain); });
  for (const auto& row : rows_) {
    line([&](std::size_t i) {
      const Cell& cell = row[i];
      return write(cell.text.empty() ? std::string(kNothing) : cut_to(cell.text, widths[i]), cell.style);
    });
  }
}

// Nothing is cut: the terminal breaks the lines.
void Listing::print_records(std::ostream& out, const Widths& widths, bool colour) const {
  std::size_t label = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] > 0) label = std::max(label, text_width(columns_[i].header));
  }
  bool first = true;
  for (const auto& row : rows_) {
    if (!first) out << '\n';
    first = false;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == 0 || row[i].text.empty()) continue;
      write_styled(out, columns_[i].header, Style::kHeading, colour);
      out << blanks(label - text_width(columns_[i].header) + 1);
      write_styled(out, row[i].text, row[i].style, colour);
      out << '\n';
    }
  }
}

void Listing::print(std::ostream& out, const Screen& screen) const {
  const Widths whole = natural();
  Widths fitting = whole;
  if (screen.width == 0 || rows_.empty() || fit(fitting, screen.width)) return print_table(out, fitting, screen.colour);
  print_records(out, whole, screen.colour);
}

}  // namespace kms::cli
