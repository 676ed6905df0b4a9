#pragma once
// Manuals and completions, made from the commands themselves: what a command accepts is what they show.
#include <map>
#include <string>
#include <vector>

#include "cli/command.h"
#include "core/service/field.h"

namespace kms::cli {

struct OptionText {
  std::vector<std::string> names;  // "-k", "--key-id"; a positional argument has its name alone
  std::string type;                // empty for a flag
  std::string help;
  bool positional = false;
  bool required = false;
};

struct CommandText {
  std::string path;
  std::string summary;
  std::string group;
  std::vector<std::string> spellings;  // what may be typed: "encrypt", "kms encrypt"
  std::vector<OptionText> options;     // without the global ones
  std::vector<Field> prints;           // the members of what it prints, where that is what an operation answers
  std::string prints_as;               // instead: the path of the command of the API that prints the same
};

// What help shows of each command, in the order given; calls setup() of each.
std::vector<CommandText> describe(const std::vector<Command>& commands);
std::vector<OptionText> describe_global_options();

// File name ("man/kmsctl.1", "man/kmsctl-scripting.7", "completions/kmsctl.bash", "completions/_kmsctl",
// "completions/kmsctl.fish") to content. The same commands give the same bytes.
std::map<std::string, std::string> documentation(const std::vector<Command>& commands);

}  // namespace kms::cli
