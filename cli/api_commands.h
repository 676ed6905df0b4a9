#pragma once
// The plumbing: one command an operation, named and spelled as the aws command line does.
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "core/service/field.h"

namespace kms::cli {

// A command an operation, about operations that outlive them; `prefix` stands before their names. Those that list fetch
// every page unless told where to stop.
std::vector<Command> api_commands(const std::vector<const OperationInfo*>& operations,
                                  std::string_view group = kApiGroup, std::string_view prefix = {});

}  // namespace kms::cli
