#include "formats/jmespath_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json_text.h"
#include "core/base/text.h"
#include "formats/jmespath_error.h"
#include "formats/jmespath_functions.h"
#include "formats/jmespath_lexer.h"
#include "formats/jmespath_literal.h"

namespace kms::formats::jmespath {
namespace {

constexpr int kDepthLimit = 256;

// How strongly an operator binds to what stands left of it, loosest first. An operator that is looser than kEach ends
// the projections left of it. The order is that of the aws command line: ! is stronger than a dot, so that !a.b is
// (!a).b, and a projection by .* is as strong as one: a.*.b.c takes c of the whole list.
enum class Binding : std::uint8_t {
  kNone,
  kPipe,
  kOr,
  kAnd,
  kComparison,
  kFlatten,
  kEach,
  kFilter,
  kDot,
  kNot,
  kBracket
};

Binding binding_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kPipe:
      return Binding::kPipe;
    case TokenKind::kOr:
      return Binding::kOr;
    case TokenKind::kAnd:
      return Binding::kAnd;
    case TokenKind::kEqual:
    case TokenKind::kNotEqual:
    case TokenKind::kLess:
    case TokenKind::kLessOrEqual:
    case TokenKind::kGreater:
    case TokenKind::kGreaterOrEqual:
      return Binding::kComparison;
    case TokenKind::kFlatten:
      return Binding::kFlatten;
    case TokenKind::kFilter:
      return Binding::kFilter;
    case TokenKind::kDot:
      return Binding::kDot;
    case TokenKind::kOpenBracket:
      return Binding::kBracket;
    default:
      return Binding::kNone;
  }
}

Comparator comparator_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEqual:
      return Comparator::kEqual;
    case TokenKind::kNotEqual:
      return Comparator::kNotEqual;
    case TokenKind::kLess:
      return Comparator::kLess;
    case TokenKind::kLessOrEqual:
      return Comparator::kLessOrEqual;
    case TokenKind::kGreater:
      return Comparator::kGreater;
    default:
      return Comparator::kGreaterOrEqual;
  }
}

template <class Kind>
Node node(Kind kind) {
  Node out;
  out.is = std::move(kind);
  return out;
}

Branch branch(Node whole) {
  return std::make_unique<const Node>(std::move(whole));
}

// A number that is too large for any list stays so.
std::int64_t number_of(const Token& token) {
  constexpr std::int64_t kBeyond = std::int64_t{1} << 60;
  std::int64_t value = 0;
  const char* const end = token.text.data() + token.text.size();
  const bool too_large = std::from_chars(token.text.data(), end, value).ec != std::errc();
  if (too_large) return token.text.front() == '-' ? -kBeyond : kBeyond;
  return std::clamp(value, -kBeyond, kBeyond);
}

std::string arity_of(const Function& function) {
  const std::size_t count = count_parameters(function);
  return cat(function.takes_more ? "at least " : "", std::to_string(count), count == 1 ? " argument" : " arguments");
}

// By the strength of operators (Pratt): an expression is a prefix, and then infixes while those bind more strongly than
// what the expression stands behind.
class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(tokens_of(text)) {}

  Node whole() {
    Node out = expression(Binding::kNone);
    if (!is(TokenKind::kEnd)) wanted("an operator or the end of the expression");
    return out;
  }

 private:
  // Counts nesting while it lives, so that no expression exhausts the stack.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kDepthLimit) fail_at(parser_.peek().character, "the expression is nested too deep");
    }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Level(Level&&) = delete;
    Level& operator=(Level&&) = delete;

   private:
    Parser& parser_;
  };

  const Token& peek() const { return tokens_[at_]; }
  bool is(TokenKind kind) const { return peek().kind == kind; }
  bool is_next(TokenKind kind) const { return !is(TokenKind::kEnd) && tokens_[at_ + 1].kind == kind; }
  const Token& take() { return tokens_[at_++]; }  // never the end

  bool take_if(TokenKind kind) {
    if (!is(kind)) return false;
    ++at_;
    return true;
  }

  void expect(TokenKind kind, std::string_view what) {
    if (!take_if(kind)) wanted(what);
  }

  [[noreturn]] void wanted(std::string_view what) const {
    constexpr std::size_t kShown = 40;
    const Token& found = peek();
    if (found.kind == TokenKind::kEnd) {
      fail_at(found.character, cat("expected ", what, tokens_.size() == 1 ? "" : " before the end of the expression"));
    }
    const std::string_view shown = beginning_of(found.text, kShown);
    const std::string_view mark = found.text.find_first_of("'\"`") == 0 ? "" : "'";
    fail_at(found.character,
            cat("expected ", what, ", not ", mark, shown, shown.size() < found.text.size() ? "..." : "", mark));
  }

  Node expression(Binding stronger_than) {
    const Level level(*this);
    Node left = prefix();
    while (binding_of(peek().kind) > stronger_than) left = infix(std::move(left));
    return left;
  }

  // What needs nothing left of it, or has the current value there.
  Node prefix() {
    switch (peek().kind) {
      case TokenKind::kCurrent:
        take();
        return node(Current{});
      case TokenKind::kName:
      case TokenKind::kQuotedName:
        return named();
      case TokenKind::kRawText:
        return constant(raw_text(take()));
      case TokenKind::kLiteral:
        return constant(literal(take()));
      case TokenKind::kNot:
        take();
        return node(Not{branch(expression(Binding::kNot))});
      case TokenKind::kOpenParenthesis: {
        take();
        Node inner = expression(Binding::kNone);
        expect(TokenKind::kCloseParenthesis, "')'");
        return inner;
      }
      case TokenKind::kOpenBrace:
        return object();
      case TokenKind::kOpenBracket:
        return starts_list() ? list() : bracket();
      case TokenKind::kStar:
      case TokenKind::kFlatten:
      case TokenKind::kFilter:
        return projection();
      case TokenKind::kReference:
        fail_at(peek().character, "& makes an argument of a function, as in sort_by(a, &b)");
      default:
        wanted("a value");
    }
  }

  static Node constant(OrderedJson value) {
    return node(Literal{std::make_shared<const OrderedJson>(std::move(value))});
  }

  Node infix(Node left) {
    switch (peek().kind) {
      case TokenKind::kDot:
        take();
        return followed(std::move(left), is(TokenKind::kStar) ? each_value(Binding::kDot) : behind_dot(Binding::kDot));
      case TokenKind::kOpenBracket:
        return followed(std::move(left), bracket());
      case TokenKind::kFlatten:
      case TokenKind::kFilter:
        return followed(std::move(left), projection());
      case TokenKind::kPipe:
        take();
        return followed(std::move(left), expression(Binding::kPipe));
      case TokenKind::kOr:
        take();
        return either(std::move(left), expression(Binding::kOr));
      case TokenKind::kAnd:
        take();
        return both(std::move(left), expression(Binding::kAnd));
      default: {
        const Comparator comparator = comparator_of(take().kind);
        return compared(std::move(left), comparator, expression(Binding::kComparison));
      }
    }
  }

  Node behind_dot(Binding stronger_than) {
    switch (peek().kind) {
      case TokenKind::kName:
      case TokenKind::kQuotedName:
      case TokenKind::kStar:
        return expression(stronger_than);
      case TokenKind::kOpenBracket:
        return list();
      case TokenKind::kOpenBrace:
        return object();
      default:
        wanted("a name, '*', '[' or '{'");
    }
  }

  // What binds to each item of a projection.
  Branch rest(Binding stronger_than) {
    if (is(TokenKind::kOpenBracket) || is(TokenKind::kFilter)) return branch(expression(stronger_than));
    if (take_if(TokenKind::kDot)) return branch(behind_dot(stronger_than));
    return branch(node(Current{}));
  }

  Node projection() {
    if (is(TokenKind::kStar)) return each_value(Binding::kEach);
    if (take_if(TokenKind::kFlatten)) return node(EachFlattened{rest(Binding::kFlatten)});
    expect(TokenKind::kFilter, "'[?'");
    EachThat out;
    out.condition = branch(expression(Binding::kNone));
    expect(TokenKind::kCloseBracket, "']'");
    out.rest = rest(Binding::kFilter);
    return node(std::move(out));
  }

  Node each_value(Binding stronger_than) {
    expect(TokenKind::kStar, "'*'");
    return node(EachValue{rest(stronger_than)});
  }

  // [*], [1], [1:2]: what selects of a list.
  Node bracket() {
    expect(TokenKind::kOpenBracket, "'['");
    if (is(TokenKind::kColon) || (is(TokenKind::kNumber) && is_next(TokenKind::kColon))) return slice();
    if (is(TokenKind::kNumber)) {
      const Index index{number_of(take())};
      expect(TokenKind::kCloseBracket, "']'");
      return node(index);
    }
    expect(TokenKind::kStar, "a number, ':' or '*'");
    expect(TokenKind::kCloseBracket, "']'");
    return node(EachItem{rest(Binding::kEach)});
  }

  Node slice() {
    std::array<std::optional<std::int64_t>, 3> parts;
    std::size_t place = 0;  // of the last part
    for (std::size_t part = 0;; ++part) {
      place = peek().character;
      if (is(TokenKind::kNumber)) parts[part] = number_of(take());
      if (is(TokenKind::kCloseBracket) || part == 2) break;
      expect(TokenKind::kColon, "':' or ']'");
    }
    expect(TokenKind::kCloseBracket, "']'");
    if (parts[2] == 0) fail_at(place, "the step of a slice is not 0");
    return node(EachOfSlice{parts[0], parts[1], parts[2].value_or(1), rest(Binding::kEach)});
  }

  // Where nothing stands left of it, "[" can begin [a, b].
  bool starts_list() const {
    if (is_next(TokenKind::kNumber) || is_next(TokenKind::kColon)) return false;
    return !is_next(TokenKind::kStar) || tokens_[at_ + 2].kind != TokenKind::kCloseBracket;
  }

  Node list() {
    expect(TokenKind::kOpenBracket, "'['");
    List out;
    do out.items.push_back(expression(Binding::kNone));
    while (take_if(TokenKind::kComma));
    expect(TokenKind::kCloseBracket, "',' or ']'");
    return node(std::move(out));
  }

  Node object() {
    expect(TokenKind::kOpenBrace, "'{'");
    Object out;
    do {
      if (!is(TokenKind::kName) && !is(TokenKind::kQuotedName)) wanted("a name");
      out.names.push_back(name());
      expect(TokenKind::kColon, "':'");
      out.values.push_back(expression(Binding::kNone));
    } while (take_if(TokenKind::kComma));
    expect(TokenKind::kCloseBrace, "',' or '}'");
    return node(std::move(out));
  }

  std::string name() {
    const Token& token = take();
    return token.kind == TokenKind::kName ? std::string(token.text) : quoted_name(token);
  }

  Node named() {
    if (!is_next(TokenKind::kOpenParenthesis)) return node(Field{name()});
    if (is(TokenKind::kQuotedName)) fail_at(peek().character, "the name of a function has no quotation marks");
    return call(take());
  }

  Node call(const Token& token) {
    Call out;
    out.character = token.character;
    out.function = find_function(token.text);
    if (out.function == nullptr) fail_at(token.character, cat("there is no function ", token.text, "()"));
    expect(TokenKind::kOpenParenthesis, "'('");
    if (!is(TokenKind::kCloseParenthesis)) {
      do out.arguments.push_back(argument());
      while (take_if(TokenKind::kComma));
    }
    expect(TokenKind::kCloseParenthesis, "',' or ')'");
    const std::size_t count = count_parameters(*out.function);
    if (out.arguments.size() < count || (out.arguments.size() > count && !out.function->takes_more)) {
      fail_at(token.character,
              cat(token.text, "() takes ", arity_of(*out.function), ", not ", std::to_string(out.arguments.size())));
    }
    return node(std::move(out));
  }

  Node argument() {
    if (!take_if(TokenKind::kReference)) return expression(Binding::kNone);
    return node(Reference{branch(expression(Binding::kNone))});
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Node parse(std::string_view expression) {
  return Parser(expression).whole();
}

}  // namespace kms::formats::jmespath
