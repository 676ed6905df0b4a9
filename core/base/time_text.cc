#include "core/base/time_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "core/base/text.h"

namespace kms {
namespace {

// What the forms differ in behind the date.
struct Form {
  bool separated = true;     // 22:30:00, not 223000
  bool lenient = false;      // no zone, z and +hhmm are zones; a point may have no digits
  bool leap_second = false;  // second 60
};
constexpr Form kUsual{.lenient = true};
constexpr Form kBasic{.separated = false};
constexpr Form kW3c{.leap_second = true};
constexpr Form kC{};

struct TimeOfDay {
  std::chrono::seconds whole{0};
  std::string_view fraction;  // the digits behind the point
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes exactly `digits` decimal digits off the front, of a number that is at most `most`.
std::optional<int> take_number(std::string_view& text, std::size_t digits, int most) {
  if (text.size() < digits) return std::nullopt;
  const std::string_view number = text.substr(0, digits);
  if (!std::all_of(number.begin(), number.end(), is_digit)) return std::nullopt;
  int value = 0;
  for (const char c : number) value = value * 10 + (c - '0');
  text.remove_prefix(digits);
  return value <= most ? std::optional(value) : std::nullopt;
}

bool take_char(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_separator(std::string_view& text, char separator, const Form& form) {
  return !form.separated || take_char(text, separator);
}

std::optional<std::chrono::sys_days> day_of(int year, int month, int day) {
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

constexpr int kLastYear = 9999;

std::optional<std::chrono::sys_days> take_date(std::string_view& text, const Form& form) {
  const auto year = take_number(text, 4, kLastYear);
  if (!year || !take_separator(text, '-', form)) return std::nullopt;
  const auto month = take_number(text, 2, 12);
  if (!month || !take_separator(text, '-', form)) return std::nullopt;
  const auto day = take_number(text, 2, 31);
  return day ? day_of(*year, *month, *day) : std::nullopt;
}

bool take_fraction(std::string_view& text, TimeOfDay& out, const Form& form) {
  if (!form.separated || !take_char(text, '.')) return true;
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  out.fraction = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(out.fraction.size());
  return form.lenient || !out.fraction.empty();
}

// HH:MM[:SS[.fraction]] or HHMMSS, and what follows is left in `text`.
std::optional<TimeOfDay> take_time_of_day(std::string_view& text, const Form& form) {
  const auto hours = take_number(text, 2, 23);
  if (!hours || !take_separator(text, ':', form)) return std::nullopt;
  const auto minutes = take_number(text, 2, 59);
  if (!minutes) return std::nullopt;
  TimeOfDay out{std::chrono::hours(*hours) + std::chrono::minutes(*minutes), {}};
  if (!take_separator(text, ':', form)) return out;
  const auto seconds = take_number(text, 2, form.leap_second ? 60 : 59);
  if (!seconds || !take_fraction(text, out, form)) return std::nullopt;
  out.whole += std::chrono::seconds(*seconds);
  return out;
}

// All of `text`: how far the clocks there are ahead of UTC.
std::optional<std::chrono::seconds> parse_zone(std::string_view text, const Form& form) {
  if (text == "Z" || (form.lenient && (text.empty() || text == "z"))) return std::chrono::seconds(0);
  const bool ahead = take_char(text, '+');
  if (!form.separated || (!ahead && !take_char(text, '-'))) return std::nullopt;
  const auto hours = take_number(text, 2, 23);
  if (!take_char(text, ':') && !form.lenient) return std::nullopt;
  const auto minutes = take_number(text, 2, 59);
  if (!hours || !minutes || !text.empty()) return std::nullopt;
  const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return ahead ? offset : -offset;
}

struct Instant {
  std::chrono::sys_seconds second;
  std::string_view fraction;
};

std::optional<Instant> parse_instant(std::string_view text, const Form& form) {
  const auto day = take_date(text, form);
  if (!day) return std::nullopt;
  if (text.empty() && form.separated) return Instant{*day, {}};
  if (!take_char(text, 'T') && !(form.lenient && take_char(text, ' '))) return std::nullopt;
  const auto time = take_time_of_day(text, form);
  const auto offset = parse_zone(text, form);
  if (!time || !offset) return std::nullopt;
  return Instant{*day + time->whole - *offset, time->fraction};
}

// What is finer than a millisecond is dropped.
std::optional<Time> to_time(const std::optional<Instant>& instant) {
  if (!instant) return std::nullopt;
  std::string digits(instant->fraction.substr(0, 3));
  digits.resize(3, '0');
  std::string_view rest = digits;
  return instant->second + std::chrono::milliseconds(take_number(rest, 3, 999).value());
}

// The place of a name of three letters in a row of such names.
std::optional<int> take_name(std::string_view& text, std::string_view names) {
  constexpr std::size_t kLetters = 3;
  if (text.size() < kLetters) return std::nullopt;
  for (std::size_t at = 0; at < names.size(); at += kLetters) {
    if (!text.starts_with(names.substr(at, kLetters))) continue;
    text.remove_prefix(kLetters);
    return static_cast<int>(at / kLetters);
  }
  return std::nullopt;
}

std::optional<Time> parse_epoch(std::string_view text) {
  double seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  return error == std::errc() && stop == end ? time_of_epoch_seconds(seconds) : std::nullopt;
}

}  // namespace

std::optional<Time> time_of_epoch_seconds(double seconds) {
  constexpr double kLatest = 253402300799.0;  // the last second of kLastYear
  if (!(seconds >= 0 && seconds <= kLatest)) return std::nullopt;
  return Time(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

std::optional<Time> parse_time(std::string_view text) {
  constexpr std::size_t kYearDigits = 4;
  const bool has_year =
      text.find('-') == kYearDigits && std::all_of(text.begin(), text.begin() + kYearDigits, is_digit);
  return has_year ? to_time(parse_instant(text, kUsual)) : parse_epoch(text);
}

std::optional<Time> parse_basic_time(std::string_view text) {
  return to_time(parse_instant(text, kBasic));
}

std::optional<long double> parse_w3c_time(std::string_view text) {
  const auto instant = parse_instant(text, kW3c);
  if (!instant) return std::nullopt;
  long double fraction = 0;
  const std::string digits = cat("0.", instant->fraction, "0");
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), fraction);
  if (error != std::errc()) return std::nullopt;
  return static_cast<long double>(instant->second.time_since_epoch().count()) + fraction;
}

std::optional<Time> parse_c_time(std::string_view text) {
  if (!take_name(text, "SunMonTueWedThuFriSat") || !take_char(text, ' ')) return std::nullopt;
  const auto month = take_name(text, "JanFebMarAprMayJunJulAugSepOctNovDec");
  if (!month || !take_char(text, ' ')) return std::nullopt;
  const auto day = take_char(text, ' ') ? take_number(text, 1, 9) : take_number(text, 2, 31);
  if (!day || !take_char(text, ' ')) return std::nullopt;
  const auto time = take_time_of_day(text, kC);
  if (!time || !time->fraction.empty() || !take_char(text, ' ')) return std::nullopt;
  const auto year = take_number(text, 4, kLastYear);
  const auto midnight = year && text == " UTC" ? day_of(*year, *month + 1, *day) : std::nullopt;
  return midnight ? std::optional<Time>(*midnight + time->whole) : std::nullopt;
}

}  // namespace kms
