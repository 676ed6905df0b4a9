#include "cli/commands/principal_picture.h"

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

std::string principal_screen(World& world, const std::string& principal) {
  WorldSession session(world);
  session.at_terminal(100);
  kms::cli::show_principal(session, principal, false);
  return session.printed();
}

bool shows_line(const std::string& text, const std::string& line) {
  return kms::cat("\n", text).find(kms::cat("\n", line, "\n")) != std::string::npos;
}

constexpr const char* kAllowAll =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}})";

}  // namespace

TEST_SUITE("ops/principal show command") {
  TEST_CASE("a user is on one screen with its policies, credentials, groups and last call") {
    World world;
    world.call("CreatePrincipal", {{"Principal", "group/dev"}});
    world.call("AddUserToGroup", {{"Group", "group/dev"}, {"User", "user/x"}});
    world.call("PutPrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "all"}, {"Policy", kAllowAll}});
    world.call("PutPermissionsBoundary", {{"Principal", "user/x"}, {"Policy", kAllowAll}});
    world.call("TagPrincipal", {{"Principal", "user/x"}, {"Tags", {{{"TagKey", "team"}, {"TagValue", "a"}}}}});
    world.call("AddSlot", {{"Principal", "user/x"},
                           {"Kind", "KEYFILE"},
                           {"Credential", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
                           {"Label", "cron"}});
    world.call("MapUid", {{"Uid", 1000}, {"Principal", "user/x"}});
    const Json made = world.call("CreateAccessKey", {{"Principal", "user/x"}}).at("AccessKey");
    const auto owner = world.caller;
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    world.call("ListKeys", Json::object());
    world.caller = owner;
    const std::string text = principal_screen(world, "user/x");
    CAPTURE(text);
    CHECK(shows_line(text, "Principal     user/x"));
    CHECK(shows_line(text, "Policies      all"));
    CHECK(text.find("\nBoundary      one limits") != std::string::npos);
    CHECK(shows_line(text, "Groups        group/dev"));
    CHECK(shows_line(text, "Tags          team=a"));
    CHECK(shows_line(text, "Slots         00000002  KEYFILE cron, since 2023-11-14 22:13"));
    CHECK(shows_line(text,
                     kms::cat("Access keys   ", made.at("AccessKeyId").get<std::string>(), " since 2023-11-14 22:13")));
    CHECK(shows_line(text, "System users  uid 1000"));
    CHECK(shows_line(text, "Last call     2023-11-14 22:13:20  ListKeys, ok"));
  }

  TEST_CASE("a role says who may assume it, and for how long") {
    World world;
    world.call("CreatePrincipal",
               {{"Principal", "role/deploy"},
                {"TrustPolicy", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",)"
                                R"("Principal":{"AWS":"arn:aws:iam::111122223333:user/x"}}})"}});
    const std::string text = principal_screen(world, "role/deploy");
    CAPTURE(text);
    CHECK(shows_line(text, "Trust      user/x may sts:AssumeRole"));
    CHECK(shows_line(text, "Sessions   of up to 60 minutes"));
    CHECK(shows_line(text, "Policies   none"));
    CHECK(text.find("Slots") == std::string::npos);
  }

  TEST_CASE("a program reads what DescribePrincipal answers") {
    World world;
    WorldSession session(world);
    kms::cli::show_principal(session, "user/x", false);
    CHECK(Json::parse(session.printed()).at("Principal").at("Principal") == "user/x");
    CHECK(session.calls == std::vector<std::string>{"DescribePrincipal"});
    CHECK_THROWS_AS(kms::cli::show_principal(session, "user/nobody", false), kms::Error);
  }
}
