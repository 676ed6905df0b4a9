#pragma once
// How an answer is printed.
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "cli/session.h"
#include "core/base/json.h"
#include "core/base/ordered_json.h"
#include "core/service/field.h"

namespace kms::cli {

// Applies options.query, then prints in options.output, as the aws command line does: an answer without content prints
// nothing (aws_text.h and aws_table.h say more of those forms). Members come in the order of ordered_answer.h. Control
// characters become escapes: in JSON, YAML, tables and whatever goes to a terminal all of them, in text for a program
// the newlines and tabs inside a field, but not those of a single value. Throws kUsage for a query or a format that is
// none. Wipes the answer.
void print_answer_of(Session& session, const OperationInfo& operation, Json answer);
// With other options than those of the session.
void print_answer_of(std::ostream& out, const OperationInfo& operation, Json answer, const GlobalOptions& options);
// Calls it and prints that.
void print_call(Session& session, const OperationInfo& operation, Json request);
// The same of what no operation answered, but may have declared members. A table has the command for its title.
void print_answer(std::ostream& out, Json answer, const GlobalOptions& options, const std::vector<Field>& members = {});

// The JSON of an answer whose one list has JSON texts for entries, which are laid out and not parsed; `rest` are its
// other members.
void print_json_texts(std::ostream& out, std::string_view list, const std::vector<std::string_view>& texts,
                      const OrderedJson& rest);

// Throws kUsage for a format that is none.
void check_output(const GlobalOptions& options);

// Whether that is what the operation answers, as JSON.
bool prints_plain_json(const GlobalOptions& options);
// Whether a list is printed page by page, each as if it were the whole, also with --query: as aws prints texts, and
// yaml-stream, where a page also says how the list goes on.
bool prints_each_page(const GlobalOptions& options);
bool prints_markers(const GlobalOptions& options);

// Prints the pages of a list, each when it comes where the form lets it, else when all are there: as JSON, what
// print_answer_of() prints of all of them in one. Not for more than one thread.
class ListPrinter {
 public:
  // All outlive it.
  ListPrinter(std::ostream& out, const GlobalOptions& options, const OperationInfo& operation)
      : out_(out), options_(options), operation_(operation) {}
  // False, and nothing is done, when the form needs the whole list (a table, --query where prints_each_page() does not
  // hold), or the page has more than entries. Takes and wipes what it prints.
  bool print(Json& page);
  // Once, after the last page, with what print() did not take, and where the list goes on; empty at its end.
  void end(Json rest, const std::string& next_token);

 private:
  void print_entries(const OrderedJson& page);
  std::ostream& out_;
  const GlobalOptions& options_;
  const OperationInfo& operation_;
  std::string head_;  // of the JSON in front of the entries, once the name of the list is known
  bool any_ = false;  // entry was printed
};

}  // namespace kms::cli
