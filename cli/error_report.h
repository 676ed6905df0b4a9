#pragma once
// How a failure is told on stderr.
#include <iosfwd>

#include "core/base/error.h"

namespace kms::cli {

// Prints `kmsctl: WIRENAME: message`, and a line with a hint where one helps. Returns the exit code.
int report(const Error& error, std::ostream& err);

}  // namespace kms::cli
