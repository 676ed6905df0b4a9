// The end of the trail, and what comes after it.
#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/audit/event.h"
#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"

using kms::cat;
using kms::Json;
using kms::test::CommandLine;
using kms::test::refuses;

namespace {

using TailLines = std::vector<std::string>;

// A key that was made, named alias/app, disabled by its alias's key and enabled; user/x was refused.
struct TailedTrail : CommandLine {
  TailedTrail() : key(world.create_key()) {
    world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}});
    world.call("DescribeKey", {{"KeyId", "alias/app"}});
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    world.call("DisableKey", {{"KeyId", key}});
    world.caller.principal = "arn:aws:iam::111122223333:root";
  }
  TailLines lines(const TailLines& words) {
    REQUIRE_MESSAGE(run(words) == 0, err);
    return printed();
  }
  TailLines printed() const {
    TailLines found;
    for (const std::string_view text : kms::split(std::string_view(out), '\n')) found.emplace_back(text);
    if (!found.empty()) found.pop_back();
    return found;
  }

  std::string key;
};

}  // namespace

TEST_SUITE("cli/audit tail") {
  TEST_CASE("each event is a line: number, time, who, what, alias or key, and the result") {
    TailedTrail line;
    const std::string id = line.key.substr(line.key.find('/') + 1);
    CHECK(line.lines({"audit", "tail", "-n", "2"}) ==
          TailLines{cat("     2  2023-11-14 22:13:20  root          DescribeKey         alias/app",
                        std::string(29, ' '), "ok"),
                    cat("     3  2023-11-14 22:13:20  user/x        DisableKey          ", id, "  AccessDenied")});
    line.columns = 80;
    CHECK(line.lines({"audit", "tail", "-n", "3"}).at(1) ==
          cat("     3  2023-11-14 22:13:20  user/x        DisableKey          ", id.substr(0, 15), "…  AccessDenied"));
  }

  TEST_CASE("the newest ten are shown where nobody says how many, and all where there are fewer") {
    TailedTrail line;
    CHECK(line.lines({"audit", "tail"}).size() == 4);
    for (int i = 0; i < 20; ++i) line.world.call("ListKeys", Json::object());
    CHECK(line.lines({"audit", "tail"}).size() == 10);
    CHECK(line.lines({"audit", "tail", "-n", "0"}).empty());
    CHECK(line.lines({"audit", "tail", "-n", "1000"}).size() == 27);
    CHECK(refuses(line, {"audit", "tail", "-n", "-1"}, 2, "--lines '-1'"));
  }

  TEST_CASE("--output jsonl has the events as they are stored; no other form is there") {
    TailedTrail line;
    const TailLines shown = line.lines({"audit", "tail", "-n", "1", "--output", "jsonl"});
    CHECK(shown == TailLines{line.world.store.records.logs.at(kms::audit_log(line.world.caller.home)).at(3)});
    CHECK(refuses(line, {"audit", "tail", "--output", "json"}, 2, "jsonl"));
    CHECK(refuses(line, {"audit", "tail", "--query", "Events"}, 2, "this prints lines"));
  }

  TEST_CASE("-f goes on with what comes, once each and in order, until nobody reads on") {
    TailedTrail line;
    int turns = 0;
    line.terminal.while_paused = [&] {
      line.world.caller.principal = "arn:aws:iam::111122223333:user/x";
      line.world.call("GetKeyPolicy", {{"KeyId", line.key}});
      if (turns == 2) {
        for (int i = 0; i < 1500; ++i) line.world.call("ListKeys", Json::object());
      }
      line.world.caller.principal = "arn:aws:iam::111122223333:root";
      return ++turns < 5;
    };
    CHECK(line.run({"audit", "tail", "-n", "1", "-f", "--output", "jsonl"}) != 0);
    std::vector<std::string> names;
    int lists = 0;
    const TailLines shown = line.printed();
    for (const std::string& text : shown) {
      const std::string name = Json::parse(text).at("eventName");
      if (name == "ListKeys") ++lists;
      if (name != "ListKeys") names.push_back(name);
    }
    CHECK(names ==
          TailLines{"DisableKey", "ListAuditEvents", "GetKeyPolicy", "GetKeyPolicy", "GetKeyPolicy", "GetKeyPolicy"});
    CHECK(lists == 1500);
    CHECK(line.err.find("nobody reads standard output any more") != std::string::npos);
  }

  TEST_CASE("who follows a quiet trail leaves two events in it, and not one more each second") {
    TailedTrail line;
    const auto count = [&] { return line.world.audited().size(); };
    const std::size_t before = count();
    int turns = 0;
    line.terminal.while_paused = [&] { return ++turns < 50; };
    line.run({"audit", "tail", "-f"});
    CHECK(count() == before + 2);  // the look that it begins with, and the one that finds that
  }

  TEST_CASE("questions of those who follow are no news, nor do they push what is news out of sight") {
    TailedTrail line;
    int turns = 0;
    line.terminal.while_paused = [&] { return ++turns < 50; };
    line.run({"audit", "tail", "-n", "1", "-f"});
    const TailLines shown = line.lines({"audit", "tail", "-n", "2"});
    CHECK(shown.at(0).find("DisableKey") != std::string::npos);
    CHECK(shown.at(1).find("ListAuditEvents") != std::string::npos);
    CHECK(shown.size() == 2);
  }
}
