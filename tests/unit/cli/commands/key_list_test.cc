#include "cli/commands/key_list.h"

#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/unit/cli/time_zone.h"
#include "tests/unit/cli/world_session.h"

using kms::Error;
using kms::Json;
using kms::cli::KeyListOptions;
using kms::test::WorldSession;
using kms::testing::kDay;
using kms::testing::World;

namespace {

// Of each kind one: named and used, disabled and never used, pending deletion, managed.
struct Keys {
  explicit Keys(World& of) : world(of) {
    app = made("app", {{"Description", "Secrets of the app"}});
    world.call("EnableKeyRotation", {{"KeyId", app}});
    world.call("Encrypt", {{"KeyId", app}, {"Plaintext", "aGk="}});
    release = made("release", {{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    world.call("DisableKey", {{"KeyId", release}});
    old = made("old", Json::object());
    world.call("ScheduleKeyDeletion", {{"KeyId", old}, {"PendingWindowInDays", 7}});
    world.call("DescribeKey", {{"KeyId", "alias/aws/file"}});
  }

  std::string made(const std::string& alias, const Json& request) const {
    const std::string arn = world.create_key(request);
    world.call("CreateAlias", {{"AliasName", kms::cat("alias/", alias)}, {"TargetKeyId", arn}});
    return arn;
  }

  World& world;
  std::string app;
  std::string release;
  std::string old;
};

std::string listed(World& world, const KeyListOptions& options, std::size_t columns = 120) {
  WorldSession session(world);
  session.at_terminal(columns);
  kms::cli::list_keys(session, options, world.clock.time);
  return session.printed();
}

// The aliases in the first column, in order.
std::vector<std::string> names_in(const std::string& table) {
  std::vector<std::string> names;
  for (const std::string_view line : kms::split(std::string_view(table), '\n')) {
    if (line.starts_with("alias/") || line.starts_with("- ")) names.emplace_back(line.substr(0, line.find(' ')));
  }
  return names;
}

std::string short_id(const std::string& arn) {
  return kms::cat(arn.substr(arn.find('/') + 1, 8), "…");
}

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("ops/keys command") {
  TEST_CASE("a person sees the keys by name, on 80 columns the most important of each") {
    World world;
    const Keys keys(world);
    CHECK(listed(world, {}, 80) == kms::cat("ALIAS          KEY        SPEC               STATE     LAST USED\n"
                                            "-------------  ---------  -----------------  --------  ----------------\n"
                                            "alias/app      ",
                                            short_id(keys.app), "  SYMMETRIC_DEFAULT  Enabled   2023-11-14 22:13\n",
                                            "alias/release  ", short_id(keys.release),
                                            "  ECC_NIST_P256      Disabled  never\n"));
  }

  TEST_CASE("on 40 columns names and states, on 120 more, and with --wide all") {
    World world;
    const Keys keys(world);
    CHECK(listed(world, {}, 40).starts_with("ALIAS          KEY        STATE\n"));
    CHECK(names_in(listed(world, {}, 40)) == Names{"alias/app", "alias/release"});
    CHECK(listed(world, {}, 120).find("365 days") != std::string::npos);
    KeyListOptions wide;
    wide.wide = true;
    const std::string all = listed(world, wide, 40);
    CHECK(all.find(keys.app.substr(keys.app.find('/') + 1)) != std::string::npos);
    CHECK(all.find("Secrets of the app") != std::string::npos);
    CHECK(all.find("encrypt") != std::string::npos);
  }

  TEST_CASE("--pending lists what waits for deletion and when it goes, --all everything") {
    World world;
    const Keys keys(world);
    KeyListOptions pending;
    pending.pending = true;
    CHECK(names_in(listed(world, pending)) == Names{"alias/old"});
    CHECK(listed(world, pending).find("2023-11-21 22:13") != std::string::npos);
    KeyListOptions all;
    all.all = true;
    CHECK(names_in(listed(world, all)) == Names{"alias/app", "alias/aws/file", "alias/old", "alias/release"});
    all.pending = true;
    CHECK_THROWS_AS(listed(world, all), Error);
  }

  TEST_CASE("--unused lists what was not used for so long, since it was made where it never was") {
    World world;
    const Keys keys(world);
    KeyListOptions unused;
    unused.unused = std::chrono::days(90);
    CHECK(names_in(listed(world, unused)).empty());
    world.clock.advance(60 * kDay);
    world.call("Encrypt", {{"KeyId", keys.app}, {"Plaintext", "aGk="}});
    world.clock.advance(31 * kDay);
    CHECK(names_in(listed(world, unused)) == Names{"alias/release"});
    unused.unused = std::chrono::days(28);
    CHECK(names_in(listed(world, unused)) == Names{"alias/app", "alias/release"});
  }

  TEST_CASE("a program reads JSON, of the same keys, with times as texts") {
    World world;
    const Keys keys(world);
    WorldSession session(world);
    kms::cli::list_keys(session, {}, world.clock.time);
    const Json document = Json::parse(session.printed());
    REQUIRE(document["Keys"].size() == 2);
    CHECK(document.size() == 1);
    CHECK(document["Keys"][0]["KeyArn"] == keys.app);
    CHECK(document["Keys"][0]["KeyLastUsage"]["Timestamp"] == "2023-11-14T22:13:20+00:00");
    session.given.query = "Keys[].AliasNames[]";
    session.given.output = "text";
    kms::cli::list_keys(session, {}, world.clock.time);
    CHECK(session.printed() == "alias/app\talias/release\n");
    KeyListOptions wide;
    wide.wide = true;
    CHECK_THROWS_AS(kms::cli::list_keys(session, wide, world.clock.time), Error);
  }

  TEST_CASE("the list is one call for a thousand keys") {
    World world;
    for (int i = 0; i < 1001; ++i) world.create_key();
    WorldSession session(world);
    kms::cli::list_keys(session, {}, world.clock.time);
    CHECK(session.calls == Names{"ListKeyDetails", "ListKeyDetails"});
    CHECK(Json::parse(session.printed())["Keys"].size() == 1001);
  }

  TEST_CASE("who may not see what a key is sees that it is there") {
    World world;
    const Keys keys(world);
    world.call("PutPrincipalPolicy", {{"Principal", "user/x"},
                                      {"PolicyName", "p"},
                                      {"Policy", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",)"
                                                 R"("Action":"kms:ListKeys","Resource":"*"}})"}});
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    const std::string table = listed(world, {});
    CHECK(table.find(keys.app.substr(keys.app.find('/') + 1)) != std::string::npos);
    CHECK(table.find("SYMMETRIC") == std::string::npos);
  }

  TEST_CASE("times are those of the zone of whoever looks") {
    World world;
    const Keys keys(world);
    const kms::test::TimeZone there("IST-5:30");
    KeyListOptions pending;
    pending.pending = true;
    CHECK(listed(world, pending).find("2023-11-22 03:43") != std::string::npos);
    CHECK(kms::cli::shown_event_time("2023-11-14T22:13:20Z") == "2023-11-15 03:43:20");
  }
}
