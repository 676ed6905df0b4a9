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

// Replaces seconds since 1970 by text in members that hold a time, at any depth.
void format_times(Json& answer);

}  // namespace kms::cli
