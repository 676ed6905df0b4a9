#pragma once
// What a command may be told, and what runs once it has been: CLI11 behind functions that are no templates, because its
// header costs each file that includes it seconds.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/service/field.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace kms::cli {

// A handle on one option, as good as the App that has it lives; copies are the same option. Each setter returns it
// again. Not for more than one thread.
class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}

  Argument required() const;
  Argument needs(const Argument& other) const;        // given only together with `other`
  Argument type_name(const std::string& name) const;  // of its value, in help
  Argument repeatable() const;                        // of a list: the values of all times that it is given
  Argument one_value_each() const;                    // of a list: no more than one value a time
  Argument up_to(int limit) const;                    // so many values a time, each taken as it is
  Argument among(std::vector<std::string> values) const;
  // The same for numbers that have one spelling; `kind` is what help calls them.
  Argument number_among(const std::string& kind, std::vector<std::string> values) const;
  Argument within(std::int64_t least, std::int64_t most) const;

  // After the parse.
  bool given() const;
  const std::vector<std::string>& texts() const;  // as they were given; empty when they were not

 private:
  CLI::Option* option_;
};

// Adds options to an App that outlives it; copies add to the same App. `names` is "-k,--key-id", or "file" for a
// positional argument; names that are taken or malformed throw what CLI11 throws, and are a mistake in the program.
// Variables outlive the parse, keep their value unless the option is given, and functions run in it. Not for more than
// one thread.
class ArgumentParser {
 public:
  explicit ArgumentParser(CLI::App& app) : app_(&app) {}

  Argument add_option(const std::string& names, std::string& variable, const std::string& help);
  Argument add_option(const std::string& names, std::vector<std::string>& variable, const std::string& help);
  Argument add_option(const std::string& names, std::int32_t& variable, const std::string& help);
  Argument add_option(const std::string& names, std::int64_t& variable, const std::string& help);
  Argument add_option(const std::string& names, const std::function<void(const std::string&)>& set,
                      const std::string& help);
  Argument add_option(const std::string& names, const std::string& help);  // see Argument::texts()
  Argument add_flag(const std::string& names, bool& variable, const std::string& help);
  // "--x,!--no-x" is a flag that says yes or no; see Argument::texts().
  Argument add_flag(const std::string& names, const std::string& help);
  // Of the options that are added to the result, no more than one may be given. `name` heads them in help.
  ArgumentParser add_exclusive_group(const std::string& name, const std::string& help);

  // For the manual: that the command prints what the operation answers, of which the members may be printed alone.
  void prints(const OperationInfo& operation) { printed_ = &operation; }
  const OperationInfo* printed() const { return printed_; }  // null: something else, or nothing

  // What runs when all words made sense. The last one set counts.
  void callback(std::function<void()> run);

 private:
  CLI::App* app_;
  const OperationInfo* printed_ = nullptr;
};

}  // namespace kms::cli
