#include "formats/jmespath_library.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "formats/jmespath_compare.h"

namespace kms::formats::jmespath {
namespace {

const std::string& string_in(const OrderedJson& value) {
  return value.get_ref<const std::string&>();
}

// A number that is whole already, as an integer where one holds it.
OrderedJson as_integer(double number) {
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63
  return number >= -kBeyond && number < kBeyond ? OrderedJson(static_cast<std::int64_t>(number)) : OrderedJson(number);
}

std::string reversed_text(std::string_view text) {
  std::string out(text.size(), '\0');
  auto end = out.end();
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(utf8_size(text), 1);
    end = std::copy_backward(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), end);
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace

Value absolute(const Invocation& call) {
  const OrderedJson& number = call[0];
  if (number.is_number_float()) return Value::made(std::fabs(number.get<double>()));
  if (std::is_gteq(order(number, OrderedJson(0)))) return call.value(0);
  return Value::made(std::uint64_t{0} - static_cast<std::uint64_t>(number.get<std::int64_t>()));
}

Value average(const Invocation& call) {
  if (call[0].empty()) return {};
  return Value::made(sum_of(call[0]).get<double>() / static_cast<double>(call[0].size()));
}

Value round_down(const Invocation& call) {
  return call[0].is_number_float() ? Value::made(as_integer(std::floor(call[0].get<double>()))) : call.value(0);
}

Value round_up(const Invocation& call) {
  return call[0].is_number_float() ? Value::made(as_integer(std::ceil(call[0].get<double>()))) : call.value(0);
}

Value sum(const Invocation& call) {
  return Value::made(sum_of(call[0]));
}

Value ends_with(const Invocation& call) {
  return Value::flag(string_in(call[0]).ends_with(string_in(call[1])));
}

Value starts_with(const Invocation& call) {
  return Value::flag(string_in(call[0]).starts_with(string_in(call[1])));
}

Value join(const Invocation& call) {
  std::size_t size = 0;
  for (const OrderedJson& item : call[1]) size += string_in(call[0]).size() + string_in(item).size();
  std::string out;
  out.reserve(size);  // it may be plaintext: a text that grows leaves copies behind
  for (const OrderedJson& item : call[1]) {
    if (&item != &call[1].front()) out += string_in(call[0]);
    out += string_in(item);
  }
  return call.text(std::move(out));
}

Value contains(const Invocation& call) {
  const OrderedJson& what = call[1];
  if (call[0].is_string()) {
    return Value::flag(what.is_string() && string_in(call[0]).find(string_in(what)) != std::string::npos);
  }
  return Value::flag(
      std::any_of(call[0].begin(), call[0].end(), [&](const OrderedJson& item) { return is_equal(item, what); }));
}

Value first_not_null(const Invocation& call) {
  for (std::size_t i = 0; i < call.count(); ++i) {
    if (!call[i].is_null()) return call.value(i);
  }
  return {};
}

Value length(const Invocation& call) {
  return Value::made(call[0].is_string() ? count_characters(string_in(call[0])) : call[0].size());
}

Value name_of_type(const Invocation& call) {
  const std::string_view with_article = type_of(call[0]);
  return Value::made(std::string(with_article.substr(with_article.find(' ') + 1)));  // null has no article
}

Value reverse(const Invocation& call) {
  if (call[0].is_string()) return call.text(reversed_text(string_in(call[0])));
  OrderedJson out = OrderedJson::array();
  for (std::size_t i = call[0].size(); i > 0; --i) out.push_back(call.own_part(0, call[0][i - 1]));
  return Value::made(std::move(out));
}

Value to_array(const Invocation& call) {
  if (call[0].is_array()) return call.value(0);
  OrderedJson out = OrderedJson::array();
  out.push_back(call.own(call.value(0)));
  return Value::made(std::move(out));
}

Value to_number(const Invocation& call) {
  if (call[0].is_number()) return call.value(0);
  return call[0].is_string() ? Value::made(number_in(string_in(call[0]))) : Value();
}

Value to_string(const Invocation& call) {
  if (call[0].is_string()) return call.value(0);
  return call.text(call[0].dump(-1, ' ', /*ensure_ascii=*/true, OrderedJson::error_handler_t::replace));
}

Value merge(const Invocation& call) {
  OrderedJson out = OrderedJson::object();
  for (std::size_t i = 0; i < call.count(); ++i) {
    for (const auto& [name, member] : call[i].items()) out[name] = call.own_part(i, member);
  }
  return Value::made(std::move(out));
}

Value names_of_members(const Invocation& call) {
  OrderedJson out = OrderedJson::array();
  for (const auto& [name, member] : call[0].items()) out.push_back(call.own(call.text(name)));
  return Value::made(std::move(out));
}

Value values_of_members(const Invocation& call) {
  OrderedJson out = OrderedJson::array();
  for (const OrderedJson& member : call[0]) out.push_back(call.own_part(0, member));
  return Value::made(std::move(out));
}

}  // namespace kms::formats::jmespath
