// The functions that go through arrays and compare their items.
#include <algorithm>
#include <compare>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "formats/jmespath_compare.h"
#include "formats/jmespath_library.h"

namespace kms::formats::jmespath {
namespace {

struct Keyed {
  Value key;
  const OrderedJson* item;
};

// The items of argument 0, each as its own key.
std::vector<Keyed> items_of(const Invocation& call) {
  std::vector<Keyed> out;
  for (const OrderedJson& item : call[0]) out.push_back({call.value(0).part(item), &item});
  return out;
}

// The items of argument 0 by what argument 1 selects of them: numbers of all, or strings of all.
std::vector<Keyed> items_by_reference(const Invocation& call) {
  std::vector<Keyed> out;
  for (const OrderedJson& item : call[0]) {
    out.push_back({call.referenced(1, 0, item), &item});
    const OrderedJson& key = *out.back().key;
    const OrderedJson& first = *out.front().key;
    if (order(first, key) != std::partial_ordering::unordered) continue;
    const bool is_first = out.size() == 1;
    call.fail(cat("the expression gives ", type_of(key), " for item ", std::to_string(out.size()), ", not ",
                  is_first ? "a number or a string" : type_of(first)));
  }
  return out;
}

bool comes_before(const Keyed& a, const Keyed& b) {
  return std::is_lt(order(*a.key, *b.key));
}

Value greatest_of(const Invocation& call, const std::vector<Keyed>& items) {
  const auto found = std::max_element(items.begin(), items.end(), comes_before);
  return found == items.end() ? Value() : call.value(0).part(*found->item);
}

Value least_of(const Invocation& call, const std::vector<Keyed>& items) {
  const auto found = std::min_element(items.begin(), items.end(), comes_before);
  return found == items.end() ? Value() : call.value(0).part(*found->item);
}

Value sorted(const Invocation& call, std::vector<Keyed> items) {
  std::stable_sort(items.begin(), items.end(), comes_before);
  OrderedJson out = OrderedJson::array();
  for (const Keyed& each : items) out.push_back(call.own_part(0, *each.item));
  return Value::made(std::move(out));
}

}  // namespace

Value greatest(const Invocation& call) {
  return greatest_of(call, items_of(call));
}

Value greatest_by(const Invocation& call) {
  return greatest_of(call, items_by_reference(call));
}

Value least(const Invocation& call) {
  return least_of(call, items_of(call));
}

Value least_by(const Invocation& call) {
  return least_of(call, items_by_reference(call));
}

Value map_items(const Invocation& call) {
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& item : call[1]) out.push_back(call.own(call.referenced(0, 1, item)));
  return Value::made(std::move(out));
}

Value sort_items(const Invocation& call) {
  return sorted(call, items_of(call));
}

Value sort_items_by(const Invocation& call) {
  return sorted(call, items_by_reference(call));
}

}  // namespace kms::formats::jmespath
