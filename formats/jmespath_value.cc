#include "formats/jmespath_value.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace kms::formats::jmespath {
namespace {

const OrderedJson kNothing;
const OrderedJson kTrue(true);
const OrderedJson kFalse(false);

void wipe_and_free(OrderedJson* value) {
  if (value->is_string() || value->is_structured()) wipe(*value);
  delete value;
}

}  // namespace

Value::Value() : at_(&kNothing) {}

Value Value::outside(const OrderedJson& existing) {
  return {nullptr, &existing};
}

Value Value::made(OrderedJson value) {
  std::shared_ptr<OrderedJson> owner(new OrderedJson(std::move(value)), wipe_and_free);
  const OrderedJson* const at = owner.get();
  return {std::move(owner), at};
}

Value Value::flag(bool value) {
  return outside(value ? kTrue : kFalse);
}

bool is_true(const OrderedJson& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) return !value.get_ref<const std::string&>().empty();
  return value.is_structured() ? !value.empty() : !value.is_null();
}

std::size_t weight(const OrderedJson& value) {
  constexpr std::size_t kScalar = 32;
  std::size_t sum = 0;
  std::vector<const OrderedJson*> pending;
  for (const OrderedJson* next = &value;;) {
    sum += kScalar;
    if (next->is_string()) sum += next->get_ref<const std::string&>().size();
    if (next->is_array()) {
      for (const OrderedJson& item : next->get_ref<const OrderedJson::array_t&>()) pending.push_back(&item);
    }
    if (next->is_object()) {
      for (const auto& [name, member] : next->get_ref<const OrderedJson::object_t&>()) {
        sum += kScalar + name.size();
        pending.push_back(&member);
      }
    }
    if (pending.empty()) return sum;
    next = pending.back();
    pending.pop_back();
  }
}

}  // namespace kms::formats::jmespath
