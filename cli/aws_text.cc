#include "cli/aws_text.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

using Names = std::set<std::string, std::less<>>;

bool is_scalar(const OrderedJson& value) {
  return !value.is_structured();
}

// The members of all objects of a list that are scalars in any of them.
Names scalar_names(const OrderedJson& list) {
  Names names;
  for (const OrderedJson& item : list) {
    if (!item.is_object()) continue;
    for (const auto& [name, member] : item.get_ref<const OrderedJson::object_t&>()) {
      if (is_scalar(member)) names.insert(name);
    }
  }
  return names;
}

class TextPrinter {
 public:
  TextPrinter(std::ostream& out, bool to_terminal) : out_(out), to_terminal_(to_terminal) {}

  // `columns` are those of the list that an object is an item of; null where it is none.
  void print(const OrderedJson& value, std::string_view label, const Names* columns) {
    if (value.is_object()) {
      print_object(value, label, columns);
    } else if (value.is_array()) {
      print_list(value, label);
    } else {
      print_line({aws_spelling(value)});
    }
  }

 private:
  void print_line(const std::vector<std::string>& fields) {
    for (const std::string& field : fields) {
      out_ << (&field == &fields.front() ? "" : "\t")
           << (to_terminal_ ? escape_controls(field, LineEnds::kEscaped) : escape_separators(field));
    }
    out_ << '\n';
  }

  void print_scalars(const OrderedJson& list, std::string_view label) {
    std::vector<std::string> line;
    for (const OrderedJson& item : list) {
      if (!is_scalar(item)) continue;
      if (!label.empty()) print_line({upper_ascii(label), aws_spelling(item)});
      line.push_back(aws_spelling(item));
    }
    if (label.empty() && !line.empty()) print_line(line);
  }

  // Without an object in it, its scalars come first.
  void print_list(const OrderedJson& list, std::string_view label) {
    const bool has_objects =
        std::any_of(list.begin(), list.end(), [](const OrderedJson& item) { return item.is_object(); });
    if (!has_objects) print_scalars(list, label);
    const Names columns = scalar_names(list);
    for (const OrderedJson& item : list) {
      if (has_objects || !is_scalar(item)) print(item, label, has_objects ? &columns : nullptr);
    }
  }

  void print_object(const OrderedJson& object, std::string_view label, const Names* columns) {
    Names names;
    Names own_columns;
    for (const auto& [name, member] : object.get_ref<const OrderedJson::object_t&>()) {
      names.insert(name);
      if (is_scalar(member)) own_columns.insert(name);
    }
    if (columns == nullptr) columns = &own_columns;
    std::vector<std::string> line;
    if (!label.empty()) line.push_back(upper_ascii(label));
    for (const std::string& name : *columns) {
      line.push_back(names.contains(name) ? aws_spelling(object.at(name)) : std::string());
    }
    if (!columns->empty()) print_line(line);
    for (const std::string& name : names) {
      if (!columns->contains(name)) print(object.at(name), name, nullptr);
    }
  }

  std::ostream& out_;
  bool to_terminal_;
};

}  // namespace

std::string aws_spelling(const OrderedJson& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', /*ensure_ascii=*/false, OrderedJson::error_handler_t::replace);
}

void print_aws_text(std::ostream& out, const OrderedJson& value, bool to_terminal) {
  if (is_scalar(value) && !to_terminal) {  // there is nothing that it could be taken for
    out << aws_spelling(value) << '\n';
    return;
  }
  TextPrinter(out, to_terminal).print(value, {}, nullptr);
}

}  // namespace kms::cli
