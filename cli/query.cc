#include "cli/query.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr int kDepthLimit = 64;

[[noreturn]] void fail_query(std::string_view why) {
  throw Error(ErrorCode::kUsage, cat("--query: ", why));
}

// An expression as a function from the current value to the selected one.
using Step = std::function<Json(const Json&)>;
using Steps = std::vector<Step>;

bool is_true(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_null()) return false;
  return value.is_number() || (value.is_string() ? !value.get_ref<const std::string&>().empty() : !value.empty());
}

Json member(const Json& value, const std::string& name) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(name);
  return found == value.end() ? Json() : *found;
}

Json element(const Json& value, std::int64_t index) {
  if (!value.is_array()) return nullptr;
  const auto size = static_cast<std::int64_t>(value.size());
  if (index < 0) index += size;
  return index < 0 || index >= size ? Json() : value[static_cast<std::size_t>(index)];
}

Json flatten(const Json& value) {
  if (!value.is_array()) return nullptr;
  Json flat = Json::array();
  for (const Json& item : value) {
    if (item.is_array()) {
      flat.insert(flat.end(), item.begin(), item.end());
    } else {
      flat.push_back(item);
    }
  }
  return flat;
}

// What a projection does: the rest of the expression on each item, without the nulls.
Json project(const Json& items, const Step& rest) {
  if (!items.is_array()) return nullptr;
  Json out = Json::array();
  for (const Json& item : items) {
    Json selected = rest(item);
    if (!selected.is_null()) out.push_back(std::move(selected));
  }
  return out;
}

Json values_of(const Json& object) {
  if (!object.is_object()) return nullptr;
  Json values = Json::array();
  for (const Json& value : object) values.push_back(value);
  return values;
}

// Functions ------------------------------------------------------------------------------------------------------

const std::string& text_argument(const Json& value, std::string_view function) {
  if (!value.is_string()) fail_query(cat(function, "() needs text"));
  return value.get_ref<const std::string&>();
}

void need_array(const Json& value, std::string_view function) {
  if (!value.is_array()) fail_query(cat(function, "() needs a list"));
}

Json length(const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  }
  if (!value.is_structured()) fail_query("length() needs text, a list or an object");
  return value.size();
}

Json keys(const Json& value) {
  if (!value.is_object()) fail_query("keys() needs an object");
  Json names = Json::array();
  for (const auto& entry : value.items()) names.push_back(entry.key());
  return names;
}

Json values(const Json& value) {
  if (!value.is_object()) fail_query("values() needs an object");
  return values_of(value);
}

Json sorted(const Json& value) {
  need_array(value, "sort");
  const bool texts = std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
  const bool numbers = std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_number(); });
  if (!texts && !numbers) fail_query("sort() needs a list of text or of numbers");
  Json out = value;
  std::sort(out.begin(), out.end());
  return out;
}

Json joined(const Json& glue, const Json& list) {
  need_array(list, "join");
  const std::string& between = text_argument(glue, "join");
  std::string out;
  bool first = true;
  for (const Json& item : list) {
    if (!first) out += between;
    first = false;
    out += text_argument(item, "join");
  }
  return out;
}

Json contains(const Json& subject, const Json& what) {
  if (subject.is_string()) {
    return what.is_string() &&
           subject.get_ref<const std::string&>().find(what.get_ref<const std::string&>()) != std::string::npos;
  }
  need_array(subject, "contains");
  return std::find(subject.begin(), subject.end(), what) != subject.end();
}

Json reversed(const Json& value) {
  need_array(value, "reverse");
  Json out = value;
  std::reverse(out.begin(), out.end());
  return out;
}

Json to_text(const Json& value) {
  return value.is_string() ? value : Json(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

using Arguments = std::span<const Json>;
struct Function {
  std::string_view name;
  std::size_t count;
  Json (*call)(Arguments arguments);
};
constexpr Function kFunctions[] = {
    {"length", 1, [](Arguments a) { return length(a[0]); }},
    {"keys", 1, [](Arguments a) { return keys(a[0]); }},
    {"values", 1, [](Arguments a) { return values(a[0]); }},
    {"sort", 1, [](Arguments a) { return sorted(a[0]); }},
    {"reverse", 1, [](Arguments a) { return reversed(a[0]); }},
    {"to_string", 1, [](Arguments a) { return to_text(a[0]); }},
    {"join", 2, [](Arguments a) { return joined(a[0], a[1]); }},
    {"contains", 2, [](Arguments a) { return contains(a[0], a[1]); }},
    {"starts_with", 2,
     [](Arguments a) {
       return Json(text_argument(a[0], "starts_with").starts_with(text_argument(a[1], "starts_with")));
     }},
    {"ends_with", 2,
     [](Arguments a) { return Json(text_argument(a[0], "ends_with").ends_with(text_argument(a[1], "ends_with"))); }},
};

// Comparisons ----------------------------------------------------------------------------------------------------

Json compare(std::string_view op, const Json& a, const Json& b) {
  if (op == "==") return a == b;
  if (op == "!=") return a != b;
  if (!a.is_number() || !b.is_number()) return nullptr;  // order is defined for numbers only
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  if (op == ">") return a > b;
  return a >= b;
}

// The grammar, by recursive descent. Precedence, loosest first: | || && comparison ! then what binds to its left.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Step parse() {
    Step whole = pipe();
    skip_spaces();
    if (at_ != text_.size()) unexpected();
    return whole;
  }

 private:
  // Counts nesting while it lives, so that no expression exhausts the stack.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kDepthLimit) fail_query("nested too deep");
    }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Level(Level&&) = delete;
    Level& operator=(Level&&) = delete;

   private:
    Parser& parser_;
  };

  [[noreturn]] void unexpected() const {
    const std::string place = std::to_string(at_ + 1);
    if (at_ >= text_.size()) fail_query("the expression ends too early");
    fail_query(cat("unexpected '", text_.substr(at_, 1), "' at character ", place));
  }

  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }

  bool next_is(std::string_view token) {
    skip_spaces();
    return text_.substr(at_).starts_with(token);
  }

  bool take(std::string_view token) {
    if (!next_is(token)) return false;
    at_ += token.size();
    return true;
  }

  void expect(std::string_view token) {
    if (!take(token)) unexpected();
  }

  Step pipe() {
    const Level level(*this);
    Step left = either();
    int count = 0;
    while (next_is("|") && !next_is("||")) {
      if (++count > kDepthLimit) fail_query("too long");
      ++at_;
      left = [left, right = either()](const Json& value) { return right(left(value)); };
    }
    return left;
  }

  Step either() {
    Steps parts{both()};
    while (take("||")) parts.push_back(both());
    if (parts.size() == 1) return parts.front();
    return [parts](const Json& value) {
      Json result;
      for (const Step& part : parts) {
        result = part(value);
        if (is_true(result)) break;
      }
      return result;
    };
  }

  Step both() {
    Steps parts{comparison()};
    while (take("&&")) parts.push_back(comparison());
    if (parts.size() == 1) return parts.front();
    return [parts](const Json& value) {
      Json result;
      for (const Step& part : parts) {
        result = part(value);
        if (!is_true(result)) break;
      }
      return result;
    };
  }

  Step comparison() {
    Step left = negation();
    for (const std::string_view op : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!take(op)) continue;
      return [left, op, right = negation()](const Json& value) { return compare(op, left(value), right(value)); };
    }
    return left;
  }

  Step negation() {
    if (!next_is("!=") && take("!")) {
      const Level level(*this);
      return [inner = negation()](const Json& value) { return Json(!is_true(inner(value))); };
    }
    return chain(primary());
  }

  static bool is_name_character(char c, bool first) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
  }

  // A bare or quoted name; nothing when there is none.
  std::optional<std::string> name() {
    skip_spaces();
    if (at_ >= text_.size()) return std::nullopt;
    if (text_[at_] == '"') return quoted_name();
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name_character(text_[at_], at_ == start)) ++at_;
    if (at_ == start) return std::nullopt;
    return std::string(text_.substr(start, at_ - start));
  }

  std::string quoted_name() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) fail_query("a quotation mark is not closed");
    const Json parsed = Json::parse(text_.substr(at_, end + 1 - at_), nullptr, false);
    if (!parsed.is_string()) unexpected();
    at_ = end + 1;
    return parsed.get<std::string>();
  }

  Step raw_text() {
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) {
      if (text_[at_] == '\\' && text_.substr(at_ + 1).starts_with('\'')) ++at_;
      out += text_[at_];
    }
    expect("'");
    return [value = Json(out)](const Json&) { return value; };
  }

  Step literal() {
    const std::size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) fail_query("a backquote is not closed");
    Json value = Json::parse(text_.substr(at_ + 1, end - at_ - 1), nullptr, false);
    if (value.is_discarded()) unexpected();
    at_ = end + 1;
    return [value = std::move(value)](const Json&) { return value; };
  }

  // Without a left side: what it selects from is the current value.
  Step primary() {
    skip_spaces();
    if (at_ >= text_.size()) unexpected();
    switch (text_[at_]) {
      case '@':
        ++at_;
        return [](const Json& value) { return value; };
      case '\'':
        return raw_text();
      case '`':
        return literal();
      case '(': {
        ++at_;
        Step inner = pipe();
        expect(")");
        return inner;
      }
      case '{':
        return object();
      case '*':
        ++at_;
        return projection(values_of);
      case '[':
        return starts_bracket() ? bracket([](const Json& value) { return value; }) : list();
      default:
        return named();
    }
  }

  Step named() {
    const bool quoted = next_is("\"");
    std::optional<std::string> found = name();
    if (!found) unexpected();
    if (!quoted && at_ < text_.size() && text_[at_] == '(') return function(*found);
    return [key = *found](const Json& value) { return member(value, key); };
  }

  Step function(const std::string& function_name) {
    const std::size_t start = at_;
    ++at_;
    Steps parts;
    if (!next_is(")")) {
      do parts.push_back(pipe());
      while (take(","));
    }
    expect(")");
    if (function_name == "not_null") {
      return [parts](const Json& value) {
        for (const Step& part : parts) {
          if (Json result = part(value); !result.is_null()) return result;
        }
        return Json();
      };
    }
    for (const Function& known : kFunctions) {
      if (known.name != function_name) continue;
      if (parts.size() != known.count) fail_query(cat(function_name, "() takes another number of arguments"));
      return [parts, call = known.call](const Json& value) {
        std::vector<Json> arguments;
        for (const Step& part : parts) arguments.push_back(part(value));
        return call(arguments);
      };
    }
    fail_query(cat("there is no function ", function_name, "() (character ", std::to_string(start + 1), ")"));
  }

  // "[" that selects from its left side, not "[a, b]".
  bool starts_bracket() {
    std::size_t next = at_ + 1;
    while (next < text_.size() && text_[next] == ' ') ++next;
    if (next >= text_.size()) return true;
    const char c = text_[next];
    if (c == '*') {  // [*] projects; [*.a, b] is a list
      ++next;
      while (next < text_.size() && text_[next] == ' ') ++next;
      return next < text_.size() && text_[next] == ']';
    }
    return c == ']' || c == '?' || c == '-' || c == ':' || (c >= '0' && c <= '9');
  }

  Step list() {
    const Level level(*this);
    expect("[");
    Steps parts;
    do parts.push_back(pipe());
    while (take(","));
    expect("]");
    return [parts](const Json& value) {
      if (value.is_null()) return Json();
      Json out = Json::array();
      for (const Step& part : parts) out.push_back(part(value));
      return out;
    };
  }

  Step object() {
    const Level level(*this);
    expect("{");
    std::vector<std::pair<std::string, Step>> parts;
    do {
      std::optional<std::string> key = name();
      if (!key) unexpected();
      expect(":");
      parts.emplace_back(*key, pipe());
    } while (take(","));
    expect("}");
    return [parts](const Json& value) {
      if (value.is_null()) return Json();
      Json out = Json::object();
      for (const auto& [key, part] : parts) out[key] = part(value);
      return out;
    };
  }

  // What follows binds to each item, up to a pipe, an operator, or another [].
  Step projection(const Step& items) {
    const Level level(*this);
    Step rest = chain([](const Json& value) { return value; }, /*in_projection=*/true);
    return [items, rest](const Json& value) { return project(items(value), rest); };
  }

  Step bracket(const Step& left) {
    expect("[");
    if (take("]")) return projection([left](const Json& value) { return flatten(left(value)); });
    if (take("*")) {
      expect("]");
      return projection(left);
    }
    if (take("?")) {
      Step condition = pipe();
      expect("]");
      return projection([left, condition](const Json& value) {
        const Json items = left(value);
        if (!items.is_array()) return Json();
        Json kept = Json::array();
        for (const Json& item : items) {
          if (is_true(condition(item))) kept.push_back(item);
        }
        return kept;
      });
    }
    const std::int64_t index = number();
    expect("]");
    return [left, index](const Json& value) { return element(left(value), index); };
  }

  std::int64_t number() {
    skip_spaces();
    std::int64_t value = 0;
    const char* const end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data() + at_, end, value);
    if (error != std::errc() || value < INT32_MIN || value > INT32_MAX) unexpected();
    at_ = static_cast<std::size_t>(stop - text_.data());
    return value;
  }

  // What binds to its left: .name .* .[a] .{a: b} [0] [*] [] [?x]. A [] ends the projection it stands in, because it
  // flattens what that projection gave.
  Step chain(Step left, bool in_projection = false) {
    int count = 0;
    while (true) {
      if (++count > kDepthLimit) fail_query("too long");
      if (next_is("[") && starts_bracket()) {
        if (in_projection && is_flatten()) return left;
        left = bracket(left);
      } else if (take(".")) {
        left = dotted(left);
      } else {
        return left;
      }
    }
  }

  bool is_flatten() {
    std::size_t next = at_ + 1;
    while (next < text_.size() && text_[next] == ' ') ++next;
    return next < text_.size() && text_[next] == ']';
  }

  Step dotted(const Step& left) {
    if (next_is("*")) {
      ++at_;
      return projection([left](const Json& value) { return values_of(left(value)); });
    }
    Step right;
    if (next_is("[")) {
      if (starts_bracket()) unexpected();
      right = list();
    } else if (next_is("{")) {
      right = object();
    } else {
      right = named();
    }
    return [left, right](const Json& value) { return right(left(value)); };
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Json query(const Json& document, std::string_view expression) {
  constexpr std::size_t kLongest = 4096;
  if (expression.size() > kLongest) fail_query("too long");
  return Parser(expression).parse()(document);
}

}  // namespace kms::cli
