#include "cli/output.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

#include "cli/query.h"
#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "core/service/response.h"

namespace kms::cli {
namespace {

constexpr int kIndent = 4;
constexpr std::string_view kListTail = "\n    ]\n}";  // behind the entries of the one list of an answer

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

std::string plain_text(const Json& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_string()) return value.get<std::string>();
  return dump(value, -1);
}

std::string for_person(std::string_view text) {
  return escape_controls(text, LineEnds::kEscaped);
}

std::string scalar_text(const Json& value) {
  return for_person(plain_text(value));
}

bool is_scalar(const Json& value) {
  return !value.is_structured();
}

std::string upper(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

// A tab or a newline inside a field would end it. What else a program reads there is as it is; a person is shown it.
void print_fields(std::ostream& out, const std::vector<std::string>& fields, bool to_terminal) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    out << (i == 0 ? "" : "\t") << (to_terminal ? for_person(fields[i]) : escape_separators(fields[i]));
  }
  out << '\n';
}

// The text form of the aws command line: the scalars of an object in one line, ordered by name, behind the name of the
// member that holds the object; then its structures, each in lines of its own.
void print_text(std::ostream& out, const Json& value, std::string_view label, bool to_terminal) {
  const auto start = [&] { return label.empty() ? std::vector<std::string>{} : std::vector{upper(label)}; };
  if (is_scalar(value)) {
    std::vector<std::string> line = start();
    line.push_back(plain_text(value));
    print_fields(out, line, to_terminal);
    return;
  }
  if (value.is_array()) {
    const bool scalars = std::all_of(value.begin(), value.end(), is_scalar);
    if (!scalars) {
      for (const Json& item : value) print_text(out, item, label, to_terminal);
      return;
    }
    if (!label.empty()) {
      for (const Json& item : value) print_text(out, item, label, to_terminal);
      return;
    }
    std::vector<std::string> line;
    for (const Json& item : value) line.push_back(plain_text(item));
    if (!line.empty()) print_fields(out, line, to_terminal);
    return;
  }
  std::vector<std::string> line = start();
  const std::size_t empty_size = line.size();
  for (const Json& member : value) {
    if (is_scalar(member)) line.push_back(plain_text(member));
  }
  if (line.size() > empty_size) print_fields(out, line, to_terminal);
  for (const auto& [name, member] : value.items()) {
    if (!is_scalar(member)) print_text(out, member, name, to_terminal);
  }
}

std::size_t width(std::string_view text) {  // in code points
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

using Row = std::vector<std::string>;

void print_box(std::ostream& out, std::string_view title, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string rule = "+";
  for (const std::size_t column : widths) rule += std::string(column + 2, '-') + "+";
  if (!title.empty()) out << for_person(title) << '\n';
  out << rule << '\n';
  for (const Row& row : rows) {
    out << '|';
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string cell = i < row.size() ? row[i] : std::string();
      out << ' ' << cell << std::string(widths[i] - width(cell), ' ') << " |";
    }
    out << '\n';
  }
  out << rule << '\n';
}

std::string cell_text(const Json& value) {
  return is_scalar(value) ? scalar_text(value) : for_person(dump(value, -1));
}

void print_table(std::ostream& out, const Json& value, std::string_view title);

void print_object_table(std::ostream& out, const Json& object, std::string_view title) {
  std::vector<Row> rows;
  for (const auto& [name, member] : object.items()) {
    if (is_scalar(member)) rows.push_back({for_person(name), scalar_text(member)});
  }
  if (!rows.empty()) print_box(out, title, rows);
  for (const auto& [name, member] : object.items()) {
    if (!is_scalar(member) && !member.empty()) print_table(out, member, name);
  }
}

void print_array_table(std::ostream& out, const Json& array, std::string_view title) {
  Row columns;
  for (const Json& item : array) {
    if (!item.is_object()) continue;
    for (const auto& [name, member] : item.items()) {
      if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    }
  }
  std::vector<Row> rows;
  if (!columns.empty()) {
    rows.emplace_back();
    for (const std::string& column : columns) rows.back().push_back(for_person(column));
  }
  for (const Json& item : array) {
    Row row;
    if (item.is_object()) {
      for (const std::string& column : columns) {
        row.push_back(item.contains(column) ? cell_text(item.at(column)) : std::string());
      }
    } else if (item.is_array()) {
      for (const Json& cell : item) row.push_back(cell_text(cell));
    } else {
      row.push_back(scalar_text(item));
    }
    rows.push_back(std::move(row));
  }
  print_box(out, title, rows);
}

bool is_json(const GlobalOptions& options) {
  return options.output.empty() || options.output == "json";
}

void print_json(std::ostream& out, std::string_view plain) {
  std::string text = escape_controls(plain, LineEnds::kKept);
  out << text;
  wipe(text);
}

void print_table(std::ostream& out, const Json& value, std::string_view title) {
  if (value.is_object()) {
    print_object_table(out, value, title);
  } else if (value.is_array()) {
    print_array_table(out, value, title);
  } else {
    print_box(out, title, {{scalar_text(value)}});
  }
}

}  // namespace

std::string time_text(Time time) {
  std::string text = iso_seconds(time);
  text.pop_back();  // Z
  const std::int64_t fraction = ((time.time_since_epoch().count() % 1000) + 1000) % 1000;
  if (fraction != 0) {
    const std::string digits = std::to_string(fraction + 1000).substr(1);
    text += cat(".", digits, "000");
  }
  return text + "+00:00";
}

void show_times(Json& answer, const OperationInfo& operation) {
  spell_times(answer, operation.answer(), time_text);
}

void print_answer_of(Session& session, const OperationInfo& operation, Json answer) {
  show_times(answer, operation);
  print_answer(session.out(), std::move(answer), session.options());
}

void print_call(Session& session, const OperationInfo& operation, Json request) {
  print_answer_of(session, operation, session.call(operation.name, std::move(request)));
}

void print_answer(std::ostream& out, Json answer, const GlobalOptions& options) {
  if (!options.output.empty() && options.output != "json" && options.output != "text" && options.output != "table") {
    throw Error(ErrorCode::kUsage, cat("--output: '", options.output, "' is none of json, text, table"));
  }
  if (answer.is_null() || (answer.is_object() && answer.empty())) return;
  encode_blobs(answer);
  if (!options.query.empty()) {
    Json selected = query(answer, options.query);
    wipe(answer);
    answer = std::move(selected);
  }
  if (is_json(options)) {
    std::string plain = dump(answer, kIndent);
    print_json(out, plain);
    out << '\n';
    wipe(plain);
  } else if (options.output == "text") {
    const bool single = is_scalar(answer) && !options.to_terminal;  // there is nothing that it could be taken for
    if (single) {
      out << plain_text(answer) << '\n';
    } else {
      print_text(out, answer, "", options.to_terminal);
    }
  } else {
    print_table(out, answer, "");
  }
  wipe(answer);
}

bool ListPrinter::print(Json& page) {
  const bool is_list = page.size() == 1 && page.front().is_array();
  const bool by_page = is_json(options_) || options_.output == "text";
  if (!is_list || !by_page || !options_.query.empty()) return false;
  encode_blobs(page);
  if (is_json(options_)) {
    print_entries(page);
  } else {
    print_text(out_, page, "", options_.to_terminal);
  }
  wipe(page);
  return true;
}

// A page is {"NAME": [ENTRIES]}: of those behind the first one the entries alone.
void ListPrinter::print_entries(const Json& page) {
  head_ = cat("{\n    ", dump(page.begin().key(), -1), ": [");
  if (page.front().empty()) return;
  std::string plain = dump(page, kIndent);
  const std::string_view entries =
      std::string_view(plain).substr(head_.size(), plain.size() - head_.size() - kListTail.size());
  if (any_) out_ << ',';
  if (!any_) print_json(out_, head_);
  print_json(out_, entries);
  any_ = true;
  wipe(plain);
}

void ListPrinter::end(Json rest) {
  if (head_.empty()) return print_answer(out_, std::move(rest), options_);
  if (!any_) print_json(out_, head_);
  out_ << (any_ ? kListTail : "]\n}") << '\n';
}

}  // namespace kms::cli
