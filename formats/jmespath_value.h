#pragma once
// What is passed from one part of an expression to the next, without copies of the document. Not for more than one
// thread.
#include <memory>

#include "core/base/ordered_json.h"

namespace kms::formats::jmespath {

// What an expression selects. A part of the document, of the expression or of a value that was made is not copied. What
// was made lives as long as a Value has it or a part of it, and is wiped then.
class Value {
 public:
  Value();                                            // null
  static Value outside(const OrderedJson& existing);  // which outlives it and all that is selected of it
  static Value made(OrderedJson value);
  static Value flag(bool value);

  // `part` is in this value.
  Value part(const OrderedJson& part) const { return {made_, &part}; }
  const OrderedJson& operator*() const { return *at_; }
  const OrderedJson* operator->() const { return at_; }
  // The value, which may be moved from, when it was made and nobody else has it or a part of it; else nullptr.
  OrderedJson* sole() { return at_ == made_.get() && made_.use_count() == 1 ? made_.get() : nullptr; }

 private:
  Value(std::shared_ptr<OrderedJson> made, const OrderedJson* at) : made_(std::move(made)), at_(at) {}
  std::shared_ptr<OrderedJson> made_;  // null: it is outside
  const OrderedJson* at_;
};

bool is_true(const OrderedJson& value);  // all but null, false, and a string, list or object without content
// What `value` takes, in bytes and about.
std::size_t weight(const OrderedJson& value);

}  // namespace kms::formats::jmespath
