// The trail against its tree and against what others kept.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"

using kms::test::CommandLine;
using kms::test::Folder;

TEST_SUITE("cli/audit verify") {
  TEST_CASE("a sound trail is told by the Region, with the checkpoints that it continues") {
    const Folder folder;
    CommandLine line;
    line.world.call("AddRegion", {{"Region", "us-east-1"}});
    for (int i = 0; i < 3; ++i) line.world.create_key();
    REQUIRE(line.run({"audit", "checkpoint", "-o", "cp.note"}) == 0);
    REQUIRE(line.run({"audit", "verify", "--checkpoint", "cp.note"}) == 0);
    CHECK(line.out.find("eu-central-1: 6 events, and 1 checkpoint\n") == 0);
    CHECK(line.out.find("us-east-1: ") != std::string::npos);
  }

  TEST_CASE("a trail that was rewritten is found by a checkpoint that somebody kept, or this machine remembers") {
    for (const bool remembers : {false, true}) {
      CAPTURE(remembers);
      const Folder folder;
      CommandLine line;
      if (remembers) line.state = "state";
      for (int i = 0; i < 3; ++i) line.world.create_key();
      REQUIRE(line.run({"audit", "checkpoint", "-o", "cp.note"}) == 0);
      line.world.store.records.logs.begin()->second[1] += " ";
      CHECK((line.run({"audit", "verify"}) == 0) != remembers);
      CHECK(line.run({"audit", "verify", "--checkpoint", "cp.note"}) == 12);
      CHECK(line.err.find("it was rewritten, or an older copy of the vault was put back") != std::string::npos);
    }
  }

  TEST_CASE("a checkpoint of another vault, or none at all, is no evidence") {
    const Folder folder;
    CommandLine other;
    other.world.care.vault_id = "a41d0f7c-92be-4c35-b8d1-6e5f4a3b2c1d";
    REQUIRE(other.run({"audit", "checkpoint", "-o", "other.note"}) == 0);
    CommandLine line;
    line.world.create_key();
    CHECK(line.run({"audit", "verify", "--checkpoint", "other.note"}) == 6);
    CHECK(line.err.find("of no trail of this vault") != std::string::npos);
    Folder::write("text", "no note");
    CHECK(line.run({"audit", "verify", "--checkpoint", "text"}) == 2);
    CommandLine forger;  // of the same id, with another key
    forger.world.create_key();
    REQUIRE(forger.run({"audit", "checkpoint", "-o", "forged.note"}) == 0);
    CHECK(line.run({"audit", "verify", "--checkpoint", "forged.note"}) == 6);
  }
}
