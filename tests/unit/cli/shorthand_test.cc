#include "cli/shorthand.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "tests/support/refusal.h"

using kms::Json;

namespace {

Json read(const std::string& text) {
  return kms::cli::parse_shorthand(text, "--tags", [](const std::string& item) -> std::optional<Json> {
    if (!item.starts_with("file://")) return std::nullopt;
    return Json("content of " + item.substr(7));
  });
}

void check(const std::string& text, const char* json) {
  CAPTURE(text);
  CHECK(read(text) == Json::parse(json));
}

std::string refusal(const std::string& text) {
  return kms::testing::refusal_of([&] { return read(text); });
}

}  // namespace

TEST_SUITE("shorthand") {
  TEST_CASE("pairs are separated by commas, with blanks around what separates") {
    check("a=b", R"({"a":"b"})");
    check("a=b,c=d", R"({"a":"b","c":"d"})");
    check("a = b , c\t=\nd ", R"({"a":"b","c":"d"})");
    check("a-_.#/:9=b", R"({"a-_.#/:9":"b"})");
    check("=b", R"({"":"b"})");
    check("a=,b=", R"({"a":"","b":""})");
    check("a=b=c,d=e", R"({"a":"b=c","d":"e"})");
    check("a=b,,c=d", R"({"a":"b","c":"d"})");
  }

  TEST_CASE("quotes hold commas, signs and blanks, and are no part of the value") {
    check(R"(app="web")", R"({"app":"web"})");
    check("a='b,c=d',e=\" f \"", R"({"a":"b,c=d","e":" f "})");
    check(R"(a="it's",b='a "word"')", R"({"a":"it's","b":"a \"word\""})");
    check(R"(a="\"\\",b='\'\x')", R"({"a":"\"\\","b":"'\\x"})");
    check(R"(a='C:\')", R"({"a":"C:\\"})");
    check(R"(a='C:\\',b=c)", R"({"a":"C:\\","b":"c"})");
    check("a='',b=\"\"", R"({"a":"","b":""})");
    check("a='\xf0\x9f\x94\x91'", "{\"a\":\"\xf0\x9f\x94\x91\"}");
  }

  TEST_CASE("plain text holds blanks, and commas behind a backslash") {
    check(R"(a=b c\,d,e=f)", R"({"a":"b c,d","e":"f"})");
    check(R"(a=C:\dir)", R"({"a":"C:\\dir"})");
    check("a=b\u00a0\u3000", R"({"a":"b"})");
    check("a=\u00fc{[b", "{\"a\":\"\u00fc{[b\"}");
  }

  TEST_CASE("several values behind a name are a list, until a name follows") {
    check("a=b,c", R"({"a":["b","c"]})");
    check("a=b,c,d=e,f", R"({"a":["b","c"],"d":["e","f"]})");
    check("a='b',\"c\"", R"({"a":["b","c"]})");
    check("a=b,c]}", R"({"a":["b","c]}"]})");
  }

  TEST_CASE("brackets hold lists, braces hold maps, each in the other") {
    check("a=[],b={}", R"({"a":[],"b":{}})");
    check("a=[b, 'c' ,,d,]", R"({"a":["b","c","","d"]})");
    check("a={b=c, d = [e,{f=g}],}", R"({"a":{"b":"c","d":["e",{"f":"g"}]}})");
    check("a=[[b],[c,d]],e=f", R"({"a":[["b"],["c","d"]],"e":"f"})");
  }

  TEST_CASE("an item behind @= that names a file stands for its content") {
    check("a@=file://x,b=file://y", R"({"a":"content of x","b":"file://y"})");
    check("a@=[b,'file://x'],c@={d@=file://y}", R"({"a":["b","content of x"],"c":{"d":"content of y"}})");
    check("a @ = b,file://x", R"({"a":["b","content of x"]})");
  }

  TEST_CASE("what is no shorthand is refused with the place and what was expected there") {
    CHECK(refusal("") == "--tags: expected '=' behind a name at the end");
    CHECK(refusal("a") == "--tags: expected '=' behind a name at the end");
    CHECK(refusal("app name=web") == "--tags: expected '=' behind a name at character 5, found n");
    CHECK(refusal("\u00fc=b") == "--tags: expected '=' behind a name at character 1, found \u00fc");
    CHECK(refusal("a=b,") == "--tags: expected a value at the end");
    CHECK(refusal("a='b'c") == "--tags: expected ',' or the end at character 6, found c");
    CHECK(refusal("a=b'c'") == "--tags: expected ',' or the end at character 4, found '");
    CHECK(refusal("a=\u00fc,b=\"c") == "--tags: expected a closing \" for the one at character 7");
    CHECK(refusal("a=[b") == "--tags: expected ',' or ']' at the end");
    CHECK(refusal("a={b=c") == "--tags: expected ',' or '}' at the end");
    CHECK(refusal("a={b}") == "--tags: expected '=' behind a name at character 5, found }");
    CHECK(refusal("a=\xf0\x9f\x94\x91") == "--tags: expected ',' or the end at character 3, found \xf0\x9f\x94\x91");
    CHECK(refusal("a=\xff") == "--tags: not UTF-8");
    CHECK(refusal("a=b,a=c") == "--tags: 'a' is given twice");
  }

  TEST_CASE("what aws would drop without a word is refused") {
    CHECK(refusal(R"(a=b,c\,d=e)") == "--tags: expected ',' or the end at character 9, found =");
    CHECK(refusal("a=b,'c,d='=e") == "--tags: expected ',' or the end at character 11, found =");
    CHECK(refusal("a={b=c,b=d}") == "--tags: 'b' is given twice");
  }

  TEST_CASE("nesting has an end") {
    const std::string sixteen(16, '[');
    CHECK(read("a=" + sixteen + std::string(16, ']')).at("a").is_array());
    CHECK(refusal("a=[" + sixteen) == "--tags: lists and maps are nested too deep");
    CHECK(refusal("a=" + std::string(100000, '[')) == "--tags: lists and maps are nested too deep");
  }
}
