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

  TEST_CASE("every constraint of a grant counts, also one that has no meaning here") {
    const auto allows = [](const char* constraints, const char* context) {
      const Json test{
          {"request",
           {{"principal", {{"type", "user"}, {"arn", "arn:aws:iam::111122223333:user/x"}, {"account", "111122223333"}}},
            {"action", "kms:Encrypt"},
            {"resource", {{"arn", "arn:aws:kms:us-east-1:111122223333:key/k"}, {"account", "111122223333"}}},
            {"context", Json::parse(context)},
            {"encryptionContext", {{"app", "web"}}}}},
          {"policies",
           {{"keyPolicy",
             {{"Version", "2012-10-17"},
              {"Statement",
               {{{"Effect", "Allow"},
                 {"Principal", {{"AWS", "arn:aws:iam::111122223333:root"}}},
                 {"Action", "kms:*"},
                 {"Resource", "*"}}}}}},
            {"grants",
             {{{"GrantId", "g"},
               {"KeyId", "arn:aws:kms:us-east-1:111122223333:key/k"},
               {"GranteePrincipal", "arn:aws:iam::111122223333:user/x"},
               {"Operations", {"Encrypt"}},
               {"Constraints", Json::parse(constraints)}}}}}}};
      const SimulationCase read = read_case(test, key_actions());
      return evaluate(read.request, read.policies).allowed;
    };
    CHECK(allows("{}", "{}"));
    CHECK(allows(R"({"EncryptionContextEquals":{"app":"web"}})", "{}"));
    CHECK_FALSE(allows(R"({"EncryptionContextEquals":{"app":"db"}})", "{}"));
    CHECK_FALSE(allows(R"({"EncryptionContextSubset":{"stage":"prod"}})", "{}"));
    CHECK_FALSE(allows(R"({"SourceArn":"arn:aws:sns:us-east-1:111122223333:t"})", "{}"));
    CHECK(allows(R"({"SourceArn":"arn:aws:sns:us-east-1:111122223333:t"})",
                 R"({"aws:SourceArn":"arn:aws:sns:us-east-1:111122223333:t"})"));
    CHECK_FALSE(allows(R"({"SourceArn":"arn:aws:sns:us-east-1:111122223333:*"})",
                       R"({"aws:SourceArn":"arn:aws:sns:us-east-1:111122223333:t"})"));
    CHECK_FALSE(allows(R"({"SourceArn":"arn:aws:sns:us-east-1:111122223333:t"})",
                       R"({"aws:SourceArn":["arn:aws:sns:us-east-1:111122223333:t","arn:x"]})"));
    CHECK_FALSE(allows(R"({"NotAfter":"2030-01-01"})", "{}"));
  }

  TEST_CASE("what is no case says so") {
    CHECK_THROWS_AS(read_case(Json::parse("[]"), {}), Error);
    CHECK_THROWS_AS(read_case(Json::parse(R"({"request":{},"policies":{}})"), {}), Error);
  }
}
