// One event of the trail.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::refuses;

TEST_SUITE("cli/audit show") {
  TEST_CASE("an event is shown by its number and by its id, with both") {
    CommandLine line;
    const std::string key = line.world.create_key();
    line.world.call("DisableKey", {{"KeyId", key}});
    const Json stored = line.world.audited().at(1);
    const Json shown = line.json({"audit", "show", "1"});
    CHECK(shown.at("Number") == 1);
    CHECK(shown.at("Event") == stored);
    CHECK(line.json({"audit", "show", stored.at("eventID").get<std::string>()}) == shown);
    CHECK(line.run({"audit", "show", "1", "--query", "Event.eventName", "--output", "text"}) == 0);
    CHECK(line.out == "DisableKey\n");
  }

  TEST_CASE("an old event is found by its id behind a thousand others") {
    CommandLine line;
    line.world.create_key();
    const std::string id = line.world.audited().at(0).at("eventID");
    for (int i = 0; i < 1100; ++i) line.world.call("ListKeys", Json::object());
    CHECK(line.json({"audit", "show", id}).at("Number") == 0);
  }

  TEST_CASE("what is no event of the trail is not found") {
    CommandLine line;
    line.world.create_key();
    for (const char* word : {"1000", "99999999999999999999999", "01234567-0000-4000-8000-000000000000"}) {
      CHECK(refuses(line, {"audit", "show", word}, 3, kms::cat("the audit trail has no event ", word)));
    }
    CHECK(refuses(line, {"audit", "show"}, 2, "id"));
    line.world.authorizer.denied = {"kmsctl:ListAuditEvents"};
    CHECK(refuses(line, {"audit", "show", "0"}, 4, "--action kmsctl:ListAuditEvents"));
  }

  TEST_CASE("a person sees what an event says, by the line") {
    CommandLine line;
    const std::string key = line.world.create_key();
    line.world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}});
    line.world.caller.principal = "arn:aws:iam::111122223333:user/x";
    line.world.call("DisableKey", {{"KeyId", key}});
    line.world.caller.principal = "arn:aws:iam::111122223333:root";
    line.columns = 100;
    CHECK(line.run({"audit", "show", "2"}) == 0);
    const std::string id = key.substr(key.find('/') + 1);
    for (const std::string& part :
         {std::string("Event       DisableKey\nNumber      2\n"), std::string("Who         user/x\n"),
          std::string("Result      AccessDenied\n"), kms::cat("About       ", id), kms::cat("keyId: ", key),
          std::string("Changes     would have, had it not failed\n"), std::string("2023-11-14 22:13:20\n")}) {
      CAPTURE(part);
      CHECK_MESSAGE(line.out.find(part) != std::string::npos, line.out);
    }
  }
}
