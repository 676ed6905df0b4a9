#pragma once
// How an answer is printed: as the aws command line prints it.
#include <iosfwd>
#include <string>

#include "cli/session.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/service/field.h"

namespace kms::cli {

// Applies options.query, then prints in options.output. An answer without content prints nothing. Blobs are printed in
// base64. Control characters become escapes: in JSON, tables and whatever goes to a
// terminal all of them, in text for a program the newlines and tabs inside a field, but not those of a single value.
// Throws kUsage for a query or a format that is none. Wipes the answer.
void print_answer(std::ostream& out, Json answer, const GlobalOptions& options);
// Prints what an operation answered, its times as ISO 8601 in UTC, as the options of the session say.
void print_answer_of(Session& session, const OperationInfo& operation, Json answer);
// Calls it and prints that.
void print_call(Session& session, const OperationInfo& operation, Json request);

// Prints the pages of a list as print_answer() prints all of them in one, each when it comes. Not for more than one
// thread.
class ListPrinter {
 public:
  // Both outlive it.
  ListPrinter(std::ostream& out, const GlobalOptions& options) : out_(out), options_(options) {}
  // False, and nothing is done, when the form needs the whole list (--query, a table), or the page has more than
  // entries. Wipes what it prints.
  bool print(Json& page);
  // Once, after the last page, with what print() did not take.
  void end(Json rest);

 private:
  void print_entries(const Json& page);
  std::ostream& out_;
  const GlobalOptions& options_;
  std::string head_;  // of the JSON in front of the entries, once the name of the list is known
  bool any_ = false;  // entry was printed
};

// Makes text of the members that are times by their type, for which the operation answers seconds since 1970.
void show_times(Json& answer, const OperationInfo& operation);
// As the aws command line prints a time: microseconds only when there is a fraction, and the offset in full.
std::string time_text(Time time);

}  // namespace kms::cli
