#pragma once
// The options of a command, as its struct declares them in fields(visitor):
//   visit("-k,--key-id", key_id, {.required = true, .help = kKeyHelp});
// A name without dashes is that of an argument. The type of the member says the rest: a bool is a flag, a vector or a
// map a list, an enum one of its names, a number, a time or a duration that one; what keeps its value was not given,
// and a std::optional tells whether it was. One declaration serves the parser, help, manuals and completion.
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "cli/argument_parser.h"
#include "cli/option_values.h"

namespace kms::cli {

struct OptionRule {
  bool required = false;
  bool file = false;           // names a file or a directory: its bytes need not be UTF-8
  bool may_be_empty = false;   // an empty value is one, and not a variable that nobody set
  bool several_words = false;  // of a list: the words that follow, up to the next option, too
  bool foreign_words = false;  // of another program, as they are
  std::vector<std::string> among = {};
  std::int64_t least = std::numeric_limits<std::int64_t>::min();  // of a number
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::string_view needs = {};  // an option visited before, without which this one means nothing
  std::string_view type = {};   // in help, where neither the type nor the name says it
  std::string_view help = {};
};

// A visitor that adds options to a parser. The members outlive the parse; they are set once all words made sense.
class OptionFields {
 public:
  explicit OptionFields(ArgumentParser parser) : parser_(std::move(parser)) {}

  template <class T>
  void operator()(std::string_view names, T& member, OptionRule rule) {
    using Element = typename ElementOf<T>::Type;
    if constexpr (NamedEnum<Element>) {
      for (const auto& entry : EnumNames<Element>::kAll) rule.among.emplace_back(entry.second);
    }
    if (rule.type.empty()) rule.type = kTypeWord<T>;
    constexpr bool kMany = std::is_same_v<T, std::vector<std::string>> || std::is_same_v<T, TextMap>;
    const Argument argument = add(names, {std::is_same_v<T, bool>, kMany}, rule);
    const std::string name = argument.name();
    argument.on_value([name, &member, rule](const std::vector<std::string>& texts) {
      read_option({name, texts}, member, rule);
    });
  }

  // Of those visited by the result, no more than one may be given. `help` says what none of them means.
  OptionFields one_of(const std::string& name, const std::string& help) {
    return OptionFields(parser_.add_exclusive_group(name, help));
  }

  struct Form {
    bool flag = false;
    bool many = false;
  };
  // Without a member: see Argument::texts().
  Argument add(std::string_view names, Form form, const OptionRule& rule);

  ArgumentParser& parser() { return parser_; }

 private:
  ArgumentParser parser_;
};

// For commands that have none.
struct NoOptions {
  template <class Visitor>
  void fields(Visitor& /*visit*/) {}
};

}  // namespace kms::cli
