#include "cli/skeleton.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/ops/table.h"
#include "tests/support/api_model.h"

using kms::Field;
using kms::FieldKind;
using kms::Json;

namespace {

std::vector<Field> every_kind() {
  const Field text{"Text", FieldKind::kText, true, false, "what it says", {}, {}};
  const Field choice{"Choice", FieldKind::kText, false, false, {}, {"ONE", "TWO"}, {}};
  return {text,
          choice,
          {"Flag", FieldKind::kFlag, false, false, {}, {}, {}},
          {"Number", FieldKind::kInteger, false, false, {}, {}, {}},
          {"Time", FieldKind::kTimestamp, false, false, {}, {}, {}},
          {"Blob", FieldKind::kBlob, false, false, {}, {}, {}},
          {"Texts", FieldKind::kTextList, false, false, {}, {"ONE", "TWO"}, {}},
          {"Map", FieldKind::kTextMap, false, false, {}, {}, {}},
          {"Structure", FieldKind::kStructure, false, false, {}, {}, {text}},
          {"Structures", FieldKind::kStructureList, false, false, {}, {}, {choice, text}}};
}

// The names of the members in the order in which they stand in a skeleton.
std::vector<std::string> names_in(const std::string& skeleton) {
  const auto document = nlohmann::ordered_json::parse(skeleton);
  std::vector<std::string> names;
  for (const auto& [name, value] : document.items()) names.push_back(name);
  return names;
}

}  // namespace

TEST_SUITE("skeletons") {
  TEST_CASE("each member of a request has a value of its type") {
    const Json sample = Json::parse(kms::cli::request_skeleton(every_kind()));
    CHECK(sample == Json::parse(R"({"Text": "", "Choice": "ONE", "Flag": true, "Number": 0,
        "Time": "1970-01-01T00:00:00", "Blob": null, "Texts": ["ONE"], "Map": {"KeyName": ""},
        "Structure": {"Text": ""}, "Structures": [{"Choice": "ONE", "Text": ""}]})"));
    CHECK(kms::cli::request_skeleton({}) == "{}\n");
  }

  TEST_CASE("in YAML a comment says what each member is for") {
    CHECK(kms::cli::yaml_request_skeleton(every_kind()) == R"(Text: ''  # [REQUIRED] what it says.
Choice: ONE  # Valid values are: ONE, TWO.
Flag: true
Number: 0
Time: 1970-01-01T00:00:00
Blob: !!binary ""
Texts:  # Valid values are: ONE, TWO.
- ONE
Map:
  KeyName: ''
Structure:
  Text: ''  # [REQUIRED] what it says.
Structures:
- Choice: ONE  # Valid values are: ONE, TWO.
  Text: ''  # [REQUIRED] what it says.
)");
    CHECK(kms::cli::yaml_request_skeleton({}) == "{}\n");
  }

  TEST_CASE("the texts of an answer are the names of their members") {
    const Json sample = kms::cli::answer_skeleton(every_kind());
    CHECK(sample.at("Choice") == "Choice");
    CHECK(sample.at("Texts") == Json::parse(R"(["Texts"])"));
    CHECK(sample.at("Structures") == Json::parse(R"([{"Choice": "Choice", "Text": "Text"}])"));
  }

  TEST_CASE("the members of each request stand in the order of AWS") {
    for (const kms::Operation& operation : kms::operations()) {
      const auto model = kms::testing::api_model().at("operations").find(operation.name);
      if (model == kms::testing::api_model().at("operations").end()) continue;
      CAPTURE(operation.name);
      std::vector<std::string> wanted;
      for (const Json& member : model->at("input")) wanted.push_back(member.at("name").get<std::string>());
      CHECK(names_in(kms::cli::request_skeleton(operation.fields())) == wanted);
    }
  }
}
