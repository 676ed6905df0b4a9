// The credentials that open a vault.
#include <doctest/doctest.h>

#include <chrono>

#include "tests/unit/cli/commands/command_line.h"

using kms::SlotKind;
using kms::test::CommandLine;

namespace {

constexpr const char* kOwner = "arn:aws:iam::111122223333:root";

void add_passphrase(CommandLine& line, const char* id, const char* principal = kOwner) {
  line.world.slots.slots.push_back({id, SlotKind::kPassphrase, principal, {}});
}

}  // namespace

TEST_SUITE("cli/slot commands") {
  TEST_CASE("a forgotten passphrase is changed by whoever unlocked otherwise") {
    CommandLine line;
    add_passphrase(line, "00000002");
    add_passphrase(line, "00000003", "arn:aws:iam::111122223333:user/x");
    line.world.clock.advance(std::chrono::hours(1));
    CHECK(line.run({"passphrase", "change"}) == 0);
    CHECK(line.world.slots.slots.at(1).created == line.world.clock.time);
    CHECK(line.world.slots.slots.at(2).created != line.world.clock.time);
    CHECK(line.terminal.labels.size() == 2);
  }

  TEST_CASE("of several passphrases the one to change is named") {
    CommandLine line;
    add_passphrase(line, "00000002");
    add_passphrase(line, "00000003");
    CHECK(line.run({"passphrase", "change"}) == 2);
    CHECK(line.err.find("say which with --slot: 00000002, 00000003") != std::string::npos);
    CHECK(line.terminal.labels.empty());
    CHECK(line.run({"passphrase", "change", "--slot", "00000003"}) == 0);
  }

  TEST_CASE("without a passphrase there is none to change") {
    CommandLine line;
    CHECK(line.run({"passphrase", "change"}) == 2);
    CHECK(line.err.find("no passphrase unlocks as arn:aws:iam::111122223333:root: kmsctl slot add") !=
          std::string::npos);
  }

  TEST_CASE("a keyfile is no passphrase that could be changed") {
    CommandLine line;
    CHECK(line.run({"passphrase", "change", "--slot", "00000001"}) == 2);
    CHECK(line.err.find("Slot 00000001 holds no passphrase but a KEYFILE") != std::string::npos);
    CHECK(line.world.slots.slots.front().created == kms::Time{});
  }

  TEST_CASE("who may not see the slots changes the one that opened the vault, if it is a passphrase") {
    CommandLine line;
    line.world.slots.slots.front().kind = SlotKind::kPassphrase;
    line.world.authorizer.denied = {"kmsctl:ListSlots"};
    line.world.clock.advance(std::chrono::hours(1));
    CHECK(line.run({"passphrase", "change"}) == 0);
    CHECK(line.world.slots.slots.front().created == line.world.clock.time);
    line.world.slots.slots.front().kind = SlotKind::kRecoveryCode;
    CHECK(line.run({"passphrase", "change"}) == 2);
  }

  TEST_CASE("a slot that is removed is gone, and one that is not there is told") {
    CommandLine line;
    add_passphrase(line, "00000002");
    CHECK(line.json({"slot", "list"}).at("Slots").size() == 2);
    CHECK(line.run({"slot", "remove", "00000002"}) == 0);
    CHECK(line.json({"slot", "list"}).at("Slots").size() == 1);
    CHECK(line.run({"slot", "remove", "00000002"}) == 3);
    CHECK(line.run({"slot", "remove"}) == 2);
  }

  TEST_CASE("the list says when each credential last had the vault open, to within an hour") {
    CommandLine line;
    add_passphrase(line, "00000002");
    const auto last_used = [&](std::size_t i) {
      return line.json({"slot", "list"}).at("Slots").at(i).value("LastUsedDate", "");
    };
    CHECK(line.run({"keys"}) == 0);
    const std::string first = last_used(0);
    CHECK(first == "2023-11-14T22:13:20+00:00");
    CHECK(last_used(1).empty());
    line.world.clock.advance(std::chrono::minutes(59));
    CHECK(line.run({"keys"}) == 0);
    CHECK(last_used(0) == first);
    line.world.clock.advance(std::chrono::minutes(1));
    CHECK(line.run({"create-key"}) == 0);
    CHECK(last_used(0) == "2023-11-14T23:13:20+00:00");
  }
}
