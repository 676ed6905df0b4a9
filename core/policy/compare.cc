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

// Takes `count` digits off the front.
std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int out = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return out;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool is_leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

std::optional<std::int64_t> days_since_epoch(std::string_view& text) {
  const auto year = digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = digits(text, 2);
  if (!month || *month < 1 || *month > 12 || !take(text, '-')) return std::nullopt;
  const auto day = digits(text, 2);
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto at = static_cast<std::size_t>(*month - 1);
  const int last = kDays.at(at) + (*month == 2 && is_leap(*year) ? 1 : 0);
  if (!day || *day < 1 || *day > last) return std::nullopt;
  std::int64_t days = 0;
  const int before = *year - 1;
  days += static_cast<std::int64_t>(before) * 365 + before / 4 - before / 100 + before / 400;
  for (std::size_t i = 0; i < at; ++i) days += kDays.at(i);
  if (*month > 2 && is_leap(*year)) ++days;
  constexpr std::int64_t kEpoch = 719162;
  return days + *day - 1 - kEpoch;
}

// Z or +hh:mm, as seconds east of UTC.
std::optional<std::int64_t> offset(std::string_view& text) {
  if (take(text, 'Z')) return 0;
  const bool west = take(text, '-');
  if (!west && !take(text, '+')) return std::nullopt;
  const auto hours = digits(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const std::int64_t seconds = *hours * 3600 + *minutes * 60;
  return west ? -seconds : seconds;
}

// Seconds since 1970, from the date and time profile of the W3C or from epoch seconds.
std::optional<long double> instant(std::string_view text) {
  if (text.find_first_of("-:TZ", 1) == std::string_view::npos) return number(text);
  const auto days = days_since_epoch(text);
  if (!days) return std::nullopt;
  long double out = static_cast<long double>(*days) * 86400;
  if (text.empty()) return out;
  if (!take(text, 'T')) return std::nullopt;
  const auto hours = digits(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  out += *hours * 3600 + *minutes * 60;
  if (take(text, ':')) {
    const auto seconds = digits(text, 2);
    if (!seconds || *seconds > 60) return std::nullopt;
    out += *seconds;
    if (text.starts_with('.')) {
      const std::size_t end = text.find_first_not_of("0123456789", 1);
      const auto fraction = number(cat("0", text.substr(0, end)));
      if (!fraction || end == 1) return std::nullopt;
      out += *fraction;
      text.remove_prefix(end == std::string_view::npos ? text.size() : end);
    }
  }
  const auto east = offset(text);
  if (!east || !text.empty()) return std::nullopt;
  return out - static_cast<long double>(*east);
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
