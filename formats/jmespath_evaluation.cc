#include "formats/jmespath_evaluation.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/jmespath.h"
#include "formats/jmespath_compare.h"
#include "formats/jmespath_functions.h"
#include "formats/jmespath_parser.h"

namespace kms::formats::jmespath {
namespace {

// What each kind of node selects of the current value.
class Selector {
 public:
  Selector(Evaluation& evaluation, const Value& current) : evaluation_(evaluation), current_(current) {}

  Value operator()(const Current&) const { return current_; }
  Value operator()(const Literal& literal) const { return Value::outside(*literal.value); }

  Value operator()(const Field& field) const {
    if (!current_->is_object()) return {};
    const auto found = current_->find(field.name);
    return found == current_->end() ? Value() : current_.part(*found);
  }

  Value operator()(const Index& index) const {
    if (!current_->is_array()) return {};
    const auto size = static_cast<std::int64_t>(current_->size());
    const std::int64_t at = index.at < 0 ? index.at + size : index.at;
    return at < 0 || at >= size ? Value() : current_.part((*current_)[static_cast<std::size_t>(at)]);
  }

  Value operator()(const Sequence& sequence) const {
    Value value = current_;
    for (const Node& step : sequence.steps) value = evaluation_.select(step, value);
    return value;
  }

  Value operator()(const EachItem& each) const {
    if (!current_->is_array()) return {};
    OrderedJson out = OrderedJson::array();
    for (const OrderedJson& item : *current_) add(out, *each.rest, item);
    return Value::made(std::move(out));
  }

  Value operator()(const EachValue& each) const {
    if (!current_->is_object()) return {};
    OrderedJson out = OrderedJson::array();
    for (const OrderedJson& member : *current_) add(out, *each.rest, member);
    return Value::made(std::move(out));
  }

  Value operator()(const EachFlattened& each) const {
    if (!current_->is_array()) return {};
    OrderedJson out = OrderedJson::array();
    for (const OrderedJson& item : *current_) {
      if (!item.is_array()) {
        add(out, *each.rest, item);
        continue;
      }
      for (const OrderedJson& inner : item) add(out, *each.rest, inner);
    }
    return Value::made(std::move(out));
  }

  Value operator()(const EachOfSlice& each) const {
    if (!current_->is_array()) return {};
    const auto size = static_cast<std::int64_t>(current_->size());
    const bool forward = each.step > 0;
    const std::int64_t first = forward ? 0 : size - 1;
    const std::int64_t end = forward ? size : -1;
    const auto place = [&](std::optional<std::int64_t> given, std::int64_t otherwise) {
      if (!given) return otherwise;
      return std::clamp(*given < 0 ? *given + size : *given, std::min(first, end), std::max(first, end));
    };
    const std::int64_t stop = place(each.stop, end);
    OrderedJson out = OrderedJson::array();
    for (std::int64_t at = place(each.start, first); forward ? at < stop : at > stop; at += each.step) {
      add(out, *each.rest, (*current_)[static_cast<std::size_t>(at)]);
    }
    return Value::made(std::move(out));
  }

  Value operator()(const EachThat& each) const {
    if (!current_->is_array()) return {};
    OrderedJson out = OrderedJson::array();
    for (const OrderedJson& item : *current_) {
      if (is_true(*evaluation_.select(*each.condition, current_.part(item)))) add(out, *each.rest, item);
    }
    return Value::made(std::move(out));
  }

  Value operator()(const List& list) const {
    if (current_->is_null()) return {};
    OrderedJson out = OrderedJson::array();
    for (const Node& item : list.items) out.push_back(evaluation_.own(evaluation_.select(item, current_)));
    return Value::made(std::move(out));
  }

  Value operator()(const Object& object) const {
    if (current_->is_null()) return {};
    OrderedJson out = OrderedJson::object();
    for (std::size_t i = 0; i < object.names.size(); ++i) {
      out[object.names[i]] = evaluation_.own(evaluation_.select(object.values[i], current_));
    }
    return Value::made(std::move(out));
  }

  Value operator()(const Either& either) const { return first_that(true, either.operands); }
  Value operator()(const Both& both) const { return first_that(false, both.operands); }

  Value operator()(const Not& negation) const {
    return Value::flag(!is_true(*evaluation_.select(*negation.operand, current_)));
  }

  Value operator()(const Comparison& comparison) const {
    Value left = evaluation_.select(*comparison.first, current_);
    for (std::size_t i = 0; i < comparison.others.size(); ++i) {
      const Value right = evaluation_.select(comparison.others[i], current_);
      const std::optional<bool> result = compare(*left, comparison.comparators[i], *right);
      left = result ? Value::flag(*result) : Value();
    }
    return left;
  }

  // The parser has it in arguments alone.
  Value operator()(const Reference&) const { return {}; }

  Value operator()(const Call& call) const {
    std::vector<Argument> arguments;
    arguments.reserve(call.arguments.size());
    for (const Node& node : call.arguments) {
      const auto* const reference = std::get_if<Reference>(&node.is);
      arguments.push_back(
          {evaluation_.select(node, current_), reference == nullptr ? nullptr : &*reference->expression});
    }
    return call_function(evaluation_, call, arguments);
  }

 private:
  // What `rest` selects of an item of the current value, unless that is null.
  void add(OrderedJson& out, const Node& rest, const OrderedJson& item) const {
    Value selected = evaluation_.select(rest, current_.part(item));
    if (!selected->is_null()) out.push_back(evaluation_.own(std::move(selected)));
  }

  // Of the operands, the first that is as true as wanted, or the last one.
  Value first_that(bool wanted, const std::vector<Node>& operands) const {
    Value value;
    for (const Node& operand : operands) {
      value = evaluation_.select(operand, current_);
      if (is_true(*value) == wanted) break;
    }
    return value;
  }

  Evaluation& evaluation_;
  const Value& current_;
};

}  // namespace

Evaluation::Evaluation(const OrderedJson& document) {
  constexpr std::size_t kLeast = std::size_t{64} << 20U;
  constexpr std::size_t kTimes = 16;
  left_ = kLeast + kTimes * weight(document);
}

Value Evaluation::select(const Node& node, const Value& current) {
  return std::visit(Selector(*this, current), node.is);
}

void Evaluation::count(std::size_t bytes) {
  if (bytes > left_) throw Error(ErrorCode::kUsage, "the expression makes too much of its document");
  left_ -= bytes;
}

OrderedJson Evaluation::own(Value value) {
  if (OrderedJson* const sole = value.sole()) return std::move(*sole);
  count(weight(*value));
  return *value;
}

Value Evaluation::text(std::string made) {
  count(made.size());
  return Value::made(std::move(made));
}

Expression::Expression(std::string_view text) {
  constexpr std::size_t kLongest = 4096;
  if (text.size() > kLongest) throw Error(ErrorCode::kUsage, "the expression is longer than 4096 bytes");
  if (!is_utf8(text)) throw Error(ErrorCode::kUsage, "the expression is not UTF-8");
  root_ = std::make_shared<const Node>(parse(text));
}

OrderedJson Expression::search(const OrderedJson& document) const {
  Evaluation evaluation(document);
  return evaluation.own(evaluation.select(*root_, Value::outside(document)));
}

}  // namespace kms::formats::jmespath
