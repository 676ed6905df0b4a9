#pragma once
// An ARN in the words of the command line, for hints that name a command to type.
#include <string>
#include <string_view>

namespace kms::cli {

// How --principal names in short who has this ARN: user/NAME, root, or the role of a session.
std::string principal_option(std::string_view arn);

}  // namespace kms::cli
