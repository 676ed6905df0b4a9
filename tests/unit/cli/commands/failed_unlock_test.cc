// A credential that opens nothing leaves a trace, although nothing can be written into the vault by who has no other.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "tests/unit/cli/commands/service_command_line.h"

using kms::cat;
using kms::Json;
using kms::test::ServiceCommandLine;

namespace {

// Beside the vault with owner.key another one, whose other.key opens nothing here.
struct TwoServices : ServiceCommandLine {
  TwoServices() {
    make_vault();
    const int made =
        run({"--vault", place + "/other", "init", "--generate-keyfile", "other.key", "--no-recovery-code"});
    if (made != 0) throw kms::Error(kms::ErrorCode::kInternal, err);
  }
  std::vector<Json> unlocks() {
    Json answer = json({"--keyfile", "owner.key", "audit", "list", "--event", "Unlock", "--output", "json"});
    return answer.at("Events").get<std::vector<Json>>();
  }
  bool has_notes() const { return std::filesystem::exists(cat(vault(), "/unlock.failed")); }
};

}  // namespace

TEST_SUITE("cli/failed unlock") {
  TEST_CASE("a wrong keyfile is told in the trail once somebody opens the vault: when, who, and against which slots") {
    TwoServices line;
    CHECK(line.unlocks().empty());
    for (int i = 0; i < 2; ++i) CHECK(line.run({"--keyfile", "other.key", "list-keys"}) == 8);
    CHECK(line.has_notes());
    std::vector<Json> events = line.unlocks();
    CHECK_FALSE(line.has_notes());
    std::erase_if(events, [](const Json& event) { return !event.contains("errorCode"); });
    REQUIRE(events.size() == 2);
    const Json& told = events.front().at("additionalEventData");
    CHECK(events.front().at("errorCode") == "WrongPassphraseException");
    CHECK(told.at("recordedBy") == "unlock.failed");
    CHECK(told.at("uid") == getuid());
    CHECK(told.at("kind") == "KEYFILE");
    CHECK(told.at("terminal") == false);
    CHECK(told.at("slotsTried").size() == 1);
    CHECK(line.unlocks().size() == 3);  // these, and that owner.key had the vault open: each once
  }

  TEST_CASE("that a command has the vault open is told once an hour, with the slot") {
    TwoServices line;
    for (int i = 0; i < 3; ++i) CHECK(line.run({"--keyfile", "owner.key", "list-keys"}) == 0);
    const std::vector<Json> events = line.unlocks();
    REQUIRE(events.size() == 1);
    CHECK(events.front().at("additionalEventData").at("mode") == "command");
    CHECK(events.front().at("userIdentity").at("type") == "Root");
  }
}
