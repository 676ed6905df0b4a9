#pragma once
// What shells read to complete words of kmsctl: each asks `kmsctl complete` (completion.h).
#include <map>
#include <string>
#include <string_view>

namespace kms::cli {

// File name ("completions/kmsctl.bash") to content.
std::map<std::string, std::string> completion_stubs();
// Of one shell: bash, zsh or fish.
std::string_view completion_stub(std::string_view shell);

}  // namespace kms::cli
