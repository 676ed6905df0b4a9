#pragma once
// The manual pages: kmsctl(1); a page for each command, those that begin with one word together; kmsctl-api(7) for the
// operations of AWS KMS; kmsctl-scripting(7) and kmsctl-security(7).
#include <map>
#include <string>
#include <vector>

#include "cli/documentation.h"

namespace kms::cli {

// File name ("man/kmsctl-slot.1") to content.
std::map<std::string, std::string> manual_pages(const std::vector<CommandText>& commands,
                                                const std::vector<OptionText>& global_options);

}  // namespace kms::cli
