#pragma once
// Global options and variables of the aws command line (the lists of its versions 1 and 2, of November 2026) that mean
// nothing to a key store of one machine: they are taken with a word about that, or refused with one, and never passed
// over in silence. Those that mean something are options of every command (cli/command.h).
#include <iosfwd>
#include <string>
#include <vector>

namespace kms::cli {

// Takes them out of the words of a command line, with their values, up to `--`. What is to be known of each goes to
// `notes`, a line each. Throws kUsage for one that cannot be done without.
void take_aws_options(std::vector<std::string>& words, std::ostream& notes);

// The same for the environment of `kmsctl kms` and `kmsctl sts`: a line for all variables of aws that are set and mean
// nothing here, whichever versions have them.
void note_aws_variables(std::ostream& notes);

}  // namespace kms::cli
