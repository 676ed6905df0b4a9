// usage: counts over the audit trail, as a program and as a person reads them.
#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/environment.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::Environment;
using kms::test::refuses;

namespace {

// Root used alias/app five times 40 days ago, and user/x is refused it now.
struct UsageLine : CommandLine {
  UsageLine() : used_key(world.create_key()) {
    environment.set("LC_ALL", "C");
    world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", used_key}});
    for (int i = 0; i < 5; ++i) world.call("Encrypt", {{"KeyId", used_key}, {"Plaintext", "aGk="}});
    world.clock.advance(kms::testing::kDay * 40);
    world.call("Encrypt", {{"KeyId", used_key}, {"Plaintext", "aGk="}});
    const auto owner = world.caller;
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    world.call("Encrypt", {{"KeyId", used_key}, {"Plaintext", "aGk="}});
    world.caller = owner;
  }
  bool shows(std::string_view text) const { return out.find(text) != std::string::npos; }

  Environment environment;
  std::string used_key;
};

}  // namespace

TEST_SUITE("cli/usage") {
  TEST_CASE("a program reads what the operation answers, of thirty days unless it says otherwise") {
    UsageLine line;
    const Json month = line.json({"usage", "-k", "alias/app"});
    CHECK(month.at("Count") == 2);
    CHECK(month.at("Errors") == 1);
    CHECK(month.at("Groups").at(0).at("Name") == line.used_key);
    CHECK(line.json({"usage", "-k", "alias/app", "--since", "60d"}).at("Count") == 10);
    CHECK(line.json({"usage", "-k", "alias/app", "--since", "60d", "--until", "1d"}).at("Count") == 7);
    const Json users = line.json({"usage", "--key", "alias/app", "--by", "principal", "--uses-only", "--since", "60d"});
    CHECK(users.at("Groups").at(0).at("Name") == "arn:aws:iam::111122223333:root");
    CHECK(users.at("Groups").at(0).at("Count") == 6);
  }

  TEST_CASE("a person sees a table with a bar a day") {
    UsageLine line;
    line.columns = 120;
    REQUIRE(line.run({"usage", "--by", "principal", "--uses-only"}) == 0);
    for (const char* text :
         {"WHO", "COUNT", "ERRORS", "LAST", "DAYS", "root", "user/x", "..............................@"}) {
      CHECK_MESSAGE(line.shows(text), line.out);
    }
    line.environment.set("LC_ALL", "C.UTF-8");
    REQUIRE(line.run({"usage", "--by", "operation"}) == 0);
    CHECK_MESSAGE(line.shows("·█"), line.out);
    REQUIRE(line.run({"usage", "--by", "error"}) == 0);
    CHECK_MESSAGE(line.shows("AccessDenied  1"), line.out);
    CHECK_FALSE(line.shows("ERRORS"));
    REQUIRE(line.run({"usage", "--by", "day", "--since", "60d"}) == 0);
    CHECK_MESSAGE(line.shows("2023-11-14"), line.out);
  }

  TEST_CASE("what is no kind, no time and no key is refused with what is wanted") {
    UsageLine line;
    CHECK(refuses(line, {"usage", "--by", "user"}, 2, "--by 'user': one of key, principal, operation, day, error"));
    CHECK(refuses(line, {"usage", "--since", "yesterday"}, 2, "'yesterday' is no time"));
    CHECK(refuses(line, {"usage", "-k", "alias/none"}, 3, "alias/none is not found"));
    CHECK(refuses(line, {"usage", "--wide", "--output", "json"}, 2, "--wide"));
  }
}
