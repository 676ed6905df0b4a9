#pragma once
// How an answer is printed: as the aws command line prints it.
#include <iosfwd>
#include <string>

#include "cli/session.h"
#include "core/base/json.h"

namespace kms::cli {

// Applies options.query, then prints in options.output. An answer without content prints nothing. Members that hold a
// time are printed as ISO 8601 in UTC. Control characters become escapes: in JSON, tables and whatever goes to a
// terminal all of them, in text for a program the newlines and tabs inside a field, but not those of a single value.
// Throws kUsage for a query or a format that is none. Wipes the answer.
void print_answer(std::ostream& out, Json answer, const GlobalOptions& options);

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

// Replaces seconds since 1970 by text in members that hold a time, at any depth.
void format_times(Json& answer);

}  // namespace kms::cli
