#include "cli/output.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>

#include "cli/aws_table.h"
#include "cli/aws_text.h"
#include "cli/ordered_answer.h"
#include "cli/query.h"
#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "formats/yaml.h"

namespace kms::cli {
namespace {

constexpr int kIndent = 4;
constexpr std::string_view kListTail = "\n    ]\n}";  // behind the entries of the one list of an answer

// In the order of kOutputFormats.
enum class Form : std::uint8_t { kJson, kText, kTable, kYaml, kYamlStream };

Form output_form(const GlobalOptions& options) {
  if (options.output.empty()) return Form::kJson;
  const auto* const found = std::find(kOutputFormats.begin(), kOutputFormats.end(), options.output);
  if (found != kOutputFormats.end()) return static_cast<Form>(found - kOutputFormats.begin());
  std::string all;
  for (const std::string_view format : kOutputFormats) all += cat(all.empty() ? "" : ", ", format);
  throw Error(ErrorCode::kUsage, cat("--output: '", options.output, "' is none of ", all));
}

std::string dump(const OrderedJson& json, int indent) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false, OrderedJson::error_handler_t::replace);
}

void print_escaped(std::ostream& out, std::string_view plain) {
  std::string text = escape_controls(plain, LineEnds::kKept);
  out << text;
  wipe(text);
}

// A scalar alone is printed as JSON, as aws does: YAML would need a line that ends the document.
std::string yaml_of(OrderedJson document, Form form) {
  if (form == Form::kYamlStream) {
    OrderedJson pages = OrderedJson::array();
    pages.push_back(std::move(document));
    document = std::move(pages);
  }
  std::string text = document.is_structured() ? formats::write_yaml(document) : cat(dump(document, -1), "\n");
  wipe(document);
  return text;
}

// Of the terminal that standard output is; aws takes 80 for what is none.
std::size_t terminal_columns(const GlobalOptions& options) {
  constexpr std::size_t kUsual = 80;
  return options.to_terminal && options.columns > 0 ? options.columns : kUsual;
}

void print_document(std::ostream& out, OrderedJson document, const GlobalOptions& options, std::string_view title) {
  const Form form = output_form(options);
  if (document.is_null()) document = OrderedJson::object();
  if (!options.query.empty()) {
    OrderedJson selected = query(document, options.query);
    wipe(document);
    document = std::move(selected);
  }
  if (document.is_object() && document.empty()) return;
  if (form == Form::kText) {
    print_aws_text(out, document, options.to_terminal);
  } else if (form == Form::kTable) {
    print_aws_table(out, document, title, terminal_columns(options));
  } else {
    const bool is_json = form == Form::kJson;
    std::string plain = is_json ? cat(dump(document, kIndent), "\n") : yaml_of(std::move(document), form);
    print_escaped(out, plain);
    wipe(plain);
  }
  wipe(document);
}

}  // namespace

void print_answer_of(Session& session, const OperationInfo& operation, Json answer) {
  print_answer_of(session.out(), operation, std::move(answer), session.options());
}

void print_answer_of(std::ostream& out, const OperationInfo& operation, Json answer, const GlobalOptions& options) {
  print_document(out, ordered_answer(std::move(answer), operation.answer()), options, operation.name);
}

void print_call(Session& session, const OperationInfo& operation, Json request) {
  print_answer_of(session, operation, session.call(operation.name, std::move(request)));
}

void print_answer(std::ostream& out, Json answer, const GlobalOptions& options, const std::vector<Field>& members) {
  print_document(out, ordered_answer(std::move(answer), members), options, options.command);
}

void print_json_texts(std::ostream& out, std::string_view list, const std::vector<std::string_view>& texts,
                      const OrderedJson& rest) {
  constexpr std::size_t kDepth = 2;
  print_escaped(out, cat("{\n    ", dump(list, -1), ": ["));
  std::string plain;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    plain.assign(i == 0 ? "" : ",").append(1, '\n').append(kDepth * kIndent, ' ');
    append_indented(plain, texts[i], kDepth);
    print_escaped(out, plain);
  }
  wipe(plain);
  out << (texts.empty() ? "]" : "\n    ]");
  for (const auto& [name, value] : rest.items()) {
    print_escaped(out, cat(",\n    ", dump(name, -1), ": ", dump(value, -1)));
  }
  out << "\n}\n";
}

void check_output(const GlobalOptions& options) {
  (void)output_form(options);
}

bool prints_plain_json(const GlobalOptions& options) {
  return output_form(options) == Form::kJson && options.query.empty();
}

bool prints_each_page(const GlobalOptions& options) {
  return output_form(options) == Form::kText || prints_markers(options);
}

bool prints_markers(const GlobalOptions& options) {
  return output_form(options) == Form::kYamlStream;
}

bool ListPrinter::print(Json& page) {
  const bool is_list = page.size() == 1 && page.front().is_array();
  const bool by_entry = prints_plain_json(options_);
  if (!prints_markers(options_) && (!is_list || (!by_entry && !prints_each_page(options_)))) return false;
  OrderedJson shown = ordered_answer(std::exchange(page, nullptr), operation_.answer());
  if (prints_each_page(options_)) {
    print_document(out_, std::move(shown), options_, operation_.name);
  } else {
    print_entries(shown);
    wipe(shown);
  }
  return true;
}

// A page is {"NAME": [ENTRIES]}: of those behind the first one the entries alone.
void ListPrinter::print_entries(const OrderedJson& page) {
  head_ = cat("{\n    ", dump(page.begin().key(), -1), ": [");
  if (page.front().empty()) return;
  std::string plain = dump(page, kIndent);
  const std::string_view entries =
      std::string_view(plain).substr(head_.size(), plain.size() - head_.size() - kListTail.size());
  if (any_) out_ << ',';
  if (!any_) print_escaped(out_, head_);
  print_escaped(out_, entries);
  any_ = true;
  wipe(plain);
}

void ListPrinter::end(Json rest, const std::string& next_token) {
  if (!head_.empty()) {
    if (!any_) print_escaped(out_, head_);
    out_ << (any_ ? kListTail : "]\n}") << '\n';
  } else if (!rest.empty()) {
    print_document(out_, ordered_answer(std::move(rest), operation_.answer()), options_, operation_.name);
  }
  if (next_token.empty() || prints_markers(options_)) return;
  OrderedJson token;
  token["NextToken"]["NextToken"] = next_token;
  print_document(out_, std::move(token), options_, operation_.name);
}

}  // namespace kms::cli
