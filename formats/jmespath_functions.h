#pragma once
// The functions of JMESPath: jmespath_functions.cc lists them.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/ordered_json.h"
#include "formats/jmespath_evaluation.h"
#include "formats/jmespath_tree.h"
#include "formats/jmespath_value.h"

namespace kms::formats::jmespath {

struct Argument {
  Value value;
  const Node* reference = nullptr;  // not null: the argument is &reference, and has no value
};

// What a function is called with: arguments of the types that it takes.
class Invocation {
 public:
  // All outlive it.
  Invocation(Evaluation& evaluation, const Call& call, const std::vector<Argument>& arguments)
      : evaluation_(evaluation), call_(call), arguments_(arguments) {}

  std::size_t count() const { return arguments_.size(); }
  const OrderedJson& operator[](std::size_t i) const { return *arguments_[i].value; }
  const Value& value(std::size_t i) const { return arguments_[i].value; }
  // What the reference that is argument i selects of an item of argument `list`.
  Value referenced(std::size_t i, std::size_t list, const OrderedJson& item) const {
    return evaluation_.select(*arguments_[i].reference, value(list).part(item));
  }
  // See Evaluation. A part is one of argument i.
  OrderedJson own(Value value) const;
  OrderedJson own_part(std::size_t i, const OrderedJson& part) const;
  Value text(std::string made) const { return evaluation_.text(std::move(made)); }
  // kUsage with the place and the name of the function.
  [[noreturn]] void fail(std::string_view why) const;

 private:
  Evaluation& evaluation_;
  const Call& call_;
  const std::vector<Argument>& arguments_;
};

using Types = std::uint16_t;  // a bit for each that is taken
struct Function {
  std::string_view name;
  Types first = 0;
  Types second = 0;         // 0: there is no second parameter
  bool takes_more = false;  // of the type of the first
  Value (*run)(const Invocation& call) = nullptr;
};

// Null where there is none of that name. A function is there as long as the program.
const Function* find_function(std::string_view name);
std::size_t count_parameters(const Function& function);
// Checks the types of the arguments, which are as many as the function takes, and runs it.
Value call_function(Evaluation& evaluation, const Call& call, const std::vector<Argument>& arguments);

// "a number" and so on.
std::string_view type_of(const OrderedJson& value);

}  // namespace kms::formats::jmespath
