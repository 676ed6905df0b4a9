#pragma once
// The tokens of a JMESPath expression.
#include <cstdint>
#include <string_view>
#include <vector>

namespace kms::formats::jmespath {

enum class TokenKind : std::uint8_t {
  kEnd,
  kName,
  kQuotedName,  // "a b"
  kRawText,     // 'text'
  kLiteral,     // `JSON`
  kNumber,
  kDot,
  kStar,
  kComma,
  kColon,
  kCurrent,  // @
  kOpenBracket,
  kCloseBracket,
  kFilter,   // [?
  kFlatten,  // []
  kOpenBrace,
  kCloseBrace,
  kOpenParenthesis,
  kCloseParenthesis,
  kPipe,
  kOr,
  kAnd,
  kNot,
  kReference,  // &
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;      // as it is written, with its quotation marks; a part of the expression
  std::size_t character = 1;  // the place of its first one
};

// All tokens, the last of which is kEnd. `expression` is UTF-8 and must outlive them. kUsage where a character begins
// no token, and where a quotation is not closed.
std::vector<Token> tokens_of(std::string_view expression);

}  // namespace kms::formats::jmespath
