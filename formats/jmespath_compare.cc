#include "formats/jmespath_compare.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace kms::formats::jmespath {
namespace {

bool is_negative(const OrderedJson& integer) {
  return !integer.is_number_unsigned() && integer.get<std::int64_t>() < 0;
}

// The library would take a number of 64 bits without a sign for a negative one.
std::partial_ordering order_numbers(const OrderedJson& a, const OrderedJson& b) {
  if (a.is_number_float() || b.is_number_float()) return a.get<double>() <=> b.get<double>();
  if (is_negative(a) || is_negative(b)) {
    if (is_negative(a) != is_negative(b)) {
      return is_negative(a) ? std::partial_ordering::less : std::partial_ordering::greater;
    }
    return a.get<std::int64_t>() <=> b.get<std::int64_t>();
  }
  return a.get<std::uint64_t>() <=> b.get<std::uint64_t>();
}

// The whole text as one number.
template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace

std::partial_ordering order(const OrderedJson& a, const OrderedJson& b) {
  if (a.is_number() && b.is_number()) return order_numbers(a, b);
  if (!a.is_string() || !b.is_string()) return std::partial_ordering::unordered;
  return a.get_ref<const std::string&>() <=> b.get_ref<const std::string&>();
}

// As deep in calls as the values are nested.
bool is_equal(const OrderedJson& a, const OrderedJson& b) {
  if (a.is_number() && b.is_number()) return std::is_eq(order_numbers(a, b));
  if (a.type() != b.type() || !a.is_structured()) return a == b;
  if (a.size() != b.size()) return false;
  if (a.is_array()) return std::equal(a.begin(), a.end(), b.begin(), is_equal);
  const auto& members = a.get_ref<const OrderedJson::object_t&>();
  return std::all_of(members.begin(), members.end(), [&](const auto& member) {
    const auto other = b.find(member.first);
    return other != b.end() && is_equal(member.second, *other);
  });
}

std::optional<bool> compare(const OrderedJson& a, Comparator comparator, const OrderedJson& b) {
  if (comparator == Comparator::kEqual) return is_equal(a, b);
  if (comparator == Comparator::kNotEqual) return !is_equal(a, b);
  const std::partial_ordering ordering = order(a, b);
  if (ordering == std::partial_ordering::unordered) return std::nullopt;
  switch (comparator) {
    case Comparator::kLess:
      return std::is_lt(ordering);
    case Comparator::kLessOrEqual:
      return std::is_lteq(ordering);
    case Comparator::kGreater:
      return std::is_gt(ordering);
    default:
      return std::is_gteq(ordering);
  }
}

OrderedJson sum_of(const OrderedJson& numbers) {
  std::int64_t whole = 0;
  double rounded = 0;
  bool is_whole = true;
  for (const OrderedJson& number : numbers) {
    rounded += number.get<double>();
    is_whole = is_whole && number.is_number_integer() &&
               (is_negative(number) || number.get<std::uint64_t>() <= INT64_MAX) &&
               !__builtin_add_overflow(whole, number.get<std::int64_t>(), &whole);
  }
  return is_whole ? OrderedJson(whole) : OrderedJson(rounded);
}

OrderedJson number_in(const std::string& text) {
  constexpr std::string_view kSpaces = " \t\n\r\f\v";
  std::string_view number = text;
  number.remove_prefix(std::min(number.find_first_not_of(kSpaces), number.size()));
  number.remove_suffix(number.size() - std::min(number.find_last_not_of(kSpaces) + 1, number.size()));
  if (number.starts_with('+')) {
    number.remove_prefix(1);
    if (number.starts_with('-')) return nullptr;
  }
  if (number.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return nullptr;  // as in inf
  if (const auto whole = read_number<std::int64_t>(number)) return *whole;
  if (const auto rounded = read_number<double>(number)) return *rounded;
  return nullptr;
}

}  // namespace kms::formats::jmespath
