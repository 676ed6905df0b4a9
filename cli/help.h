#pragma once
// What --help and `kmsctl help` print. It comes from the same descriptions as manuals and completion.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/documentation.h"

namespace kms::cli {

// The commands that somebody needs first, and how to go on.
std::string overview_help(const std::vector<Command>& commands, std::size_t width);
// Of commands that begin with `words`, of all where there are none, each in a line under the heading of its group.
std::string list_help(const std::vector<const Command*>& commands, std::string_view words, std::size_t width);
// Usage, options, examples. `whole`: as `kmsctl help` has it, with what the command is for and what it prints.
std::string command_help(const CommandText& command, bool whole, std::size_t width);
std::string global_option_help(std::size_t width);

// What stands in an overview or a completion for a path or a word: the command's summary, or that of its topic. Empty
// where no command begins with it.
std::string_view summary_of(const std::vector<Command>& commands, std::string_view path);

// Words that `kmsctl help` takes beside commands.
inline constexpr std::string_view kOptionsTopic = "options";

}  // namespace kms::cli
