#include "cli/ordered_answer.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/time_format.h"
#include "core/base/bytes.h"
#include "core/base/encoding.h"
#include "core/base/time_text.h"

namespace kms::cli {
namespace {

OrderedJson ordered(Json& value, const Field* field);

OrderedJson ordered_object(Json& object, const std::vector<Field>& members) {
  OrderedJson out = OrderedJson::object();
  auto& to = out.get_ref<OrderedJson::object_t&>();
  auto& from = object.get_ref<Json::object_t&>();
  to.reserve(from.size());
  for (const Field& field : members) {
    const auto member = from.find(field.name);
    if (member == from.end()) continue;
    to.emplace_back(member->first, ordered(member->second, &field));
    from.erase(member);
  }
  for (auto& [name, value] : from) to.emplace_back(name, ordered(value, nullptr));
  return out;
}

OrderedJson ordered_array(Json& array, const Field* field) {
  OrderedJson out = OrderedJson::array();
  out.get_ref<OrderedJson::array_t&>().reserve(array.size());
  for (Json& item : array) out.push_back(ordered(item, field));
  return out;
}

// `field` is null where nothing is known of the value.
OrderedJson ordered(Json& value, const Field* field) {
  static const std::vector<Field> none;
  if (value.is_object()) return ordered_object(value, field == nullptr ? none : field->members);
  if (value.is_array()) return ordered_array(value, field);
  if (value.is_string()) return std::move(value.get_ref<std::string&>());
  if (value.is_binary()) {
    std::string text = encode_base64(value.get_binary());
    wipe(MutableBytes(value.get_binary()));
    return text;
  }
  const bool is_time = field != nullptr && field->kind == FieldKind::kTimestamp && value.is_number();
  return is_time ? OrderedJson(time_text(time_of_epoch_seconds(value.get<double>()).value())) : OrderedJson(value);
}

}  // namespace

OrderedJson ordered_answer(Json answer, const std::vector<Field>& members) {
  OrderedJson out = answer.is_object() ? ordered_object(answer, members) : ordered(answer, nullptr);
  wipe(answer);
  return out;
}

}  // namespace kms::cli
