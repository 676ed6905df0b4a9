#include "formats/jmespath_tree.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace kms::formats::jmespath {
namespace {

// `left` as an `Operator`, to which more operands come: a tree as deep as a chain is long would exhaust the stack.
template <class Operator>
Operator& as_chain(Node& left, std::vector<Node> Operator::*operands) {
  if (!std::holds_alternative<Operator>(left.is)) {
    Operator alone;
    (alone.*operands).push_back(std::exchange(left, Node{}));
    left.is = std::move(alone);
  }
  return std::get<Operator>(left.is);
}

}  // namespace

Node followed(Node left, Node step) {
  as_chain(left, &Sequence::steps).steps.push_back(std::move(step));
  return left;
}

Node either(Node left, Node right) {
  as_chain(left, &Either::operands).operands.push_back(std::move(right));
  return left;
}

Node both(Node left, Node right) {
  as_chain(left, &Both::operands).operands.push_back(std::move(right));
  return left;
}

Node compared(Node left, Comparator comparator, Node right) {
  if (!std::holds_alternative<Comparison>(left.is)) {
    Comparison alone;
    alone.first = std::make_unique<const Node>(std::exchange(left, Node{}));
    left.is = std::move(alone);
  }
  auto& comparison = std::get<Comparison>(left.is);
  comparison.comparators.push_back(comparator);
  comparison.others.push_back(std::move(right));
  return left;
}

}  // namespace kms::formats::jmespath
