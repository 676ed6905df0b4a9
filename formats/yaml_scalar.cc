#include "formats/yaml_scalar.h"

#include <algorithm>
#include <initializer_list>

namespace kms::formats {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kSpacedDigits = "0123456789_";
constexpr std::string_view kBlanks = " \t";

bool is_word(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_made_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

// What is left of a text behind the parts that were taken off its front.
class Rest {
 public:
  explicit Rest(std::string_view text) : text_(text) {}

  // How many characters of these there were.
  std::size_t take_all(std::string_view characters) {
    const std::size_t size = std::min(text_.find_first_not_of(characters), text_.size());
    text_.remove_prefix(size);
    return size;
  }
  bool take_one(std::string_view characters) {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take_digits(std::size_t least, std::size_t most) {
    const std::size_t size = std::min(std::min(text_.find_first_not_of(kDigits), text_.size()), most);
    text_.remove_prefix(size);
    return size >= least;
  }
  bool empty() const { return text_.empty(); }

 private:
  std::string_view text_;
};

// Without its sign.
bool is_integer(std::string_view number, bool has_sign) {
  const std::string_view behind_base = number.substr(std::min<std::size_t>(number.size(), 2));
  if (number.starts_with("0b")) return is_made_of(behind_base, "01_");
  if (number.starts_with("0o")) return is_made_of(behind_base, "01234567_");
  if (number.starts_with("0x")) return is_made_of(behind_base, "0123456789abcdefABCDEF_");
  return is_made_of(number, kSpacedDigits) && (has_sign || number.front() != '_');
}

// Nothing, or an exponent, which may have to have a sign.
bool ends_with_exponent(Rest rest, bool with_sign) {
  if (rest.empty()) return true;
  if (!rest.take_one("eE")) return false;
  const bool has_sign = rest.take_one("+-");
  return (has_sign || !with_sign) && rest.take_all(kDigits) > 0 && rest.empty();
}

bool is_fraction(std::string_view number) {
  Rest rest(number);
  if (rest.take_one(".")) return rest.take_all(kSpacedDigits) > 0 && ends_with_exponent(rest, /*with_sign=*/true);
  if (!rest.take_one(kDigits)) return false;
  rest.take_all(kSpacedDigits);
  if (rest.take_one(".")) rest.take_all(kSpacedDigits);
  return ends_with_exponent(rest, /*with_sign=*/false);
}

bool is_number(std::string_view text) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  const std::string_view number = text.substr(has_sign ? 1 : 0);
  if (is_word(number, {".inf", ".Inf", ".INF"}) || is_word(text, {".nan", ".NaN", ".NAN"})) return true;
  return is_integer(number, has_sign) || is_fraction(number);
}

bool is_zone(Rest rest) {
  rest.take_all(kBlanks);
  if (rest.take_one("Z")) return rest.empty();
  if (!rest.take_one("+-") || !rest.take_digits(1, 2)) return false;
  return rest.empty() || (rest.take_one(":") && rest.take_digits(2, 2) && rest.empty());
}

bool is_time(std::string_view text) {
  constexpr std::size_t kDate = 10;  // 2026-11-27
  Rest rest(text);
  if (!rest.take_digits(4, 4) || !rest.take_one("-") || !rest.take_digits(1, 2) || !rest.take_one("-") ||
      !rest.take_digits(1, 2)) {
    return false;
  }
  if (rest.empty()) return text.size() == kDate;
  if (!rest.take_one("Tt") && rest.take_all(kBlanks) == 0) return false;
  if (!rest.take_digits(1, 2) || !rest.take_one(":") || !rest.take_digits(2, 2) || !rest.take_one(":") ||
      !rest.take_digits(2, 2)) {
    return false;
  }
  if (rest.take_one(".")) rest.take_all(kDigits);
  return rest.empty() || is_zone(rest);
}

}  // namespace

PlainScalar plain_scalar(std::string_view text) {
  if (is_word(text, {"", "~", "null", "Null", "NULL"})) return PlainScalar::kNull;
  if (is_word(text, {"true", "True", "TRUE"})) return PlainScalar::kTrue;
  if (is_word(text, {"false", "False", "FALSE"})) return PlainScalar::kFalse;
  if (is_word(text, {"<<", "="})) return PlainScalar::kSign;
  if (is_time(text)) return PlainScalar::kTime;
  const std::string_view digits = text.substr(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
  if (is_made_of(digits, kDigits) && (digits == "0" || digits.front() != '0')) return PlainScalar::kInteger;
  return is_number(text) ? PlainScalar::kNumber : PlainScalar::kText;
}

}  // namespace kms::formats
