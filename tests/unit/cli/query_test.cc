#include "cli/query.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/error.h"

using kms::OrderedJson;
using kms::cli::query;

namespace {

OrderedJson selected(const std::string& expression) {
  static const OrderedJson document = OrderedJson::parse(R"({
    "Keys": [{"KeyId": "1", "Tags": ["x", "y"], "Size": 3}, {"KeyId": "2", "Tags": ["z"], "Size": 5}, {"Other": 1}],
    "KeyMetadata": {"KeyId": "1", "Enabled": true, "a b": 7}, "Empty": []})");
  return query(document, expression);
}

std::string message_of(const std::string& expression) {
  try {
    selected(expression);
  } catch (const kms::Error& error) {
    CHECK(error.code() == kms::ErrorCode::kUsage);
    return error.what();
  }
  return {};
}

}  // namespace

TEST_SUITE("query") {
  TEST_CASE("names and indexes select, and what is not there is null") {
    CHECK(selected("KeyMetadata.KeyId") == "1");
    CHECK(selected("KeyMetadata.\"a b\"") == 7);
    CHECK(selected("Keys[0].KeyId") == "1");
    CHECK(selected("Keys[-2].KeyId") == "2");
    CHECK(selected("Keys[9]").is_null());
    CHECK(selected("Nothing.at.all").is_null());
  }

  TEST_CASE("projections leave nulls out") {
    CHECK(selected("Keys[*].KeyId") == OrderedJson::parse(R"(["1","2"])"));
    CHECK(selected("Keys[].Tags[]") == OrderedJson::parse(R"(["x","y","z"])"));
    CHECK(selected("Keys[*].Tags[0]") == OrderedJson::parse(R"(["x","z"])"));
    CHECK(selected("Keys[*].Tags | [0]") == OrderedJson::parse(R"(["x","y"])"));
    CHECK(selected("KeyMetadata.*") == OrderedJson::parse(R"(["1",true,7])"));
  }

  TEST_CASE("filters compare and combine") {
    CHECK(selected("Keys[?KeyId=='2'].Size") == OrderedJson::parse("[5]"));
    CHECK(selected("Keys[?KeyId!='2' && Size].Size") == OrderedJson::parse("[3]"));
    CHECK(selected("Keys[?Size > `3` || Other].KeyId") == OrderedJson::parse(R"(["2"])"));
    CHECK(selected("length(Keys[?!Size])") == 1);
  }

  TEST_CASE("lists, objects and functions build answers") {
    CHECK(selected("KeyMetadata.[KeyId, Enabled]") == OrderedJson::parse(R"(["1",true])"));
    CHECK(selected("Keys[?KeyId].{id: KeyId, n: length(Tags)}") ==
          OrderedJson::parse(R"([{"id":"1","n":2},{"id":"2","n":1}])"));
    CHECK(selected("keys(KeyMetadata)") == OrderedJson::parse(R"(["KeyId","Enabled","a b"])"));
    CHECK(selected("join(', ', sort(Keys[].Tags[]))") == "x, y, z");
    CHECK(selected("length(@)") == 3);
    CHECK(selected("not_null(Nothing, KeyMetadata.KeyId)") == "1");
  }

  TEST_CASE("a wrong expression is a usage error that says where") {
    CHECK(message_of("Keys[?") == "--query: at character 7: expected a value before the end of the expression");
    CHECK(message_of("Keys)") == "--query: at character 5: expected an operator or the end of the expression, not ')'");
    CHECK(message_of("nope(@)") == "--query: at character 1: there is no function nope()");
    CHECK(message_of("sort(KeyMetadata)") ==
          "--query: at character 1: sort(): argument 1 is an object, not an array of numbers or an array of strings");
  }
}
