// Proofs of events, as files for others.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "formats/tlog_proof.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"

using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;

TEST_SUITE("cli/audit prove") {
  TEST_CASE("an event is proven by its number or its id, into a file or a pipe") {
    const Folder folder;
    CommandLine line;
    for (int i = 0; i < 4; ++i) line.world.create_key();
    REQUIRE(line.run({"audit", "prove", "3", "-o", "e.tlog-proof"}) == 0);
    CHECK(kms::formats::parse_tlog_proof(Folder::read("e.tlog-proof")).index == 3);
    const std::string id = line.world.audited().at(2).at("eventID");
    REQUIRE(line.run({"audit", "prove", id}) == 0);
    CHECK(kms::formats::parse_tlog_proof(line.out).index == 2);
  }

  TEST_CASE("what is no event, and what no witness has signed yet, is refused and leaves no file") {
    const Folder folder;
    CommandLine line;
    line.world.create_key();
    CHECK(refuses(line, {"audit", "prove", "900", "-o", "p"}, 3, "the audit trail has no event 900"));
    CHECK(refuses(line, {"audit", "prove", "0", "--witnessed", "-o", "p"}, 3, "audit cosign there"));
    CHECK(refuses(line, {"audit", "prove", "0", "--output", "json"}, 2, "--output"));
    CHECK_FALSE(Folder::has("p"));
  }
}
