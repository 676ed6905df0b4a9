#include "formats/yaml.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "tests/support/refusal.h"

using kms::Json;
using kms::OrderedJson;

namespace {

std::string yaml_of(const Json& value) {
  return kms::formats::write_yaml(OrderedJson(value));
}

Json read(const std::string& text) {
  return kms::formats::read_yaml(text, "--yaml");
}

std::string refusal(const std::string& text) {
  return kms::testing::refusal_of([&] { return read(text); });
}

}  // namespace

// What is written was compared with aws-cli 2.9.19.
TEST_SUITE("formats/yaml") {
  TEST_CASE("long texts are folded, and long names stand behind a question mark") {
    std::string words;
    for (int i = 0; i < 20; ++i) words += i == 0 ? "word" : " word";
    CHECK(yaml_of({{"a", words}}) ==
          "a: word word word word word word word word word word word word word word word word\n"
          "  word word word word\n");
    CHECK(yaml_of({{std::string(130, 'k'), 1}}) == "? " + std::string(130, 'k') + "\n: 1\n");
    CHECK(yaml_of({{"a", "\U0001f511"}}) == "a: \"\\U0001F511\"\n");
    CHECK(yaml_of(Json::parse("[[1,2],[{\"x\":1e20,\"y\":[2.0]}]]")) ==
          "- - 1\n  - 2\n- - x: 1e+20\n    y:\n    - 2.0\n");
  }

  TEST_CASE("objects and lists are written in blocks, members by their names") {
    const Json value = Json::parse(R"({"Keys": [{"KeyId": "a", "Arn": "arn:aws:kms:x:1:key/a"}], "Truncated": false,
        "Count": -7, "None": null, "Empty": [], "Nothing": {}, "Names": ["x", "y"]})");
    CHECK(yaml_of(value) == R"(Count: -7
Empty: []
Keys:
- Arn: arn:aws:kms:x:1:key/a
  KeyId: a
Names:
- x
- y
None: null
Nothing: {}
Truncated: false
)");
  }

  TEST_CASE("texts that could be taken for something else are quoted") {
    for (const std::string text :
         {"",    "~",       "null", "true", "False", "12",         "-0",
          "007", "08",      "0x1f", "0o17", "1_000", "1.5",        "1.",
          "+.5", "-1.5E-3", "1e3",  ".5",   ".inf",  "2026-11-27", "2026-11-27T10:00:00.123000+00:00",
          "<<",  "="}) {
      CAPTURE(text);
      CHECK(yaml_of({{"a", text}}) == "a: '" + text + "'\n");
    }
    for (const std::string text :
         {"a b", "1234abcd-12ab-34cd", "12345678-1234-1234-1234-123456789012", "trueish", "1.2.3", "e3", "2026-11-27x",
          "-", "aGk=", "yes", "off", "1:30", "0x", "1e", ".5e3", "None", "a]", "a'b"}) {
      CAPTURE(text);
      if (text != "-") CHECK(yaml_of({{"a", text}}) == "a: " + text + "\n");
      CHECK(read(yaml_of({{"a", text}})).at("a") == text);
    }
  }

  TEST_CASE("a line of a text does not look like one of the document") {
    CHECK(yaml_of({{"a", "x\nKeyId: y"}}) == "a: 'x\n\n  KeyId: y'\n");
    CHECK(yaml_of({{"a", "x\r\nKeyId: y"}}) == "a: \"x\\r\\nKeyId: y\"\n");
  }

  TEST_CASE("what is written is read as the same, also with its control characters escaped") {
    const Json value{{"a",
                      {"x: y",
                       "# no",
                       "- no",
                       "'",
                       "\"",
                       "a\nb\n",
                       " lead",
                       "trail ",
                       "\t",
                       "\u00fc\U0001f511",
                       "\x1b[2J\u202e\u2028\xc2\x85\x7f",
                       "c\r\nd",
                       "&a",
                       "*a",
                       "!a",
                       "%a",
                       "@a",
                       "`a",
                       "{",
                       "[",
                       "a #b",
                       std::string(300, 'x') + " " + std::string(100, 'y') + " z"}},
                     {"b: c", {{"", Json::array({Json::array(), Json::object(), nullptr, true, 5})}}}};
    const std::string text = yaml_of(value);
    CHECK(read(text) == value);
    const std::string shown = kms::escape_controls(text, kms::LineEnds::kKept);
    CHECK(kms::is_displayable(shown));
    CHECK(read(shown) == value);
  }

  TEST_CASE("blobs, numbers and flags are read as such, times as their text") {
    const Json value =
        read("Blob: !!binary |\n  aG\n  k=\nNumber: +7\nFlag: True\nNone:\nTime: 2026-11-27 10:00:00\nWord: yes\n");
    CHECK(value.at("Blob") == Json::binary({'h', 'i'}));
    CHECK(value.at("Number") == 7);
    CHECK(value.at("Flag") == true);
    CHECK(value.at("None").is_null());
    CHECK(value.at("Time") == "2026-11-27 10:00:00");
    CHECK(value.at("Word") == "yes");
    CHECK(read("{a: [b, 'c'], \"d\": !!str 5}") == Json::parse(R"({"a":["b","c"],"d":"5"})"));
    CHECK(read("# nothing but\na: |\n  b\n  c\n").at("a") == "b\nc\n");
  }

  TEST_CASE("what readers disagree on, or what could grow, is refused") {
    CHECK(refusal("a: &x b\nc: *x\n") == "--yaml: line 1: anchors are not taken");
    CHECK(refusal("a: b\nc: *x\n") == "--yaml: line 2: aliases are not taken");
    CHECK(refusal("a: &x [b]\n") == "--yaml: line 1: anchors are not taken");
    CHECK(refusal("a: !!python/object x\n") == "--yaml: line 1: this tag is not taken");
    CHECK(refusal("a: !!set {}\n") == "--yaml: line 1: this tag is not taken");
    CHECK(refusal("a: 0x1f\n") == "--yaml: line 1: it could mean a number or a sign of YAML: quote it");
    CHECK(refusal("<<: b\n") == "--yaml: line 1: it could mean a number or a sign of YAML: quote it");
    CHECK(refusal("a: 99999999999999999999\n") == "--yaml: line 1: the number is too large: a text is quoted");
    CHECK(refusal("a: b\n1: c\n") == "--yaml: line 2: a name is a text: quote it");
    CHECK(refusal("a: b\na: c\n") == "--yaml: line 2: 'a' stands twice");
    CHECK(refusal("a: b\n---\na: c\n").ends_with("there is more than one document"));
    CHECK(refusal("") == "--yaml: line 1: there is no document");
    CHECK(refusal("a: [b\n").starts_with("--yaml: line "));
    CHECK(refusal("a: \"\xff\"\n").starts_with("--yaml: line "));
    CHECK(refusal(std::string(17, '[')) == "--yaml: line 1: nested too deep");
    CHECK(refusal("a: !!binary '!'\n") == "--yaml: line 1: not base64");
    CHECK(refusal(std::string((1U << 20U) + 1, ' ')) == "--yaml: larger than 1 MiB");
    std::string many;
    for (int i = 0; i < 33000; ++i) many += "- a\n";
    CHECK(refusal(many).ends_with("there are too many values"));
  }
}
