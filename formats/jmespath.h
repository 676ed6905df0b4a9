#pragma once
// JMESPath (https://jmespath.org/specification.html) as the aws command line has it, where that goes beyond the
// specification: < <= > >= also order texts, by their characters, and text between backticks that is no JSON is a
// string. Members of an object come in the order that they
// have in the document, those of {name: value} in that of the expression.
//
//   jmespath_lexer       characters -> tokens
//   jmespath_parser      tokens -> tree (jmespath_tree.h), names and numbers of arguments of functions checked
//   jmespath_evaluation  tree + document -> value (jmespath_value.h)
//   jmespath_functions   the functions, with the types of their arguments
#include <memory>
#include <string_view>

#include "core/base/ordered_json.h"

namespace kms::formats::jmespath {

struct Node;

// An expression, read once. May be used by several threads at a time.
class Expression {
 public:
  // kUsage "at character N: ..." for what is no expression, is longer than 4096 bytes or nested more than 256 deep, and
  // for functions that do not exist or take another number of arguments.
  explicit Expression(std::string_view text);
  // What it selects of the document; null where that is nothing. kUsage where a function gets an argument of a type
  // that it does not take, and where the result of the expression or of a part would be many times the document and
  // more than 64 MiB. What is made on the way is wiped: it may be plaintext.
  OrderedJson search(const OrderedJson& document) const;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace kms::formats::jmespath
