#pragma once
// What people are shown of one thing: a line or more for each of its properties, behind a label.
#include <iosfwd>
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
  void print(std::ostream& out, const Screen& screen) const;

 private:
  std::vector<std::pair<std::string_view, std::vector<Cell>>> properties_;
};

}  // namespace kms::cli
