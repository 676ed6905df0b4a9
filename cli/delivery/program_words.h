#pragma once
// The text of --exec: a program and its arguments, as a shell reads plain words, though no shell runs them.
#include <string_view>

#include "core/model/alert.h"

namespace kms::delivery {

// Words apart by spaces and tabs; '...' is literal; in "..." a backslash stands before " \ $ and `; elsewhere it makes
// the next character literal (POSIX, XCU 2.2). Nothing is expanded: what would mean something to a shell is refused.
// The first word is an absolute path, or one with a slash from the working directory, or the name of a program in a
// directory of `search_path` (as PATH, its relative directories left out), and has to be there. UsageException, which
// says what to type.
AlertDestination parse_program(std::string_view text, std::string_view search_path);

}  // namespace kms::delivery
