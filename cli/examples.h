#pragma once
// Examples of commands, for help and manuals. tests/cli/examples.sh runs each of them.
#include <string>
#include <string_view>
#include <vector>

namespace kms::cli {

// Of the command that is spelled so ("slot add", "kms describe-key"): lines for a shell. Empty for commands
// that have none, which a test refuses. Names in capitals (KEY-ID) stand for ids.
std::vector<std::string> examples_of(std::string_view spelling);
// All that have some, for the test.
std::vector<std::string> exemplified();

}  // namespace kms::cli
