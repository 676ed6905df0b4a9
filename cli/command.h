#pragma once
// The command line: which command the words name, and the options that all commands share.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/argument_parser.h"
#include "cli/session.h"

namespace kms::cli {

inline constexpr std::string_view kApiGroup = "AWS KMS API";
inline constexpr std::string_view kStsGroup = "AWS STS API";
inline constexpr std::string_view kCloudTrailGroup = "AWS CloudTrail API";
inline constexpr std::string_view kHiddenGroup = {};  // of commands that no help names

// Whether a command of the group is one of the aws command line, under its name.
constexpr bool is_of_aws(std::string_view group) {
  return group == kApiGroup || group == kStsGroup || group == kCloudTrailGroup;
}

struct Command {
  std::string path;          // the words that name it: "slot add"
  std::string_view summary;  // one line, no period; of static lifetime, as `group`
  std::string_view group;    // heading in help and manual
  // Adds options and the callback that does the work. Called only for the command that the words name (and by
  // documentation()). An option of the command hides the global one of the same name.
  std::function<void(ArgumentParser&, Session&)> setup;

  bool is_of_aws() const { return cli::is_of_aws(group); }
};

// Fills `options`, which `session` shows to the command, then runs the command. Returns the exit code; help and version
// go to session.out(). Throws Error: kUsage when the words make no sense, else what the command throws.
// A leading word `kms` leaves only the commands of kApiGroup, so that `aws` in a script may become `kmsctl`. Where two
// commands have one path, the one outside kApiGroup is meant unless `kms` leads.
int run_command_line(int argc, char** argv, const std::vector<Command>& commands, GlobalOptions& options,
                     Session& session);

// The options that every command takes, unless it has its own of that name.
void add_global_options(CLI::App& app, GlobalOptions& options);

// The vault of who names none: kmsctl/default in $XDG_DATA_HOME or ~/.local/share. Empty when there is no home.
std::string default_vault();
// Where programs keep what is to last and is no document of anybody's (XDG base directories); empty where there is no
// home.
std::string state_directory();

}  // namespace kms::cli
