#pragma once
// A command that takes several files.
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "cli/session.h"

namespace kms::cli {

// Does `one` for the number of each file. What fails for one file alone is thrown; of several files each failure is
// told on stderr under the name of its file, the others are done, and a summary ends it: then the process ends with the
// code of the first failure. What would fail for each of them (a vault that does not open) is thrown at once.
// UsageException where standard input is named twice.
void for_each_file(Session& session, const std::vector<std::string>& files,
                   const std::function<void(std::size_t)>& one);

}  // namespace kms::cli
