#include "core/base/terminal_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/base/text.h"

using namespace kms;

namespace {

std::string line(std::string_view text) {
  return escape_controls(text, LineEnds::kEscaped);
}
std::string kept(std::string_view text) {
  return escape_controls(text, LineEnds::kKept);
}

// In all ways to cut it in two.
void check_in_pieces(std::string_view text) {
  for (std::size_t at = 0; at <= text.size(); ++at) {
    ControlEscaper escaper;
    std::string out = escaper.next(text.substr(0, at));
    out += escaper.next(text.substr(at));
    out += escaper.finish();
    CHECK(out == kept(text));
  }
}

}  // namespace

TEST_SUITE("base/terminal_text") {
  TEST_CASE("text without control characters is as it was, in every script") {
    for (const char* text : {"", "plain", "gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac", "\xf0\x9f\x94\x91", "\xd7\xa9\xd7\x9c",
                             "back\\slash \"quotes\"", "\xc2\xa0"}) {
      CHECK(line(text) == text);
      CHECK(is_displayable(text));
    }
  }

  TEST_CASE("C0, DEL, C1, controls of direction and separators of lines become escapes") {
    CHECK(line("\x1b]0;title\a") == "\\u001b]0;title\\u0007");
    CHECK(line(std::string_view("\0", 1)) == "\\u0000");
    CHECK(line("\x7f") == "\\u007f");
    CHECK(line("\xc2\x9b"
               "2J") == "\\u009b2J");
    CHECK(line("a\nb\tc\rd") == "a\\nb\\tc\\rd");
    for (const char* text : {"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6",
                             "\xe2\x81\xa9", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xc2\x85"}) {
      CAPTURE(text);
      CHECK(line(text).starts_with("\\u"));
      CHECK(line(text).size() == 6);
      CHECK_FALSE(is_displayable(text));
    }
  }

  TEST_CASE("what is no UTF-8 becomes escapes byte by byte") {
    CHECK(line("\x9b"
               "2J") == "\\x9b2J");
    CHECK(line("a\xc3") == "a\\xc3");
    CHECK(line("\xed\xa0\x80") == "\\xed\\xa0\\x80");
    CHECK(line("\xe2\x80"
               "b") == "\\xe2\\x80b");
  }

  TEST_CASE("where lines are the layout, newlines and tabs stay, and a lone carriage return does not") {
    CHECK(kept("a\tb\nc\r\nd") == "a\tb\nc\r\nd");
    CHECK(kept("safe\revil") == "safe\\revil");
    CHECK(kept("\x1b[2J\n") == "\\u001b[2J\n");
    CHECK_FALSE(is_displayable("safe\revil"));
    CHECK(is_displayable("a\tb\nc\r\nd"));
  }

  TEST_CASE("a JSON document means the same afterwards") {
    const Json document{{"x\x7f", "\x1b\xc2\x9b\xe2\x80\xae \n\t \xc3\xbc"}};
    const std::string text = kept(document.dump(4));
    CHECK(Json::parse(text) == document);
    CHECK(is_displayable(text));
  }

  TEST_CASE("text that comes in pieces becomes what it would as a whole") {
    check_in_pieces(
        "a\r\nb\rc\xc2\x9b"
        "d\xe2\x80\xae\xf0\x9f\x94\x91\x1b");
    check_in_pieces("\xe2\x80");
    check_in_pieces("\xf0\x9f\x94");
    check_in_pieces("\x80\x80\x80\x80\xc3");
    check_in_pieces("\r");
  }

  TEST_CASE("separators alone are escaped for a program") {
    CHECK(escape_separators("a\tb\nc\rd\x1b\\") == "a\\tb\\nc\\rd\x1b\\");
  }
}
