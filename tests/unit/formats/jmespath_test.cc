#include "formats/jmespath.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"

using namespace kms;
using formats::jmespath::Expression;

namespace {

OrderedJson selected(std::string_view expression) {
  static const OrderedJson document = OrderedJson::parse(R"({
    "Aliases": [{"AliasName": "alias/web", "Age": 3}, {"AliasName": "alias/aws/ebs", "Age": 1},
                {"AliasName": "alias/db", "Age": 2, "Old": true}],
    "Slots": [{"Kind": "KEYFILE", "Id": 1}, {"Kind": "PASSPHRASE", "Id": 2}],
    "Events": [1, 2, 3, 4, 5],
    "Grants": [{"CreationDate": "2019-12-31T23:59:59+00:00"}, {"CreationDate": "2020-01-01T00:00:00+00:00"}],
    "Nested": {"a": {"b": {"c": 1}}, "d": {"b": {"c": 2}}}, "Zero": 0, "Name": "größe"})");
  return Expression(expression).search(document);
}

OrderedJson from_json(std::string_view text) {
  return OrderedJson::parse(text);
}

std::string complaint(std::string_view expression) {
  try {
    return cat("no error, but ", selected(expression).dump());
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kUsage);
    return error.what();
  }
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_SUITE("formats/jmespath") {
  TEST_CASE("text between backticks that is no JSON is a string") {
    CHECK(selected("Aliases[?starts_with(AliasName, `alias/aws/`)].Age") == from_json("[1]"));
    CHECK(selected("Slots[?Kind==`KEYFILE`].Id") == from_json("[1]"));
    CHECK(selected("Slots[?Kind==`\"KEYFILE\"`].Id") == from_json("[1]"));
    CHECK(selected("`  two words `") == "two words ");
    CHECK(selected("`a\\`b\\u0041`") == "a`bA");
    CHECK(selected("``") == "");
    CHECK(selected("`1`") == 1);
    CHECK(complaint("`a\"b`") == "at character 1: what stands between `` is neither JSON nor a text");
  }

  TEST_CASE("texts have an order, and what is of two types has none") {
    CHECK(selected("length(Grants[?CreationDate >= '2020-01-01'])") == 1);
    CHECK(selected("'a' < 'b'") == true);
    CHECK(selected("'é' > 'z'") == true);
    CHECK(selected("'10' < `9`").is_null());
    CHECK(selected("`true` < `false`").is_null());
    CHECK(selected("Zero < `1` == `true`") == true);
  }

  TEST_CASE("numbers are compared by value, also those of 64 bits") {
    CHECK(selected("`1` == `1.0`") == true);
    CHECK(selected("`-1` == `18446744073709551615`") == false);
    CHECK(selected("`-1` < `18446744073709551615`") == true);
    CHECK(selected("contains(`[1.0]`, `1`)") == true);
    CHECK(selected("contains(`[true]`, `1`)") == false);
  }

  TEST_CASE("arrays are sorted by what an expression reference selects") {
    CHECK(selected("sort_by(Aliases, &AliasName)[].AliasName") ==
          from_json(R"(["alias/aws/ebs","alias/db","alias/web"])"));
    CHECK(selected("sort_by(Aliases,&Age)[*].Age") == from_json("[1,2,3]"));
    CHECK(selected("max_by(Aliases, &Age).AliasName") == "alias/web");
    CHECK(selected("min_by(Aliases, &length(AliasName)).AliasName") == "alias/db");
    CHECK(selected("map(&Old, Aliases)") == from_json("[null,null,true]"));
    CHECK(selected("sort_by(`[]`, &Age)") == OrderedJson::array());
    CHECK(complaint("sort_by(Aliases, &Old)") ==
          "at character 1: sort_by(): the expression gives null for item 1, not a number or a string");
    CHECK(complaint("max_by([Slots[0], Aliases[0]], &(Kind || Age))") ==
          "at character 1: max_by(): the expression gives a number for item 2, not a string");
  }

  TEST_CASE("slices go both ways, and end where the array does") {
    CHECK(selected("Events[0:1]") == from_json("[1]"));
    CHECK(selected("Events[-3:]") == from_json("[3,4,5]"));
    CHECK(selected("Events[::-2]") == from_json("[5,3,1]"));
    CHECK(selected("Events[-99999999999999999999:99999999999999999999]") == selected("Events"));
    CHECK(selected("Events[:0:-99999999999999999999]") == from_json("[5]"));
    CHECK(selected("Events[99999999999999999999]").is_null());
    CHECK(selected("Aliases[:2].Age") == from_json("[3,1]"));
    CHECK(complaint("Events[::0]") == "at character 10: the step of a slice is not 0");
  }

  TEST_CASE("a pipe ends a projection") {
    CHECK(selected("Aliases[*].Age | [0]") == 3);
    CHECK(selected("Aliases[?Old] | [0].Age") == 2);
    CHECK(selected("Nested.* | [].b.c") == from_json("[1,2]"));
  }

  TEST_CASE("operators bind as those of the aws command line") {
    CHECK(selected("Nested.*.b.c").is_null());  // c of the list
    CHECK(selected("!Nested.a").is_null());     // a of false
    CHECK(selected("!(Nested.a)") == false);
    CHECK(selected("Zero || Name") == 0);
    CHECK(selected("Aliases[*].[Age, Old][0]") == from_json("[3,null]"));
  }

  TEST_CASE("functions count characters, not bytes") {
    CHECK(selected("length(Name)") == 5);
    CHECK(selected("reverse(Name)") == "eßörg");
  }

  TEST_CASE("numbers stay whole while 64 bits hold them") {
    CHECK(selected("sum(Events)").dump() == "15");
    CHECK(selected("avg(Events)").dump() == "3.0");
    CHECK(selected("abs(`-9223372036854775808`)").dump() == "9223372036854775808");
    CHECK(selected("sum(`[9223372036854775807, 1]`)").dump() == "9.223372036854776e+18");
    CHECK(selected("[floor(`-1.5`), ceil(`-1.5`), floor(`1e300`)]").dump() == "[-2,-1,1e+300]");
    CHECK(selected("[to_number(' +7 '), to_number('.5'), to_number('007')]").dump() == "[7,0.5,7]");
    CHECK(selected("[to_number('inf'), to_number('nan'), to_number('+-1'), to_number('1x'), to_number('')]").dump() ==
          "[null,null,null,null,null]");
  }

  TEST_CASE("what is made of a part of the document leaves it as it was") {
    CHECK(selected("reverse(Events) | [0]") == 5);
    CHECK(selected("merge(Nested.a, `{\"x\": 1}`).x") == 1);
    CHECK(selected("[Events, Events] | [[0], [0]] | [0][0]") == 1);
    CHECK(selected("Events") == from_json("[1,2,3,4,5]"));
  }

  TEST_CASE("members come in the order that they have, or that the expression gives them") {
    CHECK(selected("keys(Aliases[2])") == from_json(R"(["AliasName","Age","Old"])"));
    CHECK(selected("Aliases[2].*") == from_json(R"(["alias/db",2,true])"));
    CHECK(selected("Slots[0]").dump() == R"({"Kind":"KEYFILE","Id":1})");
    CHECK(selected("Slots[0].{b: Id, a: Kind}").dump() == R"({"b":1,"a":"KEYFILE"})");
    CHECK(selected("merge(`{\"z\": 1, \"a\": 2}`, `{\"b\": 3, \"z\": 4}`)").dump() == R"({"z":4,"a":2,"b":3})");
    CHECK(selected("to_string(`{\"z\": \"ü\", \"a\": 1.0}`)") == R"({"z":"\u00fc","a":1.0})");
  }

  TEST_CASE("objects are equal whatever the order of their members") {
    CHECK(selected("`{\"a\": 1, \"b\": [{\"c\": 2, \"d\": 3}]}` == `{\"b\": [{\"d\": 3, \"c\": 2.0}], \"a\": 1}`") ==
          true);
    CHECK(selected("`{\"a\": 1, \"b\": 2}` == `{\"a\": 1, \"c\": 2}`") == false);
    CHECK(selected("`{\"a\": 1}` == `{\"a\": 1, \"b\": 2}`") == false);
    CHECK(selected("`[1, 2]` == `[2, 1]`") == false);
  }

  TEST_CASE("an expression that is wrong is refused with the place and what was wanted there") {
    CHECK(complaint("") == "at character 1: expected a value");
    CHECK(complaint("Aliases[?Age") == "at character 13: expected ']' before the end of the expression");
    CHECK(complaint("Aliases[?") == "at character 10: expected a value before the end of the expression");
    CHECK(complaint("Aliases)") == "at character 8: expected an operator or the end of the expression, not ')'");
    CHECK(complaint("Aliases[a]") == "at character 9: expected a number, ':' or '*', not 'a'");
    CHECK(complaint("'é' x") == "at character 5: expected an operator or the end of the expression, not 'x'");
    CHECK(complaint("{a}") == "at character 3: expected ':', not '}'");
    CHECK(complaint("length(a b)") == "at character 10: expected ',' or ')', not 'b'");
    CHECK(complaint("length(a,)") == "at character 10: expected a value, not ')'");
    CHECK(complaint("a.'b'") == "at character 3: expected a name, '*', '[' or '{', not 'b'");
    CHECK(complaint("a == 'open") == "at character 6: this ' is not closed");
    CHECK(complaint("a = b") == "at character 3: '=' is no operator; == compares");
    CHECK(complaint("a ± b") == "at character 3: unexpected '±'");
    CHECK(complaint("&a") == "at character 1: & makes an argument of a function, as in sort_by(a, &b)");
    CHECK(complaint("\"length\"(a)") == "at character 1: the name of a function has no quotation marks");
    CHECK(complaint("\"\\x\"") == "at character 1: what stands between \"\" is no string of JSON");
    CHECK(complaint("\xff") == "the expression is not UTF-8");
  }

  TEST_CASE("a function that does not exist, or gets what it does not take, is named") {
    CHECK(complaint("[Zero, nope(@)]") == "at character 8: there is no function nope()");
    CHECK(complaint("length()") == "at character 1: length() takes 1 argument, not 0");
    CHECK(complaint("join(',')") == "at character 1: join() takes 2 arguments, not 1");
    CHECK(complaint("merge()") == "at character 1: merge() takes at least 1 argument, not 0");
    CHECK(complaint("Events | abs(@)") == "at character 10: abs(): argument 1 is an array with a number, not a number");
    CHECK(complaint("sort(Aliases)") ==
          "at character 1: sort(): argument 1 is an array with an object, not an array of numbers or an array of "
          "strings");
    CHECK(
        complaint("max([Zero, Name])") ==
        "at character 1: max(): argument 1 is an array with a number and a string, not an array of numbers or an array "
        "of strings");
    CHECK(complaint("join(',', `[\"a\", null]`)") ==
          "at character 1: join(): argument 2 is an array with a string and null, not an array of strings");
    CHECK(complaint("sort_by(Aliases, Age)") ==
          "at character 1: sort_by(): argument 2 is null, not an expression reference (&name)");
    CHECK(complaint("length(&a)") ==
          "at character 1: length(): argument 1 is an expression reference (&name), not a string or an object or an "
          "array");
    CHECK(complaint("merge(Nested, Zero)") == "at character 1: merge(): argument 2 is a number, not an object");
  }

  TEST_CASE("nesting and length have limits that no expression of a user comes near") {
    CHECK(selected(repeated("(", 255) + "Zero" + repeated(")", 255)) == 0);
    CHECK(selected("@" + repeated("[*].a", 254)).is_null());
    CHECK(complaint(repeated("(", 256) + "Zero") == "at character 257: the expression is nested too deep");
    CHECK(complaint(repeated("!", 256) + "Zero") == "at character 257: the expression is nested too deep");
    CHECK(complaint("@" + repeated("[*].a", 300)).ends_with("the expression is nested too deep"));
    CHECK(complaint("`" + repeated("[", 17) + repeated("]", 17) + "`") ==
          "at character 1: the literal is nested too deep");
    CHECK(selected("a" + repeated(".a", 2000)).is_null());
    CHECK(selected("Zero" + repeated(" || a", 500)) == 0);
    CHECK(selected("Zero" + repeated("==a", 1000)) == false);
    CHECK(complaint(repeated("a", 4097)) == "the expression is longer than 4096 bytes");
  }

  TEST_CASE("an expression that doubles its document again and again is refused before it fills the memory") {
    CHECK(complaint("@" + repeated(" | [@, @]", 60)) == "the expression makes too much of its document");
    CHECK(complaint("@" + repeated(" | to_string([@])", 60)) == "the expression makes too much of its document");
    CHECK(complaint("'x'" + repeated(" | join(@, ['', '', '', ''])", 60)) ==
          "the expression makes too much of its document");
    CHECK(complaint("@" + repeated(" | {a: @, b: @}", 60)) == "the expression makes too much of its document");
    CHECK(selected("@" + repeated(" | [@]", 500)).is_array());
  }
}
