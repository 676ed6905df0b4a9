#include "cli/ordered_answer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/service/response.h"

using namespace kms;

namespace {

struct Part {
  Time when;
  std::int32_t count = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("When", when, {});
    visit("Count", count, {});
  }
};

struct Whole {
  std::string name;
  std::vector<Part> parts;
  std::optional<Part> last;
  Bytes blob;
  TextMap context;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Name", name, {});
    visit("Parts", parts, {});
    visit("Last", last, {});
    visit("Blob", blob, {});
    visit("Context", context, {});
  }
};

std::string ordered(const std::string& json) {
  return cli::ordered_answer(Json::parse(json), fields_of<Whole>()).dump();
}

}  // namespace

TEST_SUITE("ordered_answer") {
  TEST_CASE("members come in the order of their declaration, at any depth") {
    CHECK(ordered(R"({"Blob":"aGk=","Last":{"Count":1,"When":0},"Name":"n","Parts":[{"Count":2,"When":0}]})") ==
          R"({"Name":"n","Parts":[{"When":"1970-01-01T00:00:00+00:00","Count":2}],)"
          R"("Last":{"When":"1970-01-01T00:00:00+00:00","Count":1},"Blob":"aGk="})");
  }

  TEST_CASE("what was not declared comes last, by name, and is no time whatever it is called") {
    CHECK(ordered(R"({"When":7,"NextToken":"t","Context":{"b":"1","a":"2"},"Name":"n"})") ==
          R"({"Name":"n","Context":{"a":"2","b":"1"},"NextToken":"t","When":7})");
  }

  TEST_CASE("blobs are base64") {
    Whole whole;
    whole.blob = {'h', 'i'};
    CHECK(cli::ordered_answer(write_response(std::move(whole)), fields_of<Whole>()).at("Blob") == "aGk=");
  }

  TEST_CASE("what is no object is as it was") {
    CHECK(ordered("null") == "null");
    CHECK(ordered(R"([1,"x",null,[true]])") == R"([1,"x",null,[true]])");
  }
}
