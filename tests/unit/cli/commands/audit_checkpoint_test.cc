// Checkpoints and keys of the trail, and what this machine remembers of them.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "formats/checkpoint.h"
#include "formats/witness_request.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;

namespace {

constexpr const char* kRememberedNote =
    "state/checkpoints/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/111122223333.eu-central-1.note";

std::uint64_t size_of_note(const std::string& note) {
  return kms::formats::parse_checkpoint(kms::formats::parse_note(note).text).size;
}

std::vector<std::string>& entries_of(CommandLine& line) {
  return line.world.store.records.logs.begin()->second;
}

}  // namespace

TEST_SUITE("cli/audit checkpoint") {
  TEST_CASE("a checkpoint goes to standard output or a file, and is the same for who asks for JSON") {
    const Folder folder;
    CommandLine line;
    line.world.create_key();
    REQUIRE(line.run({"audit", "checkpoint"}) == 0);
    CHECK(size_of_note(line.out) == 1);
    REQUIRE(line.run({"audit", "checkpoint", "-o", "cp.note"}) == 0);
    CHECK(line.out.empty());
    CHECK(size_of_note(Folder::read("cp.note")) == 2);
    CHECK(refuses(line, {"audit", "checkpoint", "-o", "cp.note"}, 11, "cp.note"));
    CHECK(line.run({"audit", "checkpoint", "-o", "cp.note", "--force"}) == 0);
    const Json answer = line.json({"audit", "checkpoint", "--output", "json"});
    CHECK(size_of_note(answer.at("Checkpoint")) == answer.at("Size"));
    CHECK(refuses(line, {"audit", "checkpoint", "-o", "x", "--output", "json"}, 2, "--output"));
  }

  TEST_CASE("the public key is one line, that of a witness another") {
    CommandLine line;
    REQUIRE(line.run({"audit", "public-key"}) == 0);
    const std::string key = line.out;
    CHECK(key.starts_with("kmsctl.local/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/111122223333/eu-central-1+"));
    CHECK(key.find('\n') == key.size() - 1);
    REQUIRE(line.run({"audit", "public-key", "--witness"}) == 0);
    CHECK(line.out.starts_with("kmsctl.local/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/witness+"));
  }

  TEST_CASE("--all has one of each Region") {
    CommandLine line;
    line.world.call("AddRegion", {{"Region", "us-east-1"}});
    REQUIRE(line.run({"audit", "checkpoint", "--all"}) == 0);
    CHECK(line.out.find("111122223333/eu-central-1\n") != std::string::npos);
    CHECK(line.out.find("\n\nkmsctl.local/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/111122223333/us-east-1\n") !=
          std::string::npos);
  }

  TEST_CASE("--since-checkpoint takes a file or a number, and prints what a witness asks for") {
    const Folder folder;
    CommandLine line;
    line.world.create_key();
    REQUIRE(line.run({"audit", "checkpoint", "-o", "cp.note"}) == 0);
    line.world.create_key();
    for (const char* since : {"cp.note", "1"}) {
      REQUIRE(line.run({"audit", "checkpoint", "--since-checkpoint", since}) == 0);
      CHECK(kms::formats::parse_witness_request(line.out).old_size == 1);
    }
    CHECK(refuses(line, {"audit", "checkpoint", "--since-checkpoint", "99"}, 2, "no tree of 99"));
    CHECK(refuses(line, {"audit", "checkpoint", "--since-checkpoint", "absent"}, 11, "absent"));
    CHECK(refuses(line, {"audit", "checkpoint", "--since-checkpoint", "1", "--all"}, 2, "--all"));
  }

  TEST_CASE("this machine remembers the newest, and refuses a trail that does not continue it") {
    const Folder folder;
    CommandLine line;
    line.state = "state";
    for (int i = 0; i < 5; ++i) line.world.create_key();
    REQUIRE(line.run({"audit", "checkpoint"}) == 0);
    CHECK(size_of_note(Folder::read(kRememberedNote)) == 5);
    REQUIRE(line.run({"audit", "checkpoint"}) == 0);
    const auto sound = entries_of(line);
    const std::string remembered = Folder::read(kRememberedNote);
    CHECK(size_of_note(remembered) > 5);
    entries_of(line)[2] += " ";
    CHECK(line.run({"audit", "checkpoint"}) == 12);
    CHECK(line.err.find("it was rewritten, or an older copy of the vault was put back") != std::string::npos);
    CHECK(line.out.empty());
    entries_of(line).resize(3);
    CHECK(line.run({"audit", "checkpoint"}) == 12);
    CHECK(line.err.find("has 3 events, and not those of") != std::string::npos);
    CHECK(Folder::read(kRememberedNote) == remembered);
    entries_of(line) = sound;
    CHECK(line.run({"audit", "checkpoint"}) == 0);
  }

  TEST_CASE("what is remembered and damaged is told of, and stands in nobody's way") {
    const Folder folder;
    CommandLine line;
    line.state = "state";
    line.world.create_key();
    REQUIRE(line.run({"audit", "checkpoint"}) == 0);
    Folder::write(kRememberedNote, "nonsense");
    REQUIRE(line.run({"audit", "checkpoint"}) == 0);
    CHECK(line.err.find("warning: what this machine remembers of the trail is not to be used") != std::string::npos);
    CHECK(size_of_note(Folder::read(kRememberedNote)) > 0);
    Folder::write("file", "");
    line.state = "file";
    CHECK(line.run({"audit", "checkpoint"}) == 0);
    CHECK(line.err.find("will not remember") != std::string::npos);
  }
}
