#include "core/ops/kms/strangers.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr const char* kOwner = "arn:aws:iam::111122223333:root";
constexpr const char* kTheirRoot = "arn:aws:iam::444455556666:root";
constexpr const char* kCarol = "arn:aws:iam::444455556666:user/carol";

Json letting_in(const Json& principal) {
  return {{"Effect", "Allow"}, {"Action", "kms:*"}, {"Resource", "*"}, {"Principal", principal}};
}

// A key policy that lets in the owner's account, and `principal`.
std::string shared_with(const Json& principal) {
  return Json{{"Statement", {letting_in({{"AWS", kOwner}}), letting_in(principal)}}}.dump();
}

std::string trusting(const Json& principal) {
  return Json{{"Statement", {{"Effect", "Allow"}, {"Action", "sts:AssumeRole"}, {"Principal", principal}}}}.dump();
}

// The last event of an operation.
Json event_of(const World& world, std::string_view operation) {
  Json last;
  for (const Json& each : world.audited()) {
    if (each["eventName"] == operation) last = each;
  }
  return last;
}

// What the event says of who is let in newly; null where it says nothing.
Json newly(const World& world, std::string_view operation) {
  const Json event = event_of(world, operation);
  REQUIRE(event.is_object());
  return event.value("additionalEventData", Json::object()).value("newlyAllows", Json());
}

// What the event of a call that succeeds says.
Json newly_by(World& world, std::string_view operation, const Json& request) {
  const Json answer = world.call(operation, request);
  CHECK_MESSAGE(!answer.contains("__type"), answer.dump());
  return newly(world, operation);
}

void add_carol(World& world) {
  const Json answer = world.call("CreatePrincipal", {{"Principal", kCarol}});
  CHECK_MESSAGE(!answer.contains("__type"), answer.dump());
}

}  // namespace

TEST_SUITE("ops/strangers") {
  TEST_CASE("PutKeyPolicy names whom the new policy lets in and the one before did not") {
    World world;
    const std::string key = world.create_key();
    const auto put = [&](const std::string& policy) {
      return newly_by(world, "PutKeyPolicy", {{"KeyId", key}, {"Policy", policy}});
    };
    CHECK(put(shared_with({{"AWS", cat(kOwner)}})) == Json());
    CHECK(put(shared_with({{"AWS", {"999988887777", "444455556666"}}})) ==
          Json{kTheirRoot, "arn:aws:iam::999988887777:root"});
    CHECK(put(shared_with({{"AWS", {"999988887777", "444455556666"}}})) == Json());
    CHECK(put(shared_with({{"AWS", "444455556666"}, {"Service", "s3.amazonaws.com"}})) == Json{"s3.amazonaws.com"});
    CHECK(put(shared_with("*")) == Json{"*"});
    CHECK(put(shared_with({{"AWS", "999988887777"}})) == Json());
    CHECK(put(shared_with({{"AWS", "444455556666"}})) == Json{kTheirRoot});
  }

  TEST_CASE("CreateKey and ReplicateKey name whom their policy lets in") {
    World world;
    CHECK(newly_by(world, "CreateKey", Json::object()) == Json());
    CHECK(newly_by(world, "CreateKey", {{"Policy", shared_with({{"AWS", kOwner}})}}) == Json());
    CHECK(newly_by(world, "CreateKey", {{"Policy", shared_with("*")}, {"Origin", "EXTERNAL"}}) == Json{"*"});
    CHECK(newly_by(world, "CreateKey", {{"Policy", shared_with({{"AWS", "444455556666"}})}, {"MultiRegion", true}}) ==
          Json{kTheirRoot});
    const std::string key = event_of(world, "CreateKey")["responseElements"]["keyMetadata"]["arn"];
    world.call("AddRegion", {{"Region", "us-west-2"}});
    world.call("AddRegion", {{"Region", "us-west-1"}});
    CHECK(newly_by(world, "ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", "us-west-1"}}) == Json());
    CHECK(newly_by(world, "ReplicateKey",
                   {{"KeyId", key}, {"ReplicaRegion", "us-west-2"}, {"Policy", shared_with({{"AWS", kTheirRoot}})}}) ==
          Json{kTheirRoot});
  }

  TEST_CASE("CreateGrant names the grantee and who may retire, when they are of another account, and each grant once") {
    World world;
    const std::string key = world.create_key();
    Json request{{"KeyId", key}, {"GranteePrincipal", kOwner}, {"Operations", {"Encrypt"}}, {"Name", "one"}};
    CHECK(newly_by(world, "CreateGrant", request) == Json());
    request["GranteePrincipal"] = kTheirRoot;
    request["RetiringPrincipal"] = kOwner;
    CHECK(newly_by(world, "CreateGrant", request) == Json{kTheirRoot});
    CHECK(newly_by(world, "CreateGrant", request) == Json());  // the same grant
    request["RetiringPrincipal"] = "arn:aws:iam::222233334444:role/cleaner";
    CHECK(newly_by(world, "CreateGrant", request) == Json{"arn:aws:iam::222233334444:role/cleaner", kTheirRoot});
    request["GranteePrincipal"] = kOwner;
    CHECK(newly_by(world, "CreateGrant", request) == Json{"arn:aws:iam::222233334444:role/cleaner"});
  }

  TEST_CASE("CreatePrincipal and UpdateTrustPolicy name whom a role begins to trust") {
    World world;
    CHECK(newly_by(world, "CreatePrincipal", {{"Principal", "user/alice"}}) == Json());
    CHECK(newly_by(world, "CreatePrincipal",
                   {{"Principal", "role/inner"}, {"TrustPolicy", trusting({{"AWS", kOwner}})}}) == Json());
    CHECK(newly_by(world, "CreatePrincipal",
                   {{"Principal", "role/outer"}, {"TrustPolicy", trusting({{"AWS", "444455556666"}})}}) ==
          Json{kTheirRoot});
    const auto update = [&](const Json& principal) {
      return newly_by(world, "UpdateTrustPolicy", {{"Principal", "role/outer"}, {"Policy", trusting(principal)}});
    };
    CHECK(update({{"AWS", "444455556666"}}) == Json());
    CHECK(update({{"AWS", {"444455556666", "999988887777"}}}) == Json{"arn:aws:iam::999988887777:root"});
    CHECK(update({{"Service", "lambda.amazonaws.com"}}) == Json{"lambda.amazonaws.com"});
    CHECK(update("*") == Json{"*"});
  }

  TEST_CASE("the account is that of the role, whoever changes it") {
    World world;
    world.call("CreateAccount", {{"AccountId", "444455556666"}});
    CHECK(newly_by(world, "CreatePrincipal",
                   {{"Principal", "arn:aws:iam::444455556666:role/theirs"},
                    {"TrustPolicy", trusting({{"AWS", {kTheirRoot, kOwner}}})}}) == Json{kOwner});
  }

  TEST_CASE("who came back under an old name is let in anew, and called by the name") {
    World world;
    world.call("CreateAccount", {{"AccountId", "444455556666"}});
    add_carol(world);
    const std::string key = world.create_key();
    const Json put{{"KeyId", key}, {"Policy", shared_with({{"AWS", kCarol}})}};
    CHECK(newly_by(world, "PutKeyPolicy", put) == Json{kCarol});
    CHECK(newly_by(world, "CreatePrincipal", {{"Principal", "role/a"}, {"TrustPolicy", trusting({{"AWS", kCarol}})}}) ==
          Json{kCarol});
    const Json update{{"Principal", "role/a"}, {"Policy", trusting({{"AWS", kCarol}})}};
    CHECK(newly_by(world, "UpdateTrustPolicy", update) == Json());
    CHECK(newly_by(world, "PutKeyPolicy", put) == Json());
    world.call("DeletePrincipal", {{"Principal", kCarol}});
    add_carol(world);
    CHECK(newly_by(world, "PutKeyPolicy", put) == Json{kCarol});
    CHECK(newly_by(world, "PutKeyPolicy", put) == Json());
    CHECK(newly_by(world, "UpdateTrustPolicy", update) == Json{kCarol});
  }

  TEST_CASE("a call that is tried out or fails lets nobody in") {
    World world;
    const std::string key = world.create_key();
    CHECK(world.call("CreateGrant", {{"KeyId", key},
                                     {"GranteePrincipal", kTheirRoot},
                                     {"Operations", {"Encrypt"}},
                                     {"DryRun", true}})["__type"] == "DryRunOperationException");
    CHECK_FALSE(event_of(world, "CreateGrant").contains("additionalEventData"));
    const std::string locks_out = Json{{"Statement", letting_in({{"AWS", "444455556666"}})}}.dump();
    CHECK(world.call("PutKeyPolicy", {{"KeyId", key}, {"Policy", locks_out}})["__type"] ==
          "MalformedPolicyDocumentException");
    CHECK(newly(world, "PutKeyPolicy") == Json());
  }
}
