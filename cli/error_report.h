#pragma once
// How a failure is told on stderr.
#include <iosfwd>
#include <string_view>

#include "cli/session.h"
#include "core/base/error.h"

namespace kms::cli {

struct Reader {
  bool explanations = false;  // wants to be told which command explains a refusal
  bool colour = false;
};
// Of standard error.
Reader reader_of_errors(const GlobalOptions& options);

// Prints `kmsctl: WIRENAME: message`, and a line with a hint where one helps: `next` is what is known to (see hints.h).
// Returns the exit code.
int report(const Error& error, std::ostream& err, const Reader& reader = {}, std::string_view next = {});

}  // namespace kms::cli
