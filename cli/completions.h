#pragma once
// Completion scripts for the shells.
#include <string>
#include <vector>

#include "cli/documentation.h"

namespace kms::cli {

std::string bash_completion(const std::vector<CommandText>& commands, const std::vector<OptionText>& global_options);
std::string zsh_completion(const std::vector<CommandText>& commands, const std::vector<OptionText>& global_options);
std::string fish_completion(const std::vector<CommandText>& commands, const std::vector<OptionText>& global_options);

}  // namespace kms::cli
