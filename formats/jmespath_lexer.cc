#include "formats/jmespath_lexer.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "formats/jmespath_error.h"

namespace kms::formats::jmespath {
namespace {

// What is the beginning of another one stands behind it.
constexpr std::pair<std::string_view, TokenKind> kSymbols[] = {
    {"[?", TokenKind::kFilter},
    {"[]", TokenKind::kFlatten},
    {"||", TokenKind::kOr},
    {"&&", TokenKind::kAnd},
    {"==", TokenKind::kEqual},
    {"!=", TokenKind::kNotEqual},
    {"<=", TokenKind::kLessOrEqual},
    {">=", TokenKind::kGreaterOrEqual},
    {".", TokenKind::kDot},
    {"*", TokenKind::kStar},
    {",", TokenKind::kComma},
    {":", TokenKind::kColon},
    {"@", TokenKind::kCurrent},
    {"[", TokenKind::kOpenBracket},
    {"]", TokenKind::kCloseBracket},
    {"{", TokenKind::kOpenBrace},
    {"}", TokenKind::kCloseBrace},
    {"(", TokenKind::kOpenParenthesis},
    {")", TokenKind::kCloseParenthesis},
    {"|", TokenKind::kPipe},
    {"!", TokenKind::kNot},
    {"&", TokenKind::kReference},
    {"<", TokenKind::kLess},
    {">", TokenKind::kGreater},
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

template <class Predicate>
std::size_t count_leading(std::string_view text, Predicate is_one) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_one) - text.begin());
}

// A backslash and the character behind it belong together, also where that is the quotation mark.
std::size_t quotation_size(std::string_view text, std::size_t character) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != text.front()) end += text[end] == '\\' ? 2 : 1;
  if (end >= text.size()) fail_at(character, cat("this ", text.substr(0, 1), " is not closed"));
  return end + 1;
}

[[noreturn]] void refuse_character(std::string_view rest, std::size_t character) {
  if (rest.front() == '=') fail_at(character, "'=' is no operator; == compares");
  if (rest.front() == '-') fail_at(character, "expected digits behind '-'");
  fail_at(character, cat("unexpected '", rest.substr(0, utf8_size(rest)), "'"));
}

std::pair<TokenKind, std::size_t> recognize(std::string_view rest, std::size_t character) {
  const char first = rest.front();
  if (begins_name(first)) {
    return {TokenKind::kName, count_leading(rest, [](char c) { return begins_name(c) || is_digit(c); })};
  }
  const std::size_t sign = first == '-' ? 1 : 0;
  if (const std::size_t digits = count_leading(rest.substr(sign), is_digit); digits != 0) {
    return {TokenKind::kNumber, sign + digits};
  }
  if (first == '"') return {TokenKind::kQuotedName, quotation_size(rest, character)};
  if (first == '\'') return {TokenKind::kRawText, quotation_size(rest, character)};
  if (first == '`') return {TokenKind::kLiteral, quotation_size(rest, character)};
  for (const auto& [symbol, kind] : kSymbols) {
    if (rest.starts_with(symbol)) return {kind, symbol.size()};
  }
  refuse_character(rest, character);
}

}  // namespace

std::vector<Token> tokens_of(std::string_view expression) {
  std::vector<Token> tokens;
  std::size_t character = 1;
  while (true) {
    const std::size_t spaces = count_leading(expression, is_blank);
    expression.remove_prefix(spaces);
    character += spaces;
    if (expression.empty()) break;
    const auto [kind, size] = recognize(expression, character);
    tokens.push_back({kind, expression.substr(0, size), character});
    character += count_characters(tokens.back().text);
    expression.remove_prefix(size);
  }
  tokens.push_back({TokenKind::kEnd, expression, character});
  return tokens;
}

}  // namespace kms::formats::jmespath
