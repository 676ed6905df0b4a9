// audit prune: what is asked, what goes, and what other commands say of it then.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/audit/event_text.h"
#include "core/base/text.h"
#include "tests/support/commit.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;

namespace {

// 600 events of 2020 before the first of the world.
void add_old_events(CommandLine& line) {
  const kms::AccountRegion home{"111122223333", "eu-central-1"};
  kms::AuditRecorder recorder;
  const auto transaction = line.world.store.begin(kms::Access::kWrite);
  for (int i = 0; i < 600; ++i) {
    kms::AuditEvent event(kms::Time(std::chrono::seconds(1'600'000'000 + i)), "event", "request");
    event.author = kms::EventAuthor{home, kms::AuthorKind::kUser, "arn:aws:iam::111122223333:user/x", "AIDA"};
    event.operation = "Encrypt";
    recorder.append(*transaction, event);
  }
  kms::commit_now(*transaction);
}

std::uint64_t begin_of_trail(CommandLine& line) {
  return line.world.store.begin(kms::Access::kRead)->log_begin("audit/111122223333/eu-central-1");
}

}  // namespace

TEST_SUITE("cli/audit prune") {
  TEST_CASE("what goes is said before the question, and nothing goes without a yes") {
    CommandLine line;
    add_old_events(line);
    CHECK(refuses(line, {"audit", "prune", "--before", "2021-01-01"}, 2, "nothing was pruned"));
    CHECK(line.err.find("256 events, number 0 to 255, from 2020-09-13") != std::string::npos);
    CHECK(begin_of_trail(line) == 0);
    const Json answer = line.json({"audit", "prune", "--before", "2021-01-01", "--yes"});
    CHECK(answer.at("Events") == 256);
    CHECK(begin_of_trail(line) == 256);
  }

  TEST_CASE("where nothing is old enough, that is said, and nothing asked") {
    CommandLine line;
    add_old_events(line);
    CHECK(line.json({"audit", "prune", "--before", "2020-01-01"}).at("Events") == 0);
    CHECK(line.err.find("nothing is pruned") != std::string::npos);
    CHECK(refuses(line, {"audit", "prune", "--before", "new year", "--yes"}, 2, "new year"));
    CHECK(refuses(line, {"audit", "prune", "--yes"}, 2, "--before"));
  }

  TEST_CASE("an event that was pruned is said to be, not shown as another one") {
    CommandLine line;
    add_old_events(line);
    REQUIRE(line.run({"audit", "prune", "--before", "2021-01-01", "--yes"}) == 0);
    CHECK(refuses(line, {"audit", "show", "5"}, 3, "event 5 was pruned: the oldest that is left is 256"));
    CHECK(refuses(line, {"audit", "prove", "5"}, 3, "event 5 was pruned"));
    CHECK(line.json({"audit", "show", "256"}).at("Number") == 256);
  }

  TEST_CASE("what this machine remembers of the trail moves on with it, and still verifies") {
    const Folder folder;
    CommandLine line;
    line.state = "state";
    add_old_events(line);
    REQUIRE(line.run({"audit", "checkpoint"}) == 0);
    REQUIRE(line.run({"audit", "prune", "--before", "2021-01-01", "--yes"}) == 0);
    CHECK(line.run({"audit", "verify"}) == 0);
  }

  TEST_CASE("verify says what was pruned, and from when on the events are compared") {
    CommandLine line;
    add_old_events(line);
    REQUIRE(line.run({"audit", "verify"}) == 0);
    CHECK(line.out.find("pruned") == std::string::npos);
    REQUIRE(line.run({"audit", "prune", "--before", "2021-01-01", "--yes"}) == 0);
    REQUIRE(line.run({"audit", "verify"}) == 0);
    CHECK(line.out.find(" (the first 256 were pruned, those from 2020-09-13") != std::string::npos);
  }

  TEST_CASE("events that are older than they are kept go by themselves, and the trail still verifies") {
    const Folder folder;
    CommandLine line;
    line.state = "state";
    add_old_events(line);
    REQUIRE(line.run({"audit", "checkpoint"}) == 0);  // of 600 events, none of which goes
    CHECK(line.json({"audit", "set", "--keep", "2y"}).at("KeepDays") == 730);
    CHECK(line.json({"audit", "settings"}).at("KeepDays") == 730);
    line.columns = 100;
    REQUIRE(line.run({"maintain"}) == 0);
    CHECK(line.out.find("256 events of the audit trail older than audit set --keep says") != std::string::npos);
    line.world.clock.advance(kms::testing::kDay);
    REQUIRE(line.run({"maintain"}) == 0);
    CHECK(line.out.find("256 events of the audit trail pruned, older than audit set --keep says\n") !=
          std::string::npos);
    CHECK(begin_of_trail(line) == 256);
    REQUIRE(line.run({"audit", "verify"}) == 0);
    CHECK(line.err.empty());
    CHECK(refuses(line, {"audit", "show", "5"}, 3, "event 5 was pruned"));
    line.columns = 0;
    CHECK_FALSE(line.json({"audit", "set", "--keep", "forever"}).contains("KeepDays"));
  }

  TEST_CASE("what this machine remembers of a trail and can compare no more is told of, and remembered anew") {
    const Folder folder;
    CommandLine line;
    line.state = "state";
    add_old_events(line);
    line.world.store.records.logs["audit/111122223333/eu-central-1"].resize(100);
    const kms::Time now = std::exchange(line.world.clock.time, kms::Time(std::chrono::seconds(1'600'001'000)));
    REQUIRE(line.run({"audit", "checkpoint"}) == 0);
    line.world.clock.time = now;
    add_old_events(line);
    const Json prune{{"Before", kms::epoch_seconds(line.world.clock.time)}};
    line.world.call("PruneAuditTrail", prune);
    REQUIRE(begin_of_trail(line) == 256);
    REQUIRE(line.run({"audit", "verify"}) == 0);
    CHECK(line.err.find("100 events, ends among the first 256, which were pruned") != std::string::npos);
    REQUIRE(line.run({"audit", "verify"}) == 0);
    CHECK(line.err.empty());
  }

  TEST_CASE("for how long is said in days, weeks or years: a number alone is asked about, and a short time refused") {
    CommandLine line;
    const auto keep = [&](const char* time) { return line.json({"audit", "set", "--keep", time}).at("KeepDays"); };
    CHECK(keep("400d") == 400);
    CHECK(keep("52w") == 364);
    CHECK(keep("1w") == 7);
    CHECK(refuses(line, {"audit", "set", "--keep", "400"}, 2, "'400': days, weeks or years? 400d is 400 days"));
    for (const char* time : {"6d", "0d", "101y", "99999999999999999999d", "9999999999999999y"}) {
      CHECK(refuses(line, {"audit", "set", "--keep", time}, 2, time));
    }
    CHECK(refuses(line, {"audit", "set", "--keep", "6d"}, 2, "at least 7d and at most 36500d, or forever"));
    for (const char* time : {"", "d", "-7d", "1.5y", "4h", "never"}) {
      CHECK(refuses(line, {"audit", "set", "--keep", time}, 2, "--keep"));
    }
    CHECK(line.json({"audit", "settings"}).at("KeepDays") == 7);
  }
}
