#pragma once
// What a tree of an expression selects (https://jmespath.org/specification.html).
#include <cstddef>
#include <string>

#include "core/base/ordered_json.h"
#include "formats/jmespath_tree.h"
#include "formats/jmespath_value.h"

namespace kms::formats::jmespath {

// One search of a document. The document and the tree outlive it and its values. Not for more than one thread.
class Evaluation {
 public:
  explicit Evaluation(const OrderedJson& document);

  // What `node` selects of `current`. As deep in calls as the tree, which the parser bounds.
  Value select(const Node& node, const Value& current);

  // `value` for use in another one: moved where that is possible, else a copy, which counts.
  OrderedJson own(Value value);
  // A text that was made, which counts.
  Value text(std::string made);

 private:
  // kUsage once all copies together are many times the document: [@, @] | [@, @] | ... would double it each time.
  void count(std::size_t bytes);
  std::size_t left_;
};

}  // namespace kms::formats::jmespath
