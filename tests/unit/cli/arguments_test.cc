#include "cli/arguments.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/error.h"

using kms::Error;
using kms::Field;
using kms::FieldKind;
using kms::Json;
using kms::cli::request_member;

namespace {

Field field_of(FieldKind kind) {
  return {"KeyName", kind, false, false, {}, {}, {}};
}

Json member(FieldKind kind, const std::vector<std::string>& arguments, bool raw_binary = false) {
  return request_member(field_of(kind), arguments, raw_binary);
}

Json tags(const std::vector<std::string>& arguments) {
  Field field = field_of(FieldKind::kStructureList);
  field.members = {{"TagKey", FieldKind::kText, true, false, {}, {}, {}},
                   {"TagValue", FieldKind::kText, true, false, {}, {}, {}}};
  return request_member(field, arguments, false);
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) : path_("/tmp/kmsctl_arguments_" + std::to_string(getpid())) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  TemporaryFile(TemporaryFile&&) = delete;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_SUITE("arguments") {
  TEST_CASE("scalars become members of their type") {
    CHECK(member(FieldKind::kText, {"x"}) == "x");
    CHECK(member(FieldKind::kFlag, {"false"}) == false);
    CHECK(member(FieldKind::kInteger, {"-7"}) == -7);
    CHECK_THROWS_WITH_AS(member(FieldKind::kInteger, {"7x"}), "--key-name: not a whole number", Error);
  }

  TEST_CASE("a blob is base64, or bytes, or the content of a file") {
    const Json hi = Json::binary({'h', 'i'});
    const TemporaryFile file("hi");
    CHECK(member(FieldKind::kBlob, {"aGk="}) == hi);
    CHECK(member(FieldKind::kBlob, {"hi"}, true) == hi);
    CHECK(member(FieldKind::kBlob, {"fileb://" + file.path()}) == hi);
    CHECK(member(FieldKind::kBlob, {"file://" + file.path()}, true) == hi);
    CHECK(member(FieldKind::kText, {"file://" + file.path()}) == "hi");
    CHECK_THROWS_AS(member(FieldKind::kBlob, {"hi!"}), Error);
    CHECK_THROWS_AS(member(FieldKind::kBlob, {"fileb:///nonexistent/file"}), Error);
  }

  TEST_CASE("lists are several texts or JSON") {
    CHECK(member(FieldKind::kTextList, {"a", "b"}) == Json::parse(R"(["a","b"])"));
    CHECK(member(FieldKind::kTextList, {R"(["a", "b"])"}) == Json::parse(R"(["a","b"])"));
  }

  TEST_CASE("maps are shorthand, repeated shorthand, or JSON") {
    const Json both = Json::parse(R"({"a":"1","c":"x=y,z"})");
    CHECK(member(FieldKind::kTextMap, {"a=1,c='x=y,z'"}) == both);
    CHECK(member(FieldKind::kTextMap, {"a=1", R"(c=x=y\,z)"}) == both);
    CHECK(member(FieldKind::kTextMap, {R"({"a":"1","c":"x=y,z"})"}) == both);
    CHECK_THROWS_WITH_AS(member(FieldKind::kTextMap, {"a=1,a=2"}), "--key-name: 'a' is given twice", Error);
    CHECK_THROWS_AS(member(FieldKind::kTextMap, {"a"}), Error);
    CHECK_THROWS_WITH_AS(member(FieldKind::kTextMap, {"{"}), "--key-name: not a JSON document", Error);
  }

  TEST_CASE("lists of structures are shorthand or JSON") {
    const Json two = Json::parse(R"([{"TagKey":"a","TagValue":"1"},{"TagKey":"b","TagValue":""}])");
    CHECK(tags({"TagKey=a,TagValue=1", "TagKey=b,TagValue="}) == two);
    CHECK(tags({two.dump()}) == two);
    CHECK_THROWS_WITH_AS(tags({"Name=a"}), "--key-name: there is no member 'Name'", Error);
  }

  TEST_CASE("quotes are no part of the value that they hold") {
    CHECK(member(FieldKind::kTextMap, {R"(app="web")"}) == Json::parse(R"({"app":"web"})"));
    CHECK(tags({"TagKey=a,TagValue='1, 2'"}) == Json::parse(R"([{"TagKey":"a","TagValue":"1, 2"}])"));
  }

  TEST_CASE("a list where one value goes is refused, and how to write it is said") {
    const std::string how = "takes one value, not a list: quote what holds commas, or put \\ in front of them";
    const std::string in_map = "--key-name: a: " + how;
    const std::string in_structure = "--key-name: TagKey: " + how;
    CHECK_THROWS_WITH_AS(member(FieldKind::kTextMap, {"a=b,c"}), in_map.c_str(), Error);
    CHECK_THROWS_WITH_AS(tags({"TagKey=a,b,TagValue=c"}), in_structure.c_str(), Error);
    CHECK_THROWS_WITH_AS(member(FieldKind::kTextMap, {"a={b=c}"}), "--key-name: a: takes a text, not a map", Error);
  }

  TEST_CASE("members of a structure have their types in shorthand, too") {
    Field field = field_of(FieldKind::kStructure);
    field.members = {
        field_of(FieldKind::kInteger), field_of(FieldKind::kFlag),      field_of(FieldKind::kTextList),
        field_of(FieldKind::kBlob),    field_of(FieldKind::kTextMap),   field_of(FieldKind::kStructureList),
        field_of(FieldKind::kText),    field_of(FieldKind::kTimestamp), field_of(FieldKind::kStructure)};
    const auto names = std::to_array<std::string_view>(
        {"Number", "Flag", "Texts", "Blob", "Map", "Structures", "Text", "Time", "Structure"});
    for (std::size_t i = 0; i < names.size(); ++i) field.members[i].name = names[i];
    for (const std::size_t i : {5U, 8U}) field.members[i].members = {field.members[0], field.members[2]};
    const auto read = [&](const std::string& text) { return request_member(field, {text}, false); };
    CHECK(read("Number=-7,Flag=TRUE,Texts=a,b,Map={c=d},Text=") ==
          Json::parse(R"({"Number":-7,"Flag":true,"Texts":["a","b"],"Map":{"c":"d"},"Text":""})"));
    CHECK(read("Texts=a,Structures={Number=1},Structure={Texts=[x]},Time=1970-01-02") ==
          Json::parse(R"({"Texts":["a"],"Structures":[{"Number":1}],"Structure":{"Texts":["x"]},"Time":86400})"));
    CHECK(read("Structures=[{Number=1},{Texts=y}]").at("Structures").size() == 2);
    CHECK(read("Blob=aGk=").at("Blob") == Json::binary({'h', 'i'}));
    CHECK_THROWS_WITH_AS(read("Structure={Number=x}"), "--key-name: Structure: Number: not a whole number", Error);
    CHECK_THROWS_WITH_AS(read("Flag=yes"), "--key-name: Flag: takes true or false", Error);
    CHECK_THROWS_WITH_AS(read("Map=c"), "--key-name: Map: takes a map: {Name=Value,...}", Error);
  }

  TEST_CASE("times and blobs of a document become what a request holds, and every other type is asked for") {
    Field whole = field_of(FieldKind::kStructure);
    whole.members = {field_of(FieldKind::kTimestamp)};
    Field blob = field_of(FieldKind::kBlob);
    blob.name = "Blob";
    whole.name = "Structure";
    Json document = Json::parse(R"({"Structure":{"KeyName":"1970-01-02"},"Blob":"aGk="})");
    kms::cli::fit_document({whole, blob}, "--document", document, false);
    CHECK(document.at("Structure").at("KeyName") == 86400);
    CHECK(document.at("Blob") == Json::binary({'h', 'i'}));
    for (const FieldKind kind :
         {FieldKind::kText, FieldKind::kFlag, FieldKind::kInteger, FieldKind::kTimestamp, FieldKind::kBlob,
          FieldKind::kTextList, FieldKind::kTextMap, FieldKind::kStructure, FieldKind::kStructureList}) {
      Json wrong{{"KeyName", 0.5}};
      if (kind == FieldKind::kTimestamp) wrong["KeyName"] = true;
      CHECK_THROWS_AS(kms::cli::fit_document({field_of(kind)}, "--document", wrong, false), Error);
    }
  }

  TEST_CASE("a member is read from a file behind @= alone") {
    const TemporaryFile file("hi");
    CHECK(member(FieldKind::kTextMap, {"a@=file://" + file.path()}).at("a") == "hi");
    CHECK(member(FieldKind::kTextMap, {"a=file://" + file.path()}).at("a") == "file://" + file.path());
    CHECK_THROWS_WITH_AS(member(FieldKind::kTextMap, {"a@=fileb://" + file.path()}),
                         "--key-name: a: takes a text: name its file with file://", Error);
    CHECK_THROWS_AS(member(FieldKind::kTextMap, {"a@=file:///nonexistent/file"}), Error);
  }
}
