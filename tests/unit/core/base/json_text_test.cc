#include "core/base/json_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace kms;

TEST_SUITE("base/json_text") {
  TEST_CASE("the text is what dump() writes") {
    const std::vector<std::string> texts = {"",
                                            "plain",
                                            "with \"quotes\" and \\",
                                            "line\nfeed\t",
                                            "köln \u20ac",
                                            "\x7f",
                                            "no \xff\xfe UTF-8",
                                            std::string("nul\0", 4)};
    Json document = {{"none", nullptr},
                     {"yes", true},
                     {"number", -17},
                     {"big", 18446744073709551615U},
                     {"part", 1.5},
                     {"time", 1764041112.123},
                     {"empty", Json::object()},
                     {"list", Json::array()},
                     {"nested", {{"a", {1, "two", {{"three", nullptr}}}}}}};
    for (const std::string& text : texts) document[text] = text;
    const std::string expected = document.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string out = "before ";
    append_json(out, document);
    CHECK(out == "before " + expected);
    WipingText wiped;
    append_json(wiped, document);
    CHECK(std::string_view(wiped) == expected);
  }

  TEST_CASE("each byte at each place of a text is what dump() writes") {
    for (std::size_t size = 1; size <= 17; ++size) {
      for (std::size_t place = 0; place < size; ++place) {
        for (int byte = 0; byte < 256; ++byte) {
          std::string text(size, 'x');
          text[place] = static_cast<char>(byte);
          std::string out;
          append_json(out, Json(text));
          if (out != Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)) {
            FAIL("byte " << byte << " at " << place << " of " << size);
          }
        }
      }
    }
  }

  TEST_CASE("a text is laid out as dump() lays it out, at its place in a document") {
    const Json document = {{"none", nullptr},
                           {"text", "a, \"b\": {[ \\"},
                           {"empty", Json::object()},
                           {"list", Json::array()},
                           {"numbers", {1, -2.5, true}},
                           {"deep", {{"a", {{{"b", {1}}}}}}},
                           {"escape", "\\\"},\\\\"},
                           {"\"name\"", "x"}};
    const Json whole = {{"list", {document}}};
    std::string out;
    append_indented(out, document.dump(), 2);
    CHECK("{\n    \"list\": [\n        " + out + "\n    ]\n}" == whole.dump(4));
    std::string again;
    append_indented(again, out, 2);
    CHECK(again == out);
    for (const char* broken : {"", "{", "}", "]}", "{\"a", "{\"a\\", "[1,", "{ "}) {
      std::string of_broken;
      append_indented(of_broken, broken, 0);
      CHECK_FALSE(Json::accept(of_broken));
    }
  }

  TEST_CASE("an object is written member by member") {
    std::string out;
    JsonObjectWriter object(out);
    object.text("a", "x\"y").flag("b", true).flag("c", false).json("d", {1, 2}).name("e");
    JsonObjectWriter inner(out);
    inner.end();
    object.end();
    CHECK(out == R"({"a":"x\"y","b":true,"c":false,"d":[1,2],"e":{}})");
  }

  TEST_CASE("limits of depth and number are seen in the text, before anything is parsed") {
    const JsonLimits limits{3, 6};
    CHECK(is_within(R"({"a":[{"b":1}]})", limits));
    CHECK_FALSE(is_within(R"({"a":[{"b":[]}]})", limits));
    CHECK(is_within(R"(["[[[[{{{{,,,,,,,\"[[[[[["])", limits));
    CHECK(is_within("[1,2,3,4,5,6]", limits));
    CHECK_FALSE(is_within("[1,2,3,4,5,6,7]", limits));
    CHECK_FALSE(is_within("[[],[],[],[]]", limits));
    CHECK_FALSE(is_within(std::string(500'000, '['), JsonLimits{}));
    CHECK(is_within("]]]]\"", limits));  // no JSON: for the parser to say
  }
}
