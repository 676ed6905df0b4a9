// The cases of tests/vectors/policy: the verdict of each must come out.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/ops/table.h"
#include "core/policy/simulation.h"

using namespace kms;
using namespace kms::policy;

namespace {

std::size_t check_file(const std::string& name) {
  std::ifstream in(std::string(KMSCTL_TEST_VECTORS) + "/policy/" + name);
  std::size_t count = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    const Json json = Json::parse(line);
    ++count;
    INFO(json.at("id").get<std::string>());
    const SimulationCase test = read_case(json, key_actions());
    const Decision decision = evaluate(test.request, test.policies);
    const Json& expected = json.at("expected");
    INFO(decision.reason);
    CHECK(decision.allowed == (expected.at("decision") == "allow"));
    if (expected.contains("explicitDeny")) CHECK(decision.explicit_deny == expected.at("explicitDeny").get<bool>());
  }
  return count;
}

}  // namespace

TEST_SUITE("policy/cases") {
  TEST_CASE("every random case is decided as expected") {
    CHECK(check_file("open.jsonl") == 300);
  }

  TEST_CASE("every directed case is decided as expected") {
    CHECK(check_file("directed.jsonl") == 94);
  }

  TEST_CASE("what is no case says so") {
    CHECK_THROWS_AS(read_case(Json::parse("[]"), {}), Error);
    CHECK_THROWS_AS(read_case(Json::parse(R"({"request":{},"policies":{}})"), {}), Error);
  }
}
