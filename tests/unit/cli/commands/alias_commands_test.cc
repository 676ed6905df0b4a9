// Names of keys, and their tags.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::refuses;

namespace {

std::string aliased_id(const std::string& arn) {
  return arn.substr(arn.find('/') + 1);
}

// Alias to the id of its key.
Json aliases_of(CommandLine& line) {
  Json named = Json::object();
  const Json listed = line.json({"alias", "list"});
  for (const Json& each : listed.at("Aliases")) {
    named[each.at("AliasName").get<std::string>()] = each.at("TargetKeyId");
  }
  return named;
}

Json tags_of(CommandLine& line, const std::string& key) {
  Json tags = Json::object();
  const Json listed = line.json({"tag", "list", "-k", key});
  for (const Json& each : listed.at("Tags")) {
    tags[each.at("TagKey").get<std::string>()] = each.at("TagValue");
  }
  return tags;
}

}  // namespace

TEST_SUITE("cli/alias commands") {
  TEST_CASE("an alias is given, moved to another key and removed, with or without alias/ in front") {
    CommandLine line;
    const std::string one = line.world.create_key();
    const std::string two = line.world.create_key();
    CHECK(line.run({"alias", "create", "app", "-k", one}) == 0);
    CHECK(line.out.empty());
    CHECK(aliases_of(line) == Json{{"alias/app", aliased_id(one)}});
    CHECK(line.run({"alias", "update", "alias/app", "-k", aliased_id(two)}) == 0);
    CHECK(aliases_of(line) == Json{{"alias/app", aliased_id(two)}});
    CHECK(line.run({"alias", "delete", "app"}) == 0);
    CHECK(aliases_of(line).empty());
  }

  TEST_CASE("the key of an alias is named by another alias, although the operation takes none") {
    CommandLine line;
    const std::string key = line.world.create_key();
    CHECK(line.run({"alias", "create", "app", "-k", key}) == 0);
    CHECK(line.run({"alias", "create", "prod/web", "-k", "alias/app"}) == 0);
    CHECK(aliases_of(line) == Json{{"alias/app", aliased_id(key)}, {"alias/prod/web", aliased_id(key)}});
    CHECK(line.run({"alias", "update", "app", "-k", "alias/prod/web"}) == 0);
  }

  TEST_CASE("the aliases of one key are listed without those of others") {
    CommandLine line;
    CHECK(line.run({"create-key", "--alias", "app"}) == 0);
    CHECK(line.run({"create-key", "--alias", "other"}) == 0);
    CHECK(line.run({"alias", "list", "-k", "alias/app", "--query", "Aliases[].AliasName", "--output", "text"}) == 0);
    CHECK(line.out == "alias/app\n");
  }

  TEST_CASE("a name that is taken, reserved or none at all is refused") {
    CommandLine line;
    CHECK(line.run({"create-key", "--alias", "app"}) == 0);
    CHECK(refuses(line, {"alias", "create", "app", "-k", "alias/app"}, 10, "alias/app already exists"));
    CHECK(refuses(line, {"alias", "create", "aws/x", "-k", "alias/app"}, 2, "reserved prefix \"alias/aws/\""));
    CHECK(refuses(line, {"alias", "create", "a b", "-k", "alias/app"}, 2, "'alias/a b'"));
    CHECK(refuses(line, {"alias", "create", "", "-k", "alias/app"}, 2, "alias: the value is empty"));
    CHECK(refuses(line, {"alias", "create", "second"}, 2, "required: --key-id (see kmsctl alias create --help)"));
  }

  TEST_CASE("who names a key or an alias that is not there is told how it is written, or where to look") {
    CommandLine line;
    CHECK(line.run({"create-key", "--alias", "app"}) == 0);
    CHECK(refuses(line, {"alias", "create", "x", "-k", "app"}, 3, "hint: an alias is written alias/app"));
    CHECK(refuses(line, {"alias", "create", "x", "-k", "alias/none"}, 3, "hint: kmsctl keys lists keys"));
    CHECK(refuses(line, {"alias", "update", "none", "-k", "alias/app"}, 3, "hint: kmsctl keys lists keys"));
    CHECK(refuses(line, {"alias", "delete", "none"}, 3, "hint: kmsctl keys lists keys and their aliases"));
    CHECK(line.err.find("alias/none is not found") != std::string::npos);
    CHECK(refuses(line, {"kms", "create-alias", "--alias-name", "alias/x", "--target-key-id", "alias/app"}, 3,
                  "CreateAlias takes no alias, as with AWS: kmsctl describe-key -k alias/app"));
    const std::string going = line.world.create_key();
    line.world.call("ScheduleKeyDeletion", {{"KeyId", going}});
    CHECK(refuses(line, {"alias", "create", "x", "-k", going}, 5, kms::cat("hint: kmsctl describe-key -k ", going)));
  }

  TEST_CASE("who may not give names to keys is refused, and told what explains it") {
    CommandLine line;
    const std::string key = line.world.create_key();
    line.world.authorizer.denied = {"kms:CreateAlias"};
    CHECK(refuses(line, {"alias", "create", "app", "-k", key}, 4, "--action kms:CreateAlias"));
  }

  TEST_CASE("tags are added, changed by another value, and removed, several at once") {
    CommandLine line;
    CHECK(line.run({"create-key", "--alias", "app"}) == 0);
    CHECK(line.run({"tag", "add", "-k", "alias/app", "team=web", "stage=a=b", "note="}) == 0);
    CHECK(line.out.empty());
    CHECK(tags_of(line, "alias/app") == Json{{"team", "web"}, {"stage", "a=b"}, {"note", ""}});
    CHECK(line.run({"tag", "add", "-k", "alias/app", "team=db"}) == 0);
    CHECK(line.run({"tag", "remove", "-k", "alias/app", "stage", "note"}) == 0);
    CHECK(tags_of(line, "alias/app") == Json{{"team", "db"}});
  }

  TEST_CASE("of tags that are no pairs, come twice or are reserved none is added") {
    CommandLine line;
    CHECK(line.run({"create-key", "--alias", "app"}) == 0);
    const auto added = [&](std::vector<std::string> tags, std::string_view refusal) {
      tags.insert(tags.begin(), {"tag", "add", "-k", "alias/app"});
      return !refuses(line, tags, 2, refusal);
    };
    CHECK_FALSE(added({"team=web", "stage"}, "tag 'stage': a pair has the form KEY=VALUE"));
    CHECK_FALSE(added({"=web"}, "tag '=web': a pair has the form KEY=VALUE"));
    CHECK_FALSE(added({"team=web", "team=db"}, "tag 'team=db': the key was given twice"));
    CHECK_FALSE(added({"team=web", "aws:x=y"}, "Tags beginning with aws: are reserved"));
    CHECK_FALSE(added({}, "required: tag"));
    CHECK(refuses(line, {"tag", "remove", "-k", "alias/app"}, 2, "required: tag"));
  }

  TEST_CASE("a person sees tables, a pipe gets what the operation answers, and --wide is the table there") {
    CommandLine line;
    const std::string key = line.world.create_key();
    CHECK(line.run({"alias", "create", "app", "-k", key}) == 0);
    CHECK(line.run({"tag", "add", "-k", key, "team=web", "note="}) == 0);
    constexpr const char* kTags = "TAG   VALUE\n----  -----\nnote  -\nteam  web\n";
    CHECK(line.run({"tag", "list", "-k", key, "--wide"}) == 0);
    CHECK(line.out == kTags);
    CHECK(refuses(line, {"tag", "list", "-k", key, "--wide", "--query", "Tags"}, 2,
                  "--wide is the table for people, --output and --query are for programs: give one"));
    CHECK(refuses(line, {"alias", "list", "--wide", "--output", "json"}, 2, "--wide is the table for people"));
    line.columns = 100;
    CHECK(line.run({"tag", "list", "-k", key}) == 0);
    CHECK(line.out == kTags);
    CHECK(line.run({"alias", "list"}) == 0);
    CHECK(line.out == kms::cat("ALIAS      KEY                                   CREATED           GIVEN TO THE KEY\n"
                               "---------  ------------------------------------  ----------------  ----------------\n"
                               "alias/app  ",
                               aliased_id(key), "  2023-11-14 22:13  2023-11-14 22:13\n"));
  }
}
