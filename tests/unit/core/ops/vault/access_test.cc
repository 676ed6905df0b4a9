// Why somebody may not, and what would change it.
#include "core/ops/vault/access.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr const char* kPolicyOfJobs = R"({"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
  {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"},"Action":"kms:DescribeKey","Resource":"*"},
  {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"},"Action":"kms:Decrypt","Resource":"*",
   "Condition":{"StringEquals":{"kms:EncryptionContext:job":"job1","kms:EncryptionContext:stage":"prod"}}}]})";

Json explained_of_job(World& world, const std::string& action) {
  const std::string key = world.create_key({{"Policy", kPolicyOfJobs}});
  return world.call(
      "ExplainAccess",
      {{"Principal", "user/x"}, {"Action", action}, {"KeyId", key}, {"EncryptionContext", {{"job", "job2"}}}});
}

}  // namespace

TEST_SUITE("ops/access") {
  TEST_CASE("a statement about the same action is nearer than one about another, however many conditions fail") {
    World world;
    const Json miss = explained_of_job(world, "kms:Decrypt").at("NearestMiss");
    CHECK(miss["Statement"] == 3);
    CHECK(miss["Action"] == true);
    CHECK(miss["Conditions"].size() == 2);
  }

  TEST_CASE("which new Allow would do is told by its kind") {
    World world;
    const Json ways = explained_of_job(world, "kms:Decrypt").at("WaysToAllow");
    CHECK(ways == Json{"PRINCIPAL_POLICY", "KEY_POLICY", "GRANT"});
    const Json grantless = explained_of_job(world, "kms:ScheduleKeyDeletion").at("WaysToAllow");
    CHECK(grantless == Json{"PRINCIPAL_POLICY", "KEY_POLICY"});
    const Json account =
        world.call("ExplainAccess", {{"Principal", "user/x"}, {"Action", "kms:CreateKey"}}).at("WaysToAllow");
    CHECK(account == Json{"PRINCIPAL_POLICY"});
    world.call("DescribeKey", {{"KeyId", "alias/aws/file"}});
    const Json fixed = world
                           .call("ExplainAccess",
                                 {{"Principal", "user/x"}, {"Action", "kms:DescribeKey"}, {"KeyId", "alias/aws/file"}})
                           .at("WaysToAllow");
    CHECK(fixed == Json{"PRINCIPAL_POLICY"});
  }

  TEST_CASE("policies that are not there have no statements that somebody may not see") {
    World world;
    const std::string key = world.create_key();
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    const Json layers = world.call("ExplainAccess", {{"Action", "kms:Encrypt"}, {"KeyId", key}}).at("Layers");
    for (const Json& layer : layers) {
      CAPTURE(layer.dump());
      if (layer["Verdict"] == "not set") {
        CHECK(layer.at("Statements").empty());
      } else if (layer["Layer"] == "key policy") {
        CHECK_FALSE(layer.contains("Statements"));
      }
    }
  }
}
