// Two vaults witness each other: as their owners type it, and as a rewritten trail shows.
#include <doctest/doctest.h>

#include <string>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"

using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;

namespace {

struct Owners {
  Owners() {
    witness.world.care.vault_id = "a41d0f7c-92be-4c35-b8d1-6e5f4a3b2c1d";
    log.world.create_key();
    REQUIRE(log.run({"audit", "public-key"}) == 0);
    Folder::write("vkey", log.out);
    REQUIRE(log.run({"audit", "checkpoint", "-o", "cp.note"}) == 0);
  }
  Folder folder;
  CommandLine log;
  CommandLine witness;
};

}  // namespace

TEST_SUITE("cli/audit cosign") {
  TEST_CASE("a note is cosigned in place, added at home, and continued with a proof") {
    Owners owners;
    REQUIRE(owners.witness.run({"audit", "cosign", "cp.note", "--key", "vkey", "-o", "cp.note"}) == 0);
    CHECK(owners.witness.err.find("with 2 entries") != std::string::npos);
    CHECK(Folder::read("cp.note").find("a41d0f7c-92be-4c35-b8d1-6e5f4a3b2c1d/witness ") != std::string::npos);
    REQUIRE(owners.log.run({"audit", "checkpoint", "--add", "cp.note"}) == 0);
    CHECK(owners.log.err.find("kept, with 1 cosignature, of 2 events") != std::string::npos);
    REQUIRE(owners.log.run({"audit", "checkpoint", "--witnessed"}) == 0);
    CHECK(owners.log.out == Folder::read("cp.note"));
    REQUIRE(owners.log.run({"audit", "checkpoint", "--since-checkpoint", "cp.note"}) == 0);
    CHECK(owners.witness.run({"audit", "cosign", "-", "--key", "vkey", "-o", "cp2.note"}, owners.log.out) == 0);
    CHECK(owners.witness.err.find("which continue the 2 seen before") != std::string::npos);
  }

  TEST_CASE("the key may be typed, and one that is none is told from a file that is not there") {
    Owners owners;
    std::string key = Folder::read("vkey");
    key.pop_back();
    CHECK(owners.witness.run({"audit", "cosign", "cp.note", "--key", key}) == 0);
    CHECK(owners.witness.out.starts_with("kmsctl.local/"));
    CHECK(refuses(owners.witness, {"audit", "cosign", "cp.note", "--key", "absent"}, 11, "absent"));
    CHECK(refuses(owners.witness, {"audit", "cosign", "cp.note", "--key", "cp.note"}, 2, "this is no"));
    CHECK(refuses(owners.witness, {"audit", "cosign", "cp.note"}, 2, "--key"));
    CHECK(refuses(owners.witness, {"audit", "cosign", "vkey", "--key", "vkey"}, 2, "this is no"));
  }

  TEST_CASE("a rewritten trail is refused, and nothing is written") {
    Owners owners;
    REQUIRE(owners.witness.run({"audit", "cosign", "cp.note", "--key", "vkey"}) == 0);
    owners.log.world.store.records.logs.begin()->second[0] += " ";
    REQUIRE(owners.log.run({"audit", "checkpoint", "--since-checkpoint", "2"}) == 0);
    Folder::write("request", owners.log.out);
    CHECK(refuses(owners.witness, {"audit", "cosign", "request", "--key", "vkey", "-o", "signed"}, 6,
                  "are not its beginning: it was rewritten"));
    CHECK_FALSE(Folder::has("signed"));
  }

  TEST_CASE("no other file is replaced unasked") {
    Owners owners;
    Folder::write("other", "mine");
    CHECK(refuses(owners.witness, {"audit", "cosign", "cp.note", "--key", "vkey", "-o", "absent/other"}, 11, "absent"));
    CHECK(owners.witness.run({"audit", "cosign", "cp.note", "--key", "vkey", "-o", "other"}) == 11);
    CHECK(Folder::read("other") == "mine");
    CHECK(owners.witness.run({"audit", "cosign", "cp.note", "--key", "vkey", "-o", "other", "--force"}) == 0);
  }
}
