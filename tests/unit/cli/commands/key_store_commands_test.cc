// Custom key stores: what they may still hold.
#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "core/records/orphans.h"
#include "tests/support/commit.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::refuses;

namespace {

void leave_orphans(CommandLine& line, int count, bool left) {
  const auto transaction = line.world.store.begin(kms::Access::kWrite);
  for (int i = 0; i < count; ++i) {
    put_orphan(*transaction, {line.world.caller.home, kms::KeyId::generate(line.world.random, false), "cks-1234",
                              line.world.clock.time, left});
  }
  commit_now(*transaction);
}

}  // namespace

TEST_SUITE("cli/key store commands") {
  TEST_CASE("what a key store may still hold is listed with its store, and since when") {
    CommandLine line;
    CHECK(line.json({"key-store", "orphans"}) == Json{{"OrphanedKeys", Json::array()}});
    leave_orphans(line, 1, true);
    const Json listed = line.json({"key-store", "orphans"}).at("OrphanedKeys");
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].at("KeyArn").get<std::string>().starts_with("arn:aws:kms:eu-central-1:111122223333:key/"));
    CHECK(listed[0].at("CustomKeyStoreId") == "cks-1234");
    CHECK(listed[0].at("Since") == "2023-11-14T22:13:20+00:00");
    CHECK(listed[0].at("BeingMade") == false);
  }

  TEST_CASE("a key that is being made is told from one that nobody makes any more") {
    CommandLine line;
    leave_orphans(line, 1, false);
    CHECK(line.run({"key-store", "orphans", "--query", "OrphanedKeys[].BeingMade", "--output", "text"}) == 0);
    CHECK(line.out == "True\n");
    line.world.clock.advance(std::chrono::hours(1));
    CHECK(line.json({"key-store", "orphans", "--query", "OrphanedKeys[].BeingMade"}) == Json{false});
  }

  TEST_CASE("all of them are listed, however many pages that takes") {
    CommandLine line;
    leave_orphans(line, 1001, true);
    CHECK(line.json({"key-store", "orphans"}).at("OrphanedKeys").size() == 1001);
    CHECK(line.requests.size() == 2);
  }

  TEST_CASE("who may not list them is told what explains it") {
    CommandLine line;
    leave_orphans(line, 1, true);
    line.world.authorizer.denied = {"kmsctl:ListOrphanedKeys"};
    CHECK(refuses(line, {"key-store", "orphans"}, 4, "kmsctl policy explain"));
    CHECK(refuses(line, {"key-store", "orphan"}, 2, "did you mean 'key-store orphans'?"));
  }
}
