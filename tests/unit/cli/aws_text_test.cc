#include "cli/aws_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

using kms::OrderedJson;

namespace {

std::string text_of(const std::string& json) {
  std::ostringstream out;
  kms::cli::print_aws_text(out, OrderedJson::parse(json), /*to_terminal=*/false);
  return out.str();
}

}  // namespace

// What is expected was printed by aws-cli 2.9.19.
TEST_SUITE("aws_text") {
  TEST_CASE("scalars stand in a line, and structures behind their name") {
    CHECK(text_of(R"({"Keys":[{"B":true,"A":"1"},{"A":"2","B":null}]})") == "KEYS\t1\tTrue\nKEYS\t2\tNone\n");
    CHECK(text_of(R"(["1","2"])") == "1\t2\n");
    CHECK(text_of(R"({"N":["x","y"]})") == "N\tx\nN\ty\n");
    CHECK(text_of(R"([["x","y"],["z"]])") == "x\ty\nz\n");
  }

  TEST_CASE("members come by name, the structures behind the scalars") {
    CHECK(text_of(R"({"M":{"Z":1},"B":"x","A":2.0,"E":{}})") == "2.0\tx\nM\t1\n");
    CHECK(text_of(R"({"G":[{"I":"1","O":["E","D"],"N":"n"},{"I":"2","O":["S"],"C":{"S":{"a":"b"}}}]})") ==
          "G\t1\tn\nO\tE\nO\tD\nG\t2\t\nS\tb\nO\tS\n");
  }

  TEST_CASE("objects of one list have the columns of all") {
    CHECK(text_of(R"({"A":[{"a":"1"},{"b":"2","c":["x"]},{"a":"3","b":true}]})") ==
          "A\t1\t\nA\t\t2\nC\tx\nA\t3\tTrue\n");
  }

  TEST_CASE("of a list without objects the scalars come first") {
    CHECK(text_of(R"([1,[2,[3]],null])") == "1\tNone\n2\n3\n");
    CHECK(text_of(R"({"L":[[1],2]})") == "L\t2\nL\t1\n");
    CHECK(text_of(R"([{"a":1},"x",["y"]])") == "1\nx\ny\n");
  }

  TEST_CASE("what is empty prints nothing") {
    CHECK(text_of("{}").empty());
    CHECK(text_of("[]").empty());
    CHECK(text_of(R"({"A":[],"B":{}})").empty());
  }
}
