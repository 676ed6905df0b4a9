#pragma once
// How a failure is told on stderr.
#include <iosfwd>
#include <string_view>

#include "core/base/error.h"

namespace kms::cli {

// Prints `kmsctl: WIRENAME: message`, and a line with a hint where one helps: `next` is what is known to (see hints.h).
// Returns the exit code.
int report(const Error& error, std::ostream& err, std::string_view next = {});

}  // namespace kms::cli
