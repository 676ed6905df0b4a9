// The audit trail, as a program and as a person reads it.
#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/audit/event.h"
#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::refuses;

namespace {

// A key alias/app that was disabled and enabled thrice, a minute each, and that user/x was refused.
struct Trail : CommandLine {
  Trail() : key(world.create_key()) {
    world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}});
    for (int i = 0; i < 3; ++i) {
      for (const char* operation : {"DisableKey", "EnableKey"}) {
        world.clock.advance(std::chrono::minutes(1));
        world.call(operation, {{"KeyId", key}});
      }
    }
    const auto owner = world.caller;
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    world.clock.advance(std::chrono::minutes(1));
    world.call("DisableKey", {{"KeyId", key}});
    world.caller = owner;
  }
  // A list without the calls that list.
  static std::vector<std::string> words(std::vector<std::string> more) {
    more.insert(more.begin(), {"audit", "list", "--event-name", "DisableKey"});
    return more;
  }
  Json list(std::vector<std::string> more) { return json(words(std::move(more))); }
  std::vector<std::string> times(std::vector<std::string> more) {
    std::vector<std::string> found;
    const Json answer = list(std::move(more));
    for (const Json& event : answer.at("Events")) {
      found.push_back(event.at("eventTime").get<std::string>().substr(11));
    }
    return found;
  }

  std::vector<std::string> stored() { return world.store.records.logs.at(kms::audit_log(world.caller.home)); }

  std::string key;
};

using AuditTexts = std::vector<std::string>;

}  // namespace

TEST_SUITE("cli/audit commands") {
  TEST_CASE("events come as CloudTrail has them, the newest last") {
    Trail line;
    CHECK(line.times({}) == AuditTexts{"22:14:20Z", "22:16:20Z", "22:18:20Z", "22:20:20Z"});
    const Json refused = line.list({}).at("Events").back();
    CHECK(refused.at("errorCode") == "AccessDeniedException");
    CHECK(refused.at("userIdentity").at("arn") == "arn:aws:iam::111122223333:user/x");
    CHECK(refused.at("requestParameters").at("keyId") == line.key);
  }

  TEST_CASE("events are found by key, by principal and by time") {
    Trail line;
    line.world.call("DisableKey", {{"KeyId", line.world.create_key()}});
    CHECK(line.times({}).size() == 5);
    CHECK(line.times({"-k", "alias/app"}).size() == 4);
    CHECK(line.times({"--principal", "user/x"}) == AuditTexts{"22:20:20Z"});
    CHECK(line.times({"--start-time", "2023-11-14T22:16:20Z", "--end-time", "2023-11-14T22:18:20Z"}) ==
          AuditTexts{"22:16:20Z"});
    CHECK(line.run({"audit", "list", "--query", "Events[-1].eventName", "--output", "text"}) == 0);
    CHECK(line.out == "ListAuditEvents\n");
  }

  TEST_CASE("shorter names of filters mean the same, and times may be said back from now") {
    Trail line;
    CHECK(line.times({"--key", "alias/app"}).size() == 4);
    CHECK(line.json({"audit", "list", "--event", "EnableKey"}).at("Events").size() == 3);
    CHECK(line.times({"--since", "2m"}) == AuditTexts{"22:18:20Z", "22:20:20Z"});
    CHECK(line.times({"--since", "2m", "--until", "60s"}) == AuditTexts{"22:18:20Z"});
    CHECK(line.times({"--until", "1h"}).empty());
    CHECK(line.times({"--since", "7d"}).size() == 4);
    CHECK(line.times({"--since", "2023-11-14T22:20:20Z"}) == AuditTexts{"22:20:20Z"});
    CHECK(refuses(line, Trail::words({"--since", "2x"}), 2, "'2x' is no time"));
    CHECK(refuses(line, Trail::words({"--since", "2m", "--start-time", "3m"}), 2, "--start-time"));
  }

  TEST_CASE("events are found by how they ended, and by whether they could change something") {
    Trail line;
    line.run({"describe-key", "--key-id", "alias/none"});
    CHECK(line.times({"--errors"}) == AuditTexts{"22:20:20Z"});
    CHECK(line.times({"--denied"}) == AuditTexts{"22:20:20Z"});
    CHECK(line.times({"--no-errors"}).size() == 3);
    CHECK(line.json({"audit", "list", "--errors"}).at("Events").size() == 2);
    CHECK(line.json({"audit", "list", "--errors", "--no-denied"}).at("Events").size() == 1);
    CHECK(line.times({"--read-only", "true"}).empty());
    CHECK(line.times({"--read-only", "false"}).size() == 4);
    CHECK(refuses(line, Trail::words({"--denied", "--no-errors"}), 2, "what was denied is an error"));
    CHECK(refuses(line, Trail::words({"--read-only", "yes"}), 2, "true"));
  }

  TEST_CASE("a name that no event can have is refused, with one that may be meant") {
    Trail line;
    const auto list = [](const char* name) { return AuditTexts{"audit", "list", "--event", name}; };
    CHECK(refuses(line, list("Decript"), 2, "--event 'Decript': no event has this name, did you mean 'Decrypt'?"));
    CHECK(refuses(line, list("rotatekey"), 2, "did you mean 'RotateKey'?"));
    CHECK(refuses(line, list("SomethingElse"), 2, "most are named as operations, Decrypt for one"));
    CHECK(line.requests.empty());
    for (const char* name : {"DeleteKey", "ClockWentBack", "CreateVault", "Unlock", "AssumeRole"}) {
      CHECK(line.run(list(name)) == 0);
    }
  }

  TEST_CASE("--output jsonl has each event on a line, to the byte as it is stored") {
    Trail line;
    CHECK(line.run(Trail::words({"--output", "jsonl"})) == 0);
    std::string expected;
    for (const std::string& text : line.stored()) {
      if (Json::parse(text).at("eventName") == "DisableKey") expected += text + "\n";
    }
    CHECK(line.out == expected);
    CHECK(line.run(Trail::words({"--output", "jsonl", "--max-items", "1"})) == 0);
    CHECK(line.out == expected.substr(expected.rfind('\n', expected.size() - 2) + 1));
    CHECK(line.err.starts_with("kmsctl: hint: older ones: --starting-token "));
    CHECK(refuses(line, Trail::words({"--output", "jsonl", "--query", "Events"}), 2, "give one"));
    CHECK(refuses(line, Trail::words({"--stored", "--wide"}), 2, "--wide is the table"));
  }

  TEST_CASE("JSON is that of the operation, members in the order in which the trail keeps them") {
    Trail line;
    for (const AuditTexts& more : {AuditTexts{}, AuditTexts{"--max-items", "2"}, AuditTexts{"--limit", "2"},
                                   AuditTexts{"--start-time", "2030-01-01"}}) {
      AuditTexts parsed = more;
      parsed.emplace_back("--no-stored");
      CHECK(line.list(more) == line.list(parsed));
      const nlohmann::ordered_json kept = nlohmann::ordered_json::parse(line.out);
      CHECK(line.run(Trail::words(more)) == 0);
      CHECK(line.out == nlohmann::ordered_json::parse(line.out).dump(4) + "\n");
      CHECK(nlohmann::ordered_json::parse(line.out).size() == kept.size());
    }
    CHECK(line.run(Trail::words({})) == 0);
    CHECK(line.out.starts_with("{\n    \"Events\": [\n        {\n            \"eventVersion\": \"1.11\",\n"));
  }

  TEST_CASE("--first-number lists from an event on, page by page to newer ones") {
    Trail line;
    const AuditTexts words{"audit", "list", "--first-number", "3", "--until", "2023-11-14T22:20:20Z"};
    AuditTexts paged = words;
    paged.insert(paged.end(), {"--page-size", "2"});
    const Json all = line.json(words);
    CHECK(all.at("Events").front() == Json::parse(line.stored().at(3)));
    CHECK(all.at("Events").size() == 5);
    CHECK(line.json(paged) == all);
  }

  TEST_CASE("--max-items stops after the newest, and NextToken goes on to older ones") {
    Trail line;
    CHECK(line.times({"--max-items", "3"}) == AuditTexts{"22:16:20Z", "22:18:20Z", "22:20:20Z"});
    const std::string token = line.list({"--max-items", "3"}).at("NextToken");
    CHECK(line.times({"--starting-token", token}) == AuditTexts{"22:14:20Z"});
    CHECK_FALSE(line.list({"--starting-token", token}).contains("NextToken"));
    CHECK(line.times({"--page-size", "1"}) == AuditTexts{"22:14:20Z", "22:16:20Z", "22:18:20Z", "22:20:20Z"});
    CHECK(line.requests.size() >= 4);
  }

  TEST_CASE("--limit and --no-paginate answer a single page, as the operation does") {
    Trail line;
    const Json page = line.list({"--limit", "1"});
    CHECK(page.at("Events").size() == 1);
    CHECK(page.at("Truncated") == true);
    CHECK(line.times({"--limit", "1", "--marker", page.at("NextMarker").get<std::string>()}) ==
          AuditTexts{"22:18:20Z"});
    CHECK(line.list({"--no-paginate"}).at("Truncated") == false);
  }

  TEST_CASE("a token, a time or a number that is none is refused, and so is a key that is not there") {
    Trail line;
    CHECK(refuses(line, Trail::words({"--starting-token", "x"}), 2, "not one that ListAuditEvents answered"));
    CHECK(refuses(line, Trail::words({"--max-items", "0"}), 2, "--max-items '0': a number from 1 to"));
    CHECK(refuses(line, Trail::words({"--start-time", "yesterday"}), 2, "'yesterday' is no time: give 2026-01-31"));
    CHECK(refuses(line, Trail::words({"-k", "alias/none"}), 3, "hint: kmsctl keys lists keys and their aliases"));
    line.world.authorizer.denied = {"kmsctl:ListAuditEvents"};
    CHECK(refuses(line, Trail::words({}), 4, "--action kmsctl:ListAuditEvents"));
  }

  TEST_CASE("--output table has a line for each event, and --query selects of events as they are") {
    Trail line;
    CHECK(line.run(Trail::words({"--output", "table"})) == 0);
    const std::string row = line.out.substr(line.out.rfind("||  DisableKey"));
    for (const std::string& word : AuditTexts{"DisableKey", "arn:aws:iam::111122223333:user/x", line.key,
                                              "AccessDeniedException", "2023-11-14T22:20:20Z"}) {
      CAPTURE(word);
      CHECK(row.substr(0, row.find('\n')).find(word) != std::string::npos);
    }
    CHECK(line.out.find("requestParameters") == std::string::npos);
    CHECK(line.run(Trail::words({"--query", "Events[].eventTime", "--output", "table"})) == 0);
    CHECK(line.out.find("|  2023-11-14T22:20:20Z  |") != std::string::npos);
  }

  TEST_CASE("a person sees who did what to which key, and what became of it") {
    Trail line;
    line.columns = 120;
    CHECK(line.run(Trail::words({"--start-time", "2023-11-14T22:18:20Z"})) == 0);
    const std::string id = line.key.substr(line.key.find('/') + 1);
    CHECK(line.out == kms::cat("TIME                 WHO     EVENT       RESULT        RESOURCE\n"
                               "-------------------  ------  ----------  ------------  "
                               "------------------------------------\n"
                               "2023-11-14 22:18:20  root    DisableKey  ok            ",
                               id, "\n2023-11-14 22:20:20  user/x  DisableKey  AccessDenied  ", id, "\n"));
    CHECK(line.err.empty());
    line.columns = 0;
    CHECK(line.run(Trail::words({"--wide"})) == 0);
    CHECK(line.out.starts_with("TIME  "));
    CHECK(refuses(line, Trail::words({"--wide", "--output", "json"}), 2, "--wide is the table for people"));
  }

  TEST_CASE("a person is told how to see older events, however the list was cut") {
    Trail line;
    line.columns = 120;
    for (const char* option : {"--max-items", "--limit"}) {
      CHECK(line.run(Trail::words({option, "3"})) == 0);
      constexpr std::string_view kHint = "kmsctl: hint: older ones: --starting-token ";
      REQUIRE(line.err.starts_with(kHint));
      const std::string token = line.err.substr(kHint.size(), line.err.size() - kHint.size() - 1);
      CHECK(line.run(Trail::words({option, "3", "--starting-token", token})) == 0);
      CHECK(line.out.find("22:14:20") != std::string::npos);
      CHECK(line.out.find("22:16:20") == std::string::npos);
      CHECK(line.err.empty());
    }
  }
}
