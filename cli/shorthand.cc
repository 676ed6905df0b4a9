#include "cli/shorthand.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr int kDeepest = 16;  // lists and maps in one another

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.#/:").find(c) != std::string_view::npos;
}

// Where plain text stands: as the first item behind = or as an element, or as a further one of a=b,c.
enum class Place : std::uint8_t { kFirst, kFurther };

// Of ASCII. A further item ends at =, which shows that it was the name of the next pair.
bool is_plain(char c, Place place, bool begins) {
  constexpr std::string_view kNoBegin = "\"',=[{";
  constexpr std::string_view kNotFirst = "\"',]}";
  constexpr std::string_view kNotFurther = "\"',=";
  const bool separator = c >= 0x1c && c <= 0x1f;  // blanks to Unicode
  if (c <= ' ' && (begins || !(is_blank(c) || separator))) return false;
  const std::string_view excluded = begins ? kNoBegin : place == Place::kFirst ? kNotFirst : kNotFurther;
  return excluded.find(c) == std::string_view::npos;
}

// Without the blanks of Unicode at its end.
std::string_view trimmed(std::string_view text) {
  constexpr auto kBlanks = std::to_array<std::string_view>(
      {"\xc2\x85", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
       "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"});
  for (;;) {
    std::size_t size = 0;
    if (!text.empty() && (is_blank(text.back()) || (text.back() >= 0x1c && text.back() <= 0x1f))) size = 1;
    for (const std::string_view blank : kBlanks) {
      if (text.ends_with(blank)) size = blank.size();
    }
    if (size == 0) return text;
    text.remove_suffix(size);
  }
}

class ShorthandReader {
 public:
  ShorthandReader(std::string_view text, std::string_view option, const NamedFile& named_file)
      : text_(text), option_(option), named_file_(named_file) {}

  Json pairs();

 private:
  bool at_end() const { return at_ >= text_.size(); }
  bool is_at(char c) const { return !at_end() && text_[at_] == c; }
  void skip_blanks();
  void expect(char c, std::string_view wanted);
  [[noreturn]] void fail(std::string_view why) const;
  [[noreturn]] void fail_expected(std::string_view wanted) const;

  std::string name();  // and the = behind it
  Json value();
  Json item_or_items();
  void end_items(std::size_t begin);
  Json element();
  Json list();
  Json map();
  Json first_item();
  std::optional<Json> further_item();
  std::string quoted();
  std::optional<std::string> plain(Place place);
  Json content(std::string item) const;

  // One more list or map around what is read, while it lives.
  class Level {
   public:
    explicit Level(ShorthandReader& reader) : depth_(reader.depth_) {
      if (++depth_ > kDeepest) reader.fail("lists and maps are nested too deep");
    }
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Level(Level&&) = delete;
    Level& operator=(Level&&) = delete;

   private:
    int& depth_;
  };

  const std::string_view text_;
  const std::string_view option_;
  const NamedFile& named_file_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool names_files_ = false;  // @= was the last sign behind a name
};

void ShorthandReader::skip_blanks() {
  while (!at_end() && is_blank(text_[at_])) ++at_;
}

void ShorthandReader::fail(std::string_view why) const {
  throw Error(ErrorCode::kUsage, cat(option_, ": ", why));
}

void ShorthandReader::fail_expected(std::string_view wanted) const {
  if (at_end()) fail(cat("expected ", wanted, " at the end"));
  const std::string place = std::to_string(count_characters(text_.substr(0, at_)) + 1);
  const std::string_view found = text_.substr(at_, utf8_size(text_.substr(at_)));
  fail(cat("expected ", wanted, " at character ", place, ", found ", found));
}

// And the blanks around it.
void ShorthandReader::expect(char c, std::string_view wanted) {
  skip_blanks();
  if (!is_at(c)) fail_expected(wanted);
  ++at_;
  skip_blanks();
}

Json ShorthandReader::pairs() {
  if (!is_utf8(text_)) fail("not UTF-8");
  Json object = Json::object();
  do {
    if (!object.empty()) expect(',', "',' or the end");
    const std::string member = name();
    if (object.contains(member)) fail(cat("'", member, "' is given twice"));
    object[member] = value();
  } while (!at_end());
  return object;
}

std::string ShorthandReader::name() {
  const std::size_t begin = at_;
  while (!at_end() && is_name_character(text_[at_])) ++at_;
  std::string name(text_.substr(begin, at_ - begin));
  skip_blanks();
  names_files_ = is_at('@');
  if (names_files_) ++at_;
  expect('=', "'=' behind a name");
  return name;
}

Json ShorthandReader::value() {
  if (is_at('[')) return list();
  if (is_at('{')) return map();
  return item_or_items();
}

Json ShorthandReader::item_or_items() {
  Json items = Json::array();
  items.push_back(first_item());
  skip_blanks();
  while (is_at(',')) {
    expect(',', "','");
    const std::size_t begin = at_;
    std::optional<Json> item = further_item();
    if (at_end() && !item) fail_expected("a value");
    skip_blanks();
    if (!item || !(at_end() || is_at(','))) {
      end_items(begin);
      break;
    }
    items.push_back(*std::move(item));
  }
  if (items.size() > 1) return items;
  Json only = std::move(items.front());
  return only;
}

// What begins at `begin` was no item: back to the comma before it, where the next pair begins. As with aws that is the
// last comma, which may be one that nothing stands in front of; were it one inside of the text, the text in front of it
// would be lost.
void ShorthandReader::end_items(std::size_t begin) {
  const std::size_t comma = text_.rfind(',', at_);
  if (comma > begin) fail_expected("',' or the end");
  at_ = comma;
}

Json ShorthandReader::element() {
  if (is_at('[')) return list();
  if (is_at('{')) return map();
  return first_item();
}

Json ShorthandReader::list() {
  const Level level(*this);
  expect('[', "'['");
  Json elements = Json::array();
  while (!is_at(']')) {
    elements.push_back(element());
    skip_blanks();
    if (!is_at(']')) expect(',', "',' or ']'");
  }
  ++at_;
  return elements;
}

Json ShorthandReader::map() {
  const Level level(*this);
  expect('{', "'{'");
  Json object = Json::object();
  while (!is_at('}')) {
    const std::string member = name();
    if (object.contains(member)) fail(cat("'", member, "' is given twice"));
    object[member] = element();
    skip_blanks();
    if (!is_at('}')) expect(',', "',' or '}'");
  }
  ++at_;
  return object;
}

Json ShorthandReader::first_item() {
  if (is_at('"') || is_at('\'')) return content(quoted());
  std::optional<std::string> text = plain(Place::kFirst);
  return text ? content(*std::move(text)) : Json("");
}

std::optional<Json> ShorthandReader::further_item() {
  if (is_at('"') || is_at('\'')) return content(quoted());
  std::optional<std::string> text = plain(Place::kFurther);
  if (!text) return std::nullopt;
  return content(*std::move(text));
}

// A \ in front of the last quote of all is itself, as it is for aws: 'C:\' is C:\.
std::string ShorthandReader::quoted() {
  const char quote = text_[at_];
  const auto escapes = [&](std::size_t at) {
    return text_[at] == '\\' && at + 1 < text_.size() && (text_[at + 1] == quote || text_[at + 1] == '\\');
  };
  std::size_t escaped = std::string_view::npos;
  std::size_t end = at_ + 1;
  while (end < text_.size() && text_[end] != quote) {
    if (escapes(end) && text_[++end] == quote) escaped = end;
    ++end;
  }
  if (end >= text_.size()) end = escaped;
  if (end == std::string_view::npos) {
    fail(cat("expected a closing ", std::string_view(&quote, 1), " for the one at character ",
             std::to_string(count_characters(text_.substr(0, at_)) + 1)));
  }
  std::string content;
  for (std::size_t at = at_ + 1; at < end; ++at) {
    if (escapes(at) && at + 1 < end) ++at;
    content += text_[at];
  }
  at_ = end + 1;
  return content;
}

// None where none begins. aws knows no character beyond U+FFFF outside of quotes.
std::optional<std::string> ShorthandReader::plain(Place place) {
  const std::size_t begin = at_;
  std::string text;
  while (!at_end()) {
    const std::string_view rest = text_.substr(at_);
    const std::size_t size = rest.starts_with("\\,") ? 2 : utf8_size(rest);
    if (size == 1 && !is_plain(rest.front(), place, at_ == begin)) break;
    if (size > 3) break;
    text += size == 2 && rest.front() == '\\' ? rest.substr(1, 1) : rest.substr(0, size);
    at_ += size;
  }
  if (at_ == begin) return std::nullopt;
  text.resize(trimmed(text).size());
  return text;
}

Json ShorthandReader::content(std::string item) const {
  if (names_files_) {
    if (std::optional<Json> file = named_file_(item)) return *std::move(file);
  }
  return item;
}

}  // namespace

Json parse_shorthand(std::string_view text, std::string_view option, const NamedFile& named_file) {
  return ShorthandReader(text, option, named_file).pairs();
}

}  // namespace kms::cli
