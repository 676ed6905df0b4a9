// The audit log in files for others.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/audit/event.h"
#include "core/base/text.h"
#include "core/records/slot_uses.h"
#include "tests/support/commit.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"

using kms::cat;
using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;

namespace {

// A log of some events, each an hour after the one before, of which the first is number 0.
struct ExportLine {
  explicit ExportLine(int events) {
    {  // no event Unlock each hour
      const auto transaction = line.world.store.begin(kms::Access::kWrite);
      kms::put_slot_use(*transaction, line.world.slots.unlocking_slot(),
                        line.world.clock.time + kms::testing::kDay * 9);
      kms::commit_now(*transaction);
    }
    for (int i = 0; i < events; ++i) {
      line.world.call("ListKeys", Json::object());
      line.world.clock.advance(std::chrono::hours(1));
    }
    const Json key = line.world.call("GetAuditVerifierKey", Json::object());
    Folder::write("log.vkey", key.at("VerifierKey").get<std::string>());
  }
  std::vector<std::string> stored() const {
    return line.world.store.records.logs.at(kms::audit_log(line.world.caller.home));
  }
  std::vector<std::string> events(const std::string& text) const {
    std::vector<std::string> found;
    for (const std::string_view each : kms::split(std::string_view(text), '\n')) {
      if (each.find("\"eventID\"") != std::string_view::npos) found.emplace_back(each);
    }
    return found;
  }

  Folder folder;
  CommandLine line;
};

constexpr std::string_view kKey = "log.vkey";

}  // namespace

TEST_SUITE("cli/audit export") {
  TEST_CASE("what is exported has all events to the byte, and verifies") {
    ExportLine exported(1300);
    CommandLine& line = exported.line;
    const auto before = exported.stored();
    REQUIRE(line.run({"audit", "export"}) == 0);
    CHECK(exported.events(line.out) == before);
    Folder::write("log.jsonl", line.out);
    REQUIRE_MESSAGE(line.run({"audit", "verify-export", "log.jsonl", "--public-key", std::string(kKey)}) == 0,
                    line.err);
    CHECK(line.out.starts_with(cat("verified: all ", std::to_string(before.size()), " entries of the log ")));
    REQUIRE(line.run({"audit", "export", "-o", "other.jsonl"}) == 0);
    CHECK(line.out.empty());
    CHECK(line.run({"audit", "verify-export", "other.jsonl", "--public-key", std::string(kKey)}) == 0);
    CHECK(refuses(line, {"audit", "export", "other.jsonl"}, 11, "other.jsonl"));
  }

  TEST_CASE("a part has all events of its time, and verifies as a part") {
    ExportLine exported(30);
    CommandLine& line = exported.line;
    // Events are of 22:13:20 and every hour after that.
    REQUIRE(line.run({"audit", "export", "--since", "2023-11-15T03:00:00Z", "--until", "2023-11-15T06:00:00Z"}) == 0);
    const auto stored = exported.stored();
    CHECK(exported.events(line.out) == std::vector<std::string>(stored.begin() + 5, stored.begin() + 8));
    Folder::write("part.jsonl", line.out);
    const std::vector<std::string> verify{"audit", "verify-export", "part.jsonl", "--public-key", std::string(kKey)};
    CHECK(refuses(line, verify, 6, "the file has the entries 5 to 7 of the 31"));
    auto partial = verify;
    partial.emplace_back("--partial");
    CHECK(line.run(partial) == 0);
    REQUIRE(line.run({"audit", "export", "--since", "2h"}) == 0);
    CHECK(exported.events(line.out).front() == stored.at(28));
    REQUIRE(line.run({"audit", "export", "--until", "2001-01-01"}) == 0);
    CHECK(exported.events(line.out).empty());
    Folder::write("part.jsonl", line.out);
    CHECK(line.run(partial) == 0);
    CHECK(refuses(line, {"audit", "export", "--since", "yesterday"}, 2, "'yesterday' is no time"));
  }

  TEST_CASE("csv has a row an event, under the names of its columns") {
    ExportLine exported(3);
    REQUIRE(exported.line.run({"audit", "export", "--format", "csv"}) == 0);
    const std::string& text = exported.line.out;
    CHECK(text.starts_with("number,time,event,"));
    CHECK(text.find("\r\n2,2023-11-15T00:13:20Z,ListKeys,") != std::string::npos);
  }

  TEST_CASE("files of CloudTrail lie where its readers look for them, one an hour") {
    ExportLine exported(3);
    CommandLine& line = exported.line;
    REQUIRE_MESSAGE(line.run({"audit", "export", "--format", "cloudtrail", "trail"}) == 0, line.err);
    CHECK(line.out == "4 events in 4 files below trail\n");
    const std::filesystem::path day = "trail/AWSLogs/111122223333/CloudTrail/eu-central-1/2023/11/15";
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(day)) names.push_back(file.path().filename());
    std::sort(names.begin(), names.end());
    REQUIRE(names.size() == 2);
    CHECK(names.front().starts_with("111122223333_CloudTrail_eu-central-1_20231115T0013Z_"));
    CHECK(names.front().ends_with(".json.gz"));
    CHECK(names.front().size() ==
          std::string("111122223333_CloudTrail_eu-central-1_20231115T0013Z_.json.gz").size() + 16);
    CHECK(refuses(line, {"audit", "export", "--format", "cloudtrail"}, 2, "name a directory"));
    CHECK(refuses(line, {"audit", "export", "--format", "cloudtrail", "a", "-o", "b"}, 2, "not both"));
    CHECK(refuses(line, {"audit", "export", "--output", "json"}, 2, "--format says in which form"));
  }

  TEST_CASE("a log that was pruned is exported from its oldest event on, and verifies as a part") {
    ExportLine exported(700);
    CommandLine& line = exported.line;
    REQUIRE(line.run({"audit", "prune", "--before", "2023-11-30", "--yes"}) == 0);
    REQUIRE_MESSAGE(line.run({"audit", "export"}) == 0, line.err);
    CHECK(exported.events(line.out).front() == exported.stored().at(256));
    Folder::write("rest.jsonl", line.out);
    const std::vector<std::string> verify{"audit", "verify-export", "rest.jsonl", "--public-key", std::string(kKey)};
    CHECK(refuses(line, verify, 6, "the file has the entries 256 to "));
    auto partial = verify;
    partial.emplace_back("--partial");
    CHECK(line.run(partial) == 0);
  }

  TEST_CASE("who may not read the trail exports nothing") {
    ExportLine exported(3);
    exported.line.world.authorizer.denied = {"kmsctl:ListAuditEvents"};
    CHECK(refuses(exported.line, {"audit", "export", "-o", "log.jsonl"}, 4, "kmsctl:ListAuditEvents"));
    CHECK(!Folder::has("log.jsonl"));
  }
}
