#include "cli/arguments.h"

#include <doctest/doctest.h>
#include <unistd.h>

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
    CHECK(member(FieldKind::kTextMap, {"a=1,c=x=y,z"}) == both);
    CHECK(member(FieldKind::kTextMap, {"a=1", "c=x=y,z"}) == both);
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
}
