#pragma once
// What a command may be told, and what runs once it has been: CLI11 behind functions that are no templates, because its
// header costs each file that includes it seconds.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/service/field.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace kms::cli {

// What options of one command are checked for once all words made sense; shared by the handles on them.
struct ArgumentRules;

// A handle on one option, as good as the App that has it lives; copies are the same option. Each setter returns it
// again. Not for more than one thread.
class Argument {
 public:
  Argument(CLI::Option* option, std::shared_ptr<ArgumentRules> rules) : option_(option), rules_(std::move(rules)) {}

  Argument required() const;
  Argument needs(std::string_view name) const;        // given only together with that one, which was added before
  Argument type_name(const std::string& name) const;  // of its value, in help
  Argument names_file() const;                        // or a directory: its bytes need not be UTF-8
  Argument may_be_empty() const;                      // an empty value is one, and not a variable that nobody set
  Argument takes_words() const;                       // of another program, as they are
  Argument repeatable() const;                        // of a list: one value each time that it is given
  Argument all_words() const;                         // of a positional list: all that are left
  Argument several_words() const;                     // of a list: the words that follow, up to the next option, too
  Argument value_or(const std::string& alone) const;  // may be given without a value, and then has this one
  Argument among(std::vector<std::string> values) const;
  // For help and completion: what it may be, and whether a request needs it. Who reads the request checks that. `field`
  // outlives the App.
  Argument of_field(const Field& field) const;
  // What is done with the texts, where there are any, once all words made sense: before what the command does. Throws
  // Error for what they cannot be.
  Argument on_value(std::function<void(const std::vector<std::string>& texts)> read) const;

  std::string name() const;  // as messages call it: "--key-id"
  // After the parse.
  bool given() const;
  const std::vector<std::string>& texts() const;  // as they were given; empty when they were not

 private:
  CLI::Option* option_;
  std::shared_ptr<ArgumentRules> rules_;
};

// Adds options to an App that outlives it; copies add to the same App. `names` is "-k,--key-id", or "file" for a
// positional argument; names that are taken or malformed throw what CLI11 throws, and are a mistake in the program.
// Not for more than one thread.
//
// An option takes one value, and is given once, unless it says otherwise. Values are UTF-8 unless they name files or
// are blobs, and are not empty unless the option says that they may be.
class ArgumentParser {
 public:
  explicit ArgumentParser(CLI::App& app);

  Argument add_option(const std::string& names, const std::string& help);
  // "--x,!--no-x" is a flag that says yes or no; see Argument::texts().
  Argument add_flag(const std::string& names, const std::string& help);
  // Of the options that are added to the result, no more than one may be given. `help` says what none of them means.
  ArgumentParser add_exclusive_group(const std::string& name, const std::string& help);

  // For the manual: that the command prints what the operation answers, of which the members may be printed alone.
  void prints(const OperationInfo& operation) { printed_ = &operation; }
  const OperationInfo* printed() const { return printed_; }  // null: something else, or nothing
  const Field* field_of(const CLI::Option* option) const;    // see Argument::of_field(); null: none

  // What runs when all words made sense. The last one set counts.
  void callback(std::function<void()> run);

 private:
  ArgumentParser(CLI::App& app, std::shared_ptr<ArgumentRules> rules);
  Argument handle(CLI::Option* option) const;
  CLI::App* app_;
  std::shared_ptr<ArgumentRules> rules_;
  const OperationInfo* printed_ = nullptr;
};

}  // namespace kms::cli
