#include "cli/commands/key_picture.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/unit/cli/world_session.h"

using kms::Json;
using kms::test::WorldSession;
using kms::testing::World;

namespace {

constexpr const char* kUser = "arn:aws:iam::111122223333:user/x";
constexpr const char* kPolicy = R"({"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
  {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"},"Action":["kms:Decrypt","kms:DescribeKey"],
   "Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:job":["job1","job2"]}}},
  {"Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*",
   "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}]})";

std::string key_with_everything(World& world) {
  const std::string key = world.create_key({{"Description", "Secrets of the app"},
                                            {"Policy", kPolicy},
                                            {"Tags", {{{"TagKey", "team"}, {"TagValue", "payments"}}}}});
  world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}});
  world.call("EnableKeyRotation", {{"KeyId", key}});
  world.call("RotateKeyOnDemand", {{"KeyId", key}});
  world.call("CreateGrant", {{"KeyId", key},
                             {"GranteePrincipal", kUser},
                             {"Operations", {"Decrypt"}},
                             {"Name", "ci"},
                             {"Constraints", {{"EncryptionContextSubset", {{"job", "job1"}}}}}});
  world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}});
  return key;
}

std::string screen(World& world, const std::string& key, std::size_t columns = 0) {
  WorldSession session(world);
  session.at_terminal(columns);
  kms::cli::show_key(session, key, false);
  return session.printed();
}

bool has_line(const std::string& text, const std::string& line) {
  return kms::cat("\n", text).find(kms::cat("\n", line, "\n")) != std::string::npos;
}

}  // namespace

TEST_SUITE("ops/key show command") {
  TEST_CASE("all that there is to know of a key is on one screen, in words") {
    World world;
    const std::string key = key_with_everything(world);
    const std::string text = screen(world, "alias/app");
    CAPTURE(text);
    CHECK(has_line(text, "Names        alias/app"));
    CHECK(has_line(text, kms::cat("ARN          ", key)));
    CHECK(has_line(text, "Description  Secrets of the app"));
    CHECK(has_line(text, "Kind         SYMMETRIC_DEFAULT, ENCRYPT_DECRYPT"));
    CHECK(has_line(text, "State        Enabled"));
    CHECK(has_line(text, "Last used    2023-11-14 22:13, Encrypt by root"));
    CHECK(has_line(text, "Rotation     every 365 days, next on 2024-11-13 22:13"));
    CHECK(text.find("CURRENT since 2023-11-14 22:13 (ON_DEMAND)\n") != std::string::npos);
    CHECK(has_line(text, "Policy       root may do everything (and who is allowed by policies of the account)"));
    CHECK(has_line(text, "             user/x may Decrypt and DescribeKey, when job=job1 or job2"));
    CHECK(has_line(text,
                   "             everybody may not ScheduleKeyDeletion, when aws:MultiFactorAuthPresent Bool false"));
    CHECK(text.find("\nGrants       user/x may Decrypt, when job=job1  [ci ") != std::string::npos);
    CHECK(has_line(text, "Tags         team=payments"));
  }

  TEST_CASE("a key that is new and has no names says so, and one that cannot rotate says nothing of that") {
    World world;
    const std::string text =
        screen(world, world.create_key({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}}), 80);
    CHECK(has_line(text, "Names      none"));
    CHECK(has_line(text, "Last used  never"));
    CHECK(has_line(text, "Grants     none"));
    CHECK(has_line(text, "Tags       none"));
    CHECK(text.find("Rotation") == std::string::npos);
    for (const std::string_view line : kms::split(std::string_view(text), '\n'))
      CHECK((line.size() <= 80 || line.starts_with("ARN  ")));
  }

  TEST_CASE("the primary of a multi-Region key names its replicas") {
    World world;
    const std::string text = screen(world, world.create_key({{"MultiRegion", true}}));
    CHECK(has_line(text, "Regions    PRIMARY of a multi-Region key; primary in eu-central-1, no replicas"));
  }

  TEST_CASE("a key that kmsctl manages is shown without what nobody may ask") {
    World world;
    const std::string text = screen(world, "alias/aws/file");
    CHECK(has_line(text, "Origin       AWS_KMS, managed by kmsctl"));
    CHECK(has_line(text, "Names        alias/aws/file"));
    CHECK(text.find("Grants") == std::string::npos);
    CHECK(text.find("may not see") == std::string::npos);
  }

  TEST_CASE("what the caller may not see is said, and the rest is shown") {
    World world;
    const std::string key = key_with_everything(world);
    world.call("PutPrincipalPolicy",
               {{"Principal", "user/x"},
                {"PolicyName", "p"},
                {"Policy", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",)"
                           R"("Action":["kms:DescribeKey","kms:ListAliases"],"Resource":"*"}})"}});
    world.caller.principal = kUser;
    const std::string text = screen(world, key);
    CHECK(has_line(text, "Names        alias/app"));
    CHECK(has_line(text, "State        Enabled"));
    CHECK(has_line(text, "Policy       (you may not see this)"));
    CHECK(has_line(text, "Last used    (you may not see this)"));
  }

  TEST_CASE("a program reads one document, with times as texts") {
    World world;
    const std::string key = key_with_everything(world);
    WorldSession session(world);
    kms::cli::show_key(session, key, false);
    const Json document = Json::parse(session.printed());
    CHECK(document["KeyMetadata"]["Arn"] == key);
    CHECK(document["KeyMetadata"]["CreationDate"] == "2023-11-14T22:13:20+00:00");
    CHECK(document["Aliases"][0]["AliasName"] == "alias/app");
    CHECK(document["LastUsedBy"] == "arn:aws:iam::111122223333:root");
    CHECK(document["Rotation"]["KeyRotationEnabled"] == true);
    CHECK(document["Rotations"].size() == 2);
    CHECK(document["Grants"][0]["Name"] == "ci");
    CHECK(document["Tags"][0]["TagKey"] == "team");
    CHECK(document["Policy"] == kPolicy);
  }

  TEST_CASE("a key that is not there is an error") {
    World world;
    WorldSession session(world);
    CHECK_THROWS_AS(kms::cli::show_key(session, "alias/none", false), kms::Error);
  }
}
