#pragma once
// What people are shown of one thing: a line or more for each of its properties, behind a label.
#include <iosfwd>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/listing.h"

namespace kms::cli {

// Collects the properties and prints them once all are known. Long ones go on in lines that are indented. Not for more
// than one thread.
class Sheet {
 public:
  // `label` is of static lifetime. Nothing is added for a text that is empty, or no texts.
  void add(std::string_view label, Cell value);
  void add(std::string_view label, std::vector<Cell> values);  // each begins a line
  // What `lines` makes of it; a word where that is nothing, or `part` may not be seen.
  template <class T, class Lines>
  void add_part(std::string_view label, const std::optional<T>& part, const Lines& lines) {
    std::vector<Cell> shown = part ? lines(*part) : std::vector<Cell>{Cell("(you may not see this)")};
    if (shown.empty()) shown.emplace_back("none");
    add(label, std::move(shown));
  }
  void print(std::ostream& out, const Screen& screen) const;

 private:
  std::vector<std::pair<std::string_view, std::vector<Cell>>> properties_;
};

}  // namespace kms::cli
