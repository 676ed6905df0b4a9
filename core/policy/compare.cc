#include "core/policy/compare.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/policy/match.h"

namespace kms::policy {
namespace {

std::optional<long double> number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.-") != std::string_view::npos) return std::nullopt;
  long double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// Seconds since 1970, from the date and time profile of the W3C or from epoch seconds.
std::optional<long double> instant(std::string_view text) {
  const bool is_number = text.find_first_of("-:TZ", 1) == std::string_view::npos;
  return is_number ? number(text) : parse_w3c_time(text);
}

struct Address {
  std::array<std::uint8_t, 16> bytes{};
  unsigned bits = 0;  // 32 or 128
};

std::optional<Address> address(std::string_view text) {
  const std::string copy(text);
  Address out;
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1) {
    out.bits = 32;
  } else if (inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1) {
    out.bits = 128;
  } else {
    return std::nullopt;
  }
  return out;
}

bool in_range(std::string_view range, std::string_view given) {
  const std::size_t slash = range.find('/');
  const auto network = address(range.substr(0, slash));
  const auto host = address(given);
  if (!network || !host || network->bits != host->bits) return false;
  unsigned prefix = network->bits;
  if (slash != std::string_view::npos) {
    const std::string_view text = range.substr(slash + 1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), prefix);
    if (error != std::errc() || end != text.data() + text.size() || prefix > network->bits) return false;
  }
  for (unsigned bit = 0; bit < prefix; ++bit) {
    const unsigned shift = 7 - bit % 8;
    if (((network->bytes.at(bit / 8) ^ host->bytes.at(bit / 8)) >> shift & 1U) != 0) return false;
  }
  return true;
}

bool ordered(Comparison comparison, const std::optional<long double>& wanted, const std::optional<long double>& given) {
  if (!wanted || !given) return false;
  switch (comparison) {
    case Comparison::kNumericEquals:
    case Comparison::kDateEquals:
      return !(*given < *wanted) && !(*wanted < *given);
    case Comparison::kNumericLess:
    case Comparison::kDateLess:
      return *given < *wanted;
    case Comparison::kNumericLessEquals:
    case Comparison::kDateLessEquals:
      return *given <= *wanted;
    case Comparison::kNumericGreater:
    case Comparison::kDateGreater:
      return *given > *wanted;
    default:
      return *given >= *wanted;
  }
}

bool same_bool(std::string_view wanted, std::string_view given) {
  const std::string left = lower_ascii(wanted);
  return (left == "true" || left == "false") && left == lower_ascii(given);
}

bool same_text(Comparison comparison, std::string_view wanted, std::string_view given, bool has_variables,
               const ConditionContext& context) {
  const bool wildcards = comparison == Comparison::kStringLike || comparison == Comparison::kArnLike;
  const bool ignore_case = comparison == Comparison::kStringEqualsIgnoreCase;
  auto pattern =
      has_variables ? expand(wanted, wildcards, context) : std::optional<Pattern>(pattern_of(wanted, wildcards));
  if (!pattern) return false;
  if (comparison == Comparison::kArnLike) return arn_matches(*pattern, given);
  if (!ignore_case) return matches(*pattern, given);
  for (char16_t& c : *pattern) {
    if (c >= u'A' && c <= u'Z') c = static_cast<char16_t>(c - u'A' + u'a');
  }
  return matches(*pattern, lower_ascii(given));
}

}  // namespace

bool compare(Comparison comparison, std::string_view wanted, std::string_view given, bool has_variables,
             const ConditionContext& context) {
  switch (comparison) {
    case Comparison::kStringEquals:
    case Comparison::kStringEqualsIgnoreCase:
    case Comparison::kStringLike:
    case Comparison::kArnLike:
      return same_text(comparison, wanted, given, has_variables, context);
    case Comparison::kNumericEquals:
    case Comparison::kNumericLess:
    case Comparison::kNumericLessEquals:
    case Comparison::kNumericGreater:
    case Comparison::kNumericGreaterEquals:
      return ordered(comparison, number(wanted), number(given));
    case Comparison::kBool:
      return same_bool(wanted, given);
    case Comparison::kBinaryEquals: {
      const auto left = decode_base64(wanted);
      return left && left == decode_base64(given);
    }
    case Comparison::kIpAddress:
      return in_range(wanted, given);
    case Comparison::kNull:
      return false;
    default:
      return ordered(comparison, instant(wanted), instant(given));
  }
}

}  // namespace kms::policy
