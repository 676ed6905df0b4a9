#pragma once
// Manuals and completions, made from the commands themselves: what a command accepts is what they show.
#include <map>
#include <string>
#include <vector>

#include "cli/command.h"
#include "core/service/field.h"

namespace kms::cli {

struct OptionText {
  std::vector<std::string> names;   // "-k", "--key-id"; a positional argument has its name alone
  std::string type;                 // in a word (value_words.h); empty for a flag
  std::vector<std::string> values;  // all that it may be, where that is a list
  std::string help;
  std::string alone;  // of the set of options of which no more than one may be given: what none of them means
  bool positional = false;
  bool required = false;
  bool many = false;           // takes several words; of an option, those up to the next one
  bool value_is_free = false;  // may be given without a value

  bool takes_value() const { return !type.empty(); }
};

struct CommandText {
  std::string path;
  std::string summary;
  std::string group;
  std::vector<std::string> spellings;  // what may be typed: "encrypt", "kms encrypt"
  std::vector<OptionText> options;     // without the global ones
  std::vector<std::string> examples;   // lines for a shell
  std::vector<Field> prints;           // the members of what it prints, where that is what an operation answers
  std::string prints_as;               // instead: the path of the command of the API that prints the same

  bool is_of_kms() const { return group == kApiGroup; }
};

// What help shows of each command, in the order given; calls setup() of each.
std::vector<CommandText> describe(const std::vector<Command>& commands);
// Of one of `commands`.
CommandText describe(const Command& command, const std::vector<Command>& commands);
std::vector<OptionText> describe_global_options();

// What may be typed for it, what people type first: "encrypt"; "kms encrypt" alone where another of `commands` has the
// shorter name.
std::vector<std::string> spellings(const Command& command, const std::vector<Command>& commands);
// "kmsctl encrypt-file [options] [-k KEY] FILE...": with all that is required.
std::string usage_of(const CommandText& command);
// "--key-id KEY", for an option that has several names "-k, --key-id KEY".
std::string option_tag(const OptionText& option);

// File name ("man/kmsctl.1", "completions/kmsctl.bash") to content: manual pages (manual.h) and what the shells read
// (completion_stubs.h). The same commands give the same bytes.
std::map<std::string, std::string> documentation(const std::vector<Command>& commands);

}  // namespace kms::cli
