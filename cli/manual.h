#pragma once
// The manual pages, in man(7) macros.
#include <string>
#include <vector>

#include "cli/documentation.h"

namespace kms::cli {

std::string manual(const std::vector<CommandText>& commands, const std::vector<OptionText>& global_options);
std::string scripting_manual();

}  // namespace kms::cli
