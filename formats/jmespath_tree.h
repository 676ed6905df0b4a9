#pragma once
// A JMESPath expression as a tree. Each node is a function of the current value, which is the document at first.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ordered_json.h"

namespace kms::formats::jmespath {

struct Function;
struct Node;
using Branch = std::unique_ptr<const Node>;

struct Current {};  // @
struct Field {
  std::string name;
};
struct Index {
  std::int64_t at = 0;  // negative: from the end
};
struct Literal {
  std::shared_ptr<const OrderedJson> value;
};
// Each step works on what the one before it gave: a.b, a[0], a | b. What projects is a step as well, and has all that
// binds to its items.
struct Sequence {
  std::vector<Node> steps;
};

// Projections: the list of what `rest` selects of each item, without the nulls.
struct EachItem {  // [*]
  Branch rest;
};
struct EachValue {  // *
  Branch rest;
};
struct EachFlattened {  // []: items that are lists themselves are replaced by theirs
  Branch rest;
};
struct EachOfSlice {  // [start:stop:step]
  std::optional<std::int64_t> start;
  std::optional<std::int64_t> stop;
  std::int64_t step = 1;  // not 0
  Branch rest;
};
struct EachThat {  // [?condition]
  Branch condition;
  Branch rest;
};

struct List {  // [a, b]
  std::vector<Node> items;
};
struct Object {  // {name: value}
  std::vector<std::string> names;
  std::vector<Node> values;  // as many
};

struct Either {  // a || b || c
  std::vector<Node> operands;
};
struct Both {  // a && b && c
  std::vector<Node> operands;
};
struct Not {
  Branch operand;
};
enum class Comparator : std::uint8_t { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
struct Comparison {  // a < b; of a < b == c the first result is compared with c
  Branch first;
  std::vector<Comparator> comparators;
  std::vector<Node> others;  // as many
};

struct Reference {  // &a, which is an argument: what the function applies to values of its choice
  Branch expression;
};
struct Call {
  const Function* function = nullptr;
  std::vector<Node> arguments;
  std::size_t character = 1;  // where its name stands
};

struct Node {
  std::variant<Current, Field, Index, Literal, Sequence, EachItem, EachValue, EachFlattened, EachOfSlice, EachThat,
               List, Object, Either, Both, Not, Comparison, Reference, Call>
      is;
};

// `left`, and `step` on what it gives.
Node followed(Node left, Node step);
// Operators are applied from left to right.
Node either(Node left, Node right);
Node both(Node left, Node right);
Node compared(Node left, Comparator comparator, Node right);

}  // namespace kms::formats::jmespath
