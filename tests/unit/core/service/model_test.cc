// The operation table against the service model of AWS: every operation, every member of every request.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "core/model/grant.h"
#include "core/ops/kms/keys.h"
#include "core/ops/table.h"
#include "tests/support/api_model.h"

using namespace kms;
using kms::testing::api_model;

namespace {

bool is_ours(const Operation& operation) {
  return !operation.of_aws_kms();
}

FieldKind kind_of(const Json& shape) {
  const std::string type = shape["type"];
  if (type == "boolean") return FieldKind::kFlag;
  if (type == "integer") return FieldKind::kInteger;
  if (type == "timestamp") return FieldKind::kTimestamp;
  if (type == "blob") return FieldKind::kBlob;
  if (type == "map") return FieldKind::kTextMap;
  if (type == "struct") return FieldKind::kStructure;
  if (type != "list") return FieldKind::kText;
  return shape["item"]["type"] == "struct" ? FieldKind::kStructureList : FieldKind::kTextList;
}

std::set<std::string> names_of(const Json& shape) {
  if (shape["type"] == "list") return names_of(shape["item"]);
  std::set<std::string> names;
  if (shape["type"] == "enum") {
    for (const Json& name : api_model()["enums"][shape["of"].get<std::string>()]) names.insert(name);
  }
  return names;
}

void compare_bounds(const Rule& rule, const Json& shape) {
  // A lower bound of nothing is none.
  const auto most = std::numeric_limits<std::int64_t>::max();
  const bool has_least = shape.contains("min") && shape["min"].is_number() && shape["min"] != 0;
  const bool has_most = shape.contains("max") && shape["max"].is_number();
  const bool says_least = rule.min > 0;
  CHECK(says_least == has_least);
  if (has_least) CHECK(rule.min == shape["min"].get<std::int64_t>());
  CHECK((rule.max != most) == has_most);
  if (has_most) CHECK(rule.max == shape["max"].get<std::int64_t>());
  const std::string pattern = shape.value("pattern", "");
  CHECK(std::string(rule.pattern == nullptr ? "" : rule.pattern->regex) == pattern);
}

void compare_fields(const std::vector<Field>& fields, const Json& shapes);

void compare_field(const Field& field, const Json& shape) {
  CAPTURE(std::string(field.name));
  CHECK(field.kind == kind_of(shape));
  CHECK(field.required == shape.value("required", false));
  CHECK(std::set<std::string>(field.values.begin(), field.values.end()) == names_of(shape));
  if (shape.value("sensitive", false)) CHECK(field.sensitive);
  if (shape["type"] != "enum") compare_bounds(field.rule, shape);
  const Json& element = shape["type"] == "list" ? shape["item"] : shape;
  if (shape["type"] == "list" && element["type"] == "string") compare_bounds(field.item, element);
  if (element["type"] == "struct")
    compare_fields(field.members, api_model()["structs"][element["of"].get<std::string>()]);
}

// In the model's order, which is the order of the options.
void compare_fields(const std::vector<Field>& fields, const Json& shapes) {
  std::vector<std::string> ours;
  std::vector<std::string> theirs;
  for (const Field& field : fields) ours.emplace_back(field.name);
  for (const Json& shape : shapes) theirs.push_back(shape["name"]);
  CHECK(ours == theirs);
  if (ours != theirs) return;
  for (std::size_t i = 0; i < fields.size(); ++i) compare_field(fields[i], shapes[i]);
}

// The model's also have what only Nitro enclaves and other services see.
void compare_order(const std::vector<Field>& fields, const Json& shapes) {
  std::vector<std::string> ours;
  std::vector<std::string> theirs;
  for (const Field& field : fields) ours.emplace_back(field.name);
  for (const Json& shape : shapes) {
    const std::string name = shape["name"];
    if (std::find(ours.begin(), ours.end(), name) != ours.end()) theirs.push_back(name);
  }
  CHECK(ours == theirs);
  for (const Field& field : fields) {
    const auto shape =
        std::find_if(shapes.begin(), shapes.end(), [&](const Json& each) { return each["name"] == field.name; });
    if (shape == shapes.end()) continue;
    CAPTURE(std::string(field.name));
    const Json& element = (*shape)["type"] == "list" ? (*shape)["item"] : *shape;
    if (element["type"] == "struct") {
      compare_order(field.members, api_model()["structs"][element["of"].get<std::string>()]);
    }
  }
}

}  // namespace

TEST_SUITE("service/model") {
  TEST_CASE("the table has the operations of the model, and no others but those of the vault") {
    std::set<std::string> ours;
    std::set<std::string> theirs;
    for (const Operation& operation : operations()) {
      if (!is_ours(operation)) ours.emplace(operation.name);
    }
    for (const auto& [name, shape] : api_model()["operations"].items()) theirs.insert(name);
    CHECK(ours == theirs);
    CHECK(ours.size() == 56);
  }

  TEST_CASE("every request has the members of the model: names, order, types, bounds, patterns and enums") {
    for (const Operation& operation : operations()) {
      if (is_ours(operation)) continue;
      CAPTURE(std::string(operation.name));
      compare_fields(operation.fields(), api_model()["operations"][std::string(operation.name)]["input"]);
    }
  }

  TEST_CASE("every answer has the members of the model, in the model's order, in which they are printed") {
    for (const Operation& operation : operations()) {
      if (is_ours(operation)) continue;
      CAPTURE(std::string(operation.name));
      compare_order(operation.answer(), api_model()["operations"][std::string(operation.name)]["output"]);
    }
  }

  TEST_CASE("permissions, and what works on keys of other accounts, are those of AWS's notes on the operations") {
    std::ifstream in(std::string(KMSCTL_TEST_VECTORS) + "/policy/kms-operation-permissions.json");
    const Json notes = Json::parse(in).at("operations");
    for (const Operation& operation : operations()) {
      if (is_ours(operation)) continue;
      CAPTURE(std::string(operation.name));
      const Json& note = notes.at(std::string(operation.name));
      const auto permissions = note.at("permissions").get<std::set<std::string>>();
      // RetireGrant has none there: the grant allows it.
      CHECK((permissions.empty() ? operation.by_grant_only : permissions.contains(operation.first.text())));
      if (operation.name == "ReEncrypt") CHECK(permissions.contains(operation.second.text()));
      CHECK(operation.crosses_accounts == note.at("crossAccount").get<bool>());
    }
  }

  TEST_CASE("what a grant may allow are actions that the table has") {
    for (const auto& entry : EnumNames<GrantOperation>::kAll) {
      const std::string name(entry.second);
      CAPTURE(name);
      CHECK(policy::find_action(key_actions(), cat("kms:", name)) != nullptr);
    }
  }

  TEST_CASE("a handler knows its operation, and an action its row") {
    CHECK(name_of<kms::create_key>() == "CreateKey");
    CHECK(name_of<kms::disable_key>() == "DisableKey");
    CHECK(name_of<kms::enable_key>() == "EnableKey");
    const AskedBy to = find_action(operations(), "kms:ReEncryptTo");
    CHECK(to.operation->name == "ReEncrypt");
    CHECK(to.half == Half::kSecond);
    CHECK(find_action(operations(), "kms:GenerateDataKey").operation->of_aws_kms());
    CHECK(find_action(operations(), "kmsctl:AddSlot").operation->name == "AddSlot");
    CHECK(find_action(operations(), "sts:AssumeRole").operation->service == &kStsService);
    for (const char* none : {"kms:AddSlot", "kmsctl:Encrypt", "s3:GetObject", "Encrypt", "kms:ReEncrypt", ""}) {
      CAPTURE(none);
      CHECK(find_action(operations(), none).operation == nullptr);
    }
  }
}
