#pragma once
// Alerts as lines of a file.
#include <optional>
#include <string>
#include <string_view>

#include "cli/delivery/deadline.h"

namespace kms::delivery {

// Why the path cannot be that of a file of notices, in half a sentence: it is not absolute, its directory is not there,
// or what is there is no regular file.
std::optional<std::string> unfit_file(const std::string& path);

// Appends the notice as a line, durably; the file is made when it is missing (0600). Whole or not at all, unless the
// machine fails. Writers wait for each other (flock(2)). Else why not, in half a sentence.
std::optional<std::string> append_to_file(const std::string& path, std::string_view notice, const Deadline& deadline);

}  // namespace kms::delivery
