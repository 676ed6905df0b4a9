// Decisions per second of the policy engine, on one core: a caller with 20 statements in five policies, a key policy,
// a service control policy and grants.
#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/policy/match.h"
#include "core/policy/simulation.h"

namespace {

using namespace kms;

Json statement(int number, const char* effect) {
  return {{"Sid", cat("S", std::to_string(number))},
          {"Effect", effect},
          {"Action", {"kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"}},
          {"Resource", "arn:aws:kms:us-east-1:111122223333:key/*"},
          {"Condition",
           {{"StringEquals", {{"kms:EncryptionContext:app", cat("app", std::to_string(number))}}},
            {"StringLike", {{"aws:PrincipalTag/team", {"web*", "data*"}}}}}}};
}

Json policies() {
  Json identity = Json::array();
  for (int policy = 0; policy < 5; ++policy) {
    Json statements = Json::array();
    for (int i = 0; i < 4; ++i)
      statements.push_back(statement(policy * 4 + i, i == 3 && policy < 4 ? "Deny" : "Allow"));
    identity.push_back({{"name", cat("policy", std::to_string(policy))},
                        {"policy", {{"Version", "2012-10-17"}, {"Statement", statements}}}});
  }
  const Json all{{"Effect", "Allow"}, {"Action", "*"}, {"Resource", "*"}};
  const Json owner{{"Effect", "Allow"},
                   {"Principal", {{"AWS", "arn:aws:iam::111122223333:root"}}},
                   {"Action", "kms:*"},
                   {"Resource", "*"}};
  return {{"identity", identity},
          {"keyPolicy", {{"Version", "2012-10-17"}, {"Statement", Json::array({owner})}}},
          {"scps", Json::array({{{"level", "root"},
                                 {"policies", Json::array({{{"name", "FullAWSAccess"},
                                                            {"policy", {{"Statement", Json::array({all})}}}}})}}})}};
}

Json request() {
  const std::string key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  return {
      {"principal", {{"type", "user"}, {"arn", "arn:aws:iam::111122223333:user/alice"}, {"account", "111122223333"}}},
      {"action", "kms:Decrypt"},
      {"resource", {{"arn", key}, {"account", "111122223333"}}},
      {"context",
       {{"kms:EncryptionContext:app", "app19"},
        {"aws:PrincipalTag/team", "web-1"},
        {"aws:CurrentTime", "2026-03-01T09:30:00Z"},
        {"kms:CallerAccount", "111122223333"}}}};
}

// What makes matchers that try every way take for ever.
void print_wildcard() {
  const policy::Pattern pattern = policy::pattern_of("*a*a*a*a*b", true);
  const std::string text(10240, 'a');
  constexpr int kTimes = 1000;
  int matched = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kTimes; ++i) matched += policy::matches(pattern, text) ? 1 : 0;
  const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - start;
  std::printf("*a*a*a*a*b against 10 KiB: %.1f microseconds%s\n", spent.count() / kTimes, matched == 0 ? "" : " WRONG");
}

}  // namespace

int main() {
  print_wildcard();
  const std::array<policy::Action, 1> actions{{{"kms:", "Decrypt", true}}};
  const policy::SimulationCase test =
      policy::read_case({{"id", "bench"}, {"request", request()}, {"policies", policies()}}, actions);
  constexpr int kRounds = 5;
  constexpr int kDecisions = 200'000;
  double best = 0;
  for (int round = 0; round < kRounds; ++round) {
    int allowed = 0;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kDecisions; ++i) allowed += policy::evaluate(test.request, test.policies).allowed ? 1 : 0;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    if (allowed != kDecisions) return 1;
    best = std::max(best, kDecisions / spent.count());
  }
  std::printf("decisions over 22 statements: %.0f per second on one core\n", best);
}
