#include "cli/aws_table.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/aws_text.h"
#include "cli/cell_width.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

using Width = std::int64_t;  // some sums are below 0 on the way
using Row = std::vector<std::string>;
using Names = std::set<std::string, std::less<>>;

constexpr Width kCellPadding = 4;
constexpr Width kBorders = 2;

Width width_of(std::string_view text) {
  return static_cast<Width>(cell_width(text));
}

std::string spaces(Width count) {
  return std::string(static_cast<std::size_t>(std::max<Width>(count, 0)), ' ');
}

std::string dashes(Width count) {
  return std::string(static_cast<std::size_t>(std::max<Width>(count, 0)), '-');
}

std::string shown(std::string_view text) {
  return escape_controls(text, LineEnds::kEscaped);
}

// Between `left` and a bar, `width` wide in all.
std::string centered(std::string_view text, Width width, std::string_view left) {
  const Width before = width / 2 - width_of(text) / 2 - 1;
  const Width after = width - 1 - width_of(left) - before - width_of(text);
  return cat(left, spaces(before), text, spaces(after), "|");
}

std::string left_aligned(std::string_view text, Width width, std::string_view left) {
  constexpr Width kPadding = 2;
  const Width needed = width_of(left) + kPadding + width_of(text) + 1;
  const Width before = needed <= width ? kPadding : 0;
  return cat(left, spaces(before), text, spaces(width - width_of(left) - before - width_of(text) - 1), "|");
}

struct Section {
  std::string title;
  Width indent = 0;
  Row headers;
  std::vector<Row> rows;

  std::vector<Width> cells() const {
    std::vector<Width> widths;
    const auto widen = [&](const Row& row) {
      widths.resize(std::max(widths.size(), row.size()), 0);
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    };
    widen(headers);
    for (const Row& row : rows) widen(row);
    for (Width& width : widths) width += kCellPadding;
    return widths;
  }

  Width width() const {
    const std::vector<Width> widths = cells();
    const Width content = std::accumulate(widths.begin(), widths.end(), Width{0});
    return std::max(width_of(title), content) + kBorders + 2 * indent;
  }

  // The cells as wide as that they fill `whole`: in proportion, and what rounding leaves one by one.
  std::vector<Width> cells_within(Width whole) const {
    std::vector<Width> widths = cells();
    if (widths.empty()) return widths;
    const Width sum = std::accumulate(widths.begin(), widths.end(), Width{0});
    const double scale = static_cast<double>(whole) / static_cast<double>(sum);
    for (Width& width : widths) width = static_cast<Width>(std::nearbyint(scale * static_cast<double>(width)));
    Width over = std::accumulate(widths.begin(), widths.end(), Width{0}) - whole;
    while (over > 0) {
      for (auto each = widths.begin(); each != widths.end() && over > 0; ++each, --over) --*each;
    }
    while (over < 0) {
      for (auto each = widths.rbegin(); each != widths.rend() && over < 0; ++each, ++over) ++*each;
    }
    return widths;
  }

  // A line for each member in place of a single row.
  void turn() {
    if (rows.size() != 1 || headers.empty()) return;
    std::vector<Row> lines;
    for (std::size_t i = 0; i < headers.size(); ++i) lines.push_back({headers[i], rows.front()[i]});
    rows = std::move(lines);
    headers.clear();
  }
};

class Table {
 public:
  // Adds the sections of a value. Without a title it goes on in the section that is open.
  void add(const OrderedJson& value, const std::string* title, Width indent) {
    if (is_nothing(value)) return;
    if (title != nullptr) open(*title, indent);
    if (value.is_object()) {
      add_object(value, indent);
    } else if (value.is_array() && value.front().is_object()) {
      add_objects(value, title == nullptr ? std::string() : *title, indent);
    } else if (value.is_array()) {
      for (const OrderedJson& item : value) add_item(item);
    }
  }

  void print(std::ostream& out, std::size_t columns) {
    if (sections_.empty()) return;
    if (width() > static_cast<Width>(columns)) {
      for (Section& section : sections_) section.turn();
    }
    const Width whole = width();
    out << dashes(whole) << '\n';
    for (const Section& section : sections_) print_section(out, section, whole - 2 * section.indent);
  }

 private:
  static bool is_nothing(const OrderedJson& value) {
    if (value.is_string()) return value.get_ref<const std::string&>().empty();
    return value.empty() || value == false || value == 0;  // null is empty
  }

  void open(const std::string& title, Width indent) { sections_.push_back({shown(title), indent, {}, {}}); }

  void add_row(const OrderedJson& items) {
    Row row;
    if (items.is_object()) {
      for (const auto& [name, member] : items.get_ref<const OrderedJson::object_t&>()) row.push_back(shown(name));
    } else if (items.is_array()) {
      for (const OrderedJson& item : items) row.push_back(shown(aws_spelling(item)));
    } else {
      row.push_back(shown(aws_spelling(items)));
    }
    sections_.back().rows.push_back(std::move(row));
  }

  // Of a list that does not begin with an object.
  void add_item(const OrderedJson& item) {
    const bool is_nested = item.is_array() && std::any_of(item.begin(), item.end(),
                                                          [](const OrderedJson& each) { return each.is_structured(); });
    if (!is_nested) return add_row(item);
    add(item, nullptr, 0);
  }

  // The members that are scalars, and the others.
  static void sort_names(const OrderedJson& object, Names& scalars, Names& others) {
    for (const auto& [name, member] : object.get_ref<const OrderedJson::object_t&>()) {
      (member.is_structured() ? others : scalars).insert(name);
    }
  }

  // A row of `names`, empty where the object lacks one.
  static Row row_of(const OrderedJson& object, const Names& names) {
    Row row;
    for (const std::string& name : names) {
      const auto member = object.is_object() ? object.find(name) : object.end();
      row.push_back(member == object.end() ? std::string() : shown(aws_spelling(*member)));
    }
    return row;
  }

  static Row headers_of(const Names& names) {
    Row row;
    for (const std::string& name : names) row.push_back(shown(name));
    return row;
  }

  void add_object(const OrderedJson& object, Width indent) {
    Names scalars;
    Names others;
    sort_names(object, scalars, others);
    Section& section = sections_.back();
    if (scalars.size() == 1) {
      section.rows.push_back({shown(*scalars.begin()), row_of(object, scalars).front()});
    } else if (!scalars.empty()) {
      section.headers = headers_of(scalars);
      section.rows.push_back(row_of(object, scalars));
    }
    for (const std::string& name : others) add(object.at(name), &name, indent + 1);
  }

  // One section, or one for each object where they hold structures.
  void add_objects(const OrderedJson& list, const std::string& title, Width indent) {
    Names scalars;
    Names others;
    for (const OrderedJson& item : list) {
      if (item.is_object()) sort_names(item, scalars, others);
    }
    sections_.back().headers = headers_of(scalars);
    for (const OrderedJson& item : list) {
      if (!others.empty() && &item != &list.front()) {
        open(title, indent);
        sections_.back().headers = headers_of(scalars);
      }
      sections_.back().rows.push_back(row_of(item, scalars));
      for (const std::string& name : others) {
        if (item.is_object() && item.contains(name)) add(item.at(name), &name, indent + 1);
      }
    }
  }

  Width width() const {
    Width widest = 0;
    for (const Section& section : sections_) widest = std::max(widest, section.width());
    return widest;
  }

  static void print_section(std::ostream& out, const Section& section, Width width) {
    const std::string bars(static_cast<std::size_t>(section.indent), '|');
    const std::vector<Width> cells = section.cells_within(width);
    const auto print_line = [&](std::string_view line) { out << bars << line << bars << '\n'; };
    const auto print_rule = [&] {
      std::string rule;
      for (const Width cell : cells)
        rule += rule.empty() ? cat("+", dashes(cell - 2), "+") : cat(dashes(cell - 1), "+");
      print_line(rule);
    };
    const auto print_cells = [&](const Row& row, auto aligned) {
      std::string line;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        line += aligned(i < row.size() ? std::string_view(row[i]) : "", cells[i], i == 0 ? "|" : "");
      }
      print_line(line);
    };
    if (!section.title.empty()) {
      print_line(centered(section.title, width, "|"));
      if (section.headers.empty() && section.rows.empty()) print_line(cat("+", dashes(width - 2), "+"));
    }
    if (cells.empty()) return;
    if (!section.headers.empty()) {
      print_rule();
      print_cells(section.headers, centered);
    }
    if (section.rows.empty()) return;
    print_rule();
    for (const Row& row : section.rows) print_cells(row, left_aligned);
    print_rule();
  }

  std::vector<Section> sections_;
};

}  // namespace

void print_aws_table(std::ostream& out, const OrderedJson& value, std::string_view title, std::size_t columns) {
  const std::string name(title);
  Table table;
  table.add(value, &name, 0);
  table.print(out, columns);
}

}  // namespace kms::cli
