// Rows: operations under other names, and what their words become.
#include "cli/commands/operation_command.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ops/kms/aliases.h"
#include "core/ops/kms/deletion.h"
#include "core/ops/kms/encrypt.h"
#include "core/ops/kms/keys.h"
#include "core/ops/kms/policies.h"
#include "core/ops/kms/tags.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"

using kms::Json;
using kms::cli::OptionRow;
using kms::cli::Reading;
using kms::cli::Shows;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;

namespace {

constexpr OptionRow kKeyRow{"-k,--key-id", "KeyId", Reading::kKey};

// The command `do`.
template <auto kHandler>
kms::cli::Command row_of_test(std::vector<OptionRow> options, Shows shows = Shows::kAnswer) {
  return kms::cli::operation_command<kHandler>({"do", "Do it", "Keys", std::move(options), shows});
}

// A command line that has that command alone, and a key alias/app.
struct RowLine : CommandLine {
  explicit RowLine(kms::cli::Command command) : key(world.create_key()) {
    world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}});
    commands = {std::move(command)};
  }
  // What the words make of the last request.
  Json asked(std::vector<std::string> words, std::string_view input = {}) {
    words.insert(words.begin(), "do");
    run(std::move(words), input);
    return requests.empty() ? Json(err) : requests.back().at("Request");
  }

  std::string key;
};

}  // namespace

TEST_SUITE("cli/operation command") {
  TEST_CASE("what the operation requires has to be given, and what was not given is not asked for") {
    RowLine line(row_of_test<kms::tag_resource>({kKeyRow, {"tag", "Tags", Reading::kTags}}));
    CHECK(refuses(line, {"do", "a=b"}, 2, "required: --key-id (see kmsctl do --help)"));
    CHECK(refuses(line, {"do", "-k", "alias/app"}, 2, "required: tag"));
    CHECK(line.requests.empty());
    RowLine list(row_of_test<kms::list_aliases>({kKeyRow}));
    CHECK(list.asked({}).contains("KeyId") == false);
    CHECK(list.asked({"-k", list.key}).at("KeyId") == list.key);
  }

  TEST_CASE("an operation that takes no alias is asked for the key that the alias means") {
    RowLine line(row_of_test<kms::disable_key>({kKeyRow}));
    CHECK(line.asked({"-k", "alias/app"}) == Json{{"KeyId", line.key}});
    CHECK(line.requests.size() == 2);
    CHECK(line.asked({"-k", "arn:aws:kms:eu-central-1:111122223333:alias/app"}) == Json{{"KeyId", line.key}});
    CHECK(line.asked({"-k", line.key}) == Json{{"KeyId", line.key}});
    CHECK(line.requests.size() == 1);
    CHECK(refuses(line, {"do", "-k", "alias/none"}, 3, "alias/none is not found"));
    CHECK(line.requests.size() == 1);
  }

  TEST_CASE("an alias has its prefix added, unless it is there or an ARN has it") {
    RowLine line(row_of_test<kms::delete_alias>({{"alias", "AliasName", Reading::kAliasName}}));
    CHECK(line.asked({"web"}) == Json{{"AliasName", "alias/web"}});
    CHECK(line.asked({"alias/web"}) == Json{{"AliasName", "alias/web"}});
    CHECK(line.asked({"prod/web"}) == Json{{"AliasName", "alias/prod/web"}});
    CHECK(line.asked({"arn:aws:kms:eu-central-1:111122223333:alias/web"}) ==
          Json{{"AliasName", "arn:aws:kms:eu-central-1:111122223333:alias/web"}});
  }

  TEST_CASE("pairs become a map, or tags, and no key stands in them twice") {
    RowLine map(row_of_test<kms::encrypt>(
        {kKeyRow, {"--plaintext", "Plaintext"}, {"-c", "EncryptionContext", Reading::kPairs}}));
    CHECK(map.asked({"-k", map.key, "--plaintext", "AAEC", "-c", "a=1", "-c", "b=x=y"}).at("EncryptionContext") ==
          Json{{"a", "1"}, {"b", "x=y"}});
    CHECK(refuses(map, {"do", "-k", map.key, "--plaintext", "AAEC", "-c", "a=1", "-c", "a=2"}, 2,
                  "-c 'a=2': the key was given twice"));
    CHECK(map.requests.empty());
    RowLine tags(row_of_test<kms::tag_resource>({kKeyRow, {"tag", "Tags", Reading::kTags}}));
    CHECK(tags.asked({"-k", tags.key, "a=1", "b="}).at("Tags") ==
          Json::parse(R"([{"TagKey":"a","TagValue":"1"},{"TagKey":"b","TagValue":""}])"));
    CHECK(refuses(tags, {"do", "-k", tags.key, "a"}, 2, "tag 'a': a pair has the form KEY=VALUE"));
  }

  TEST_CASE("a file is sent as its text, - is standard input, and one too long for a policy is not read") {
    const Folder folder;
    Folder::write("policy.json", "{\"a\": 1}\n");
    Folder::write("long.json", std::string((1U << 20U) + 1, ' '));
    RowLine line(row_of_test<kms::put_key_policy>({kKeyRow, {"file", "Policy", Reading::kFile}}));
    CHECK(line.asked({"-k", line.key, "policy.json"}).at("Policy") == "{\"a\": 1}\n");
    CHECK(line.asked({"-k", line.key, "-"}, "{\"b\": 2}").at("Policy") == "{\"b\": 2}");
    CHECK(refuses(line, {"do", "-k", line.key, "none.json"}, 11, "none.json: No such file or directory"));
    CHECK(refuses(line, {"do", "-k", line.key, "long.json"}, 11, "long.json"));
    CHECK(line.requests.empty());
  }

  TEST_CASE("a number, a flag, a list and one of several names are read as the member has them") {
    RowLine number(row_of_test<kms::schedule_key_deletion>({kKeyRow, {"--days", "PendingWindowInDays"}}));
    CHECK(number.asked({"-k", number.key, "--days", "7"}).at("PendingWindowInDays") == 7);
    CHECK(refuses(number, {"do", "-k", number.key, "--days", "soon"}, 2, "--days 'soon': a number is wanted"));
    CHECK(number.requests.empty());
    RowLine key(row_of_test<kms::create_key>({{"--spec", "KeySpec"}, {"--many-regions", "MultiRegion"}}));
    CHECK(key.asked({"--many-regions", "--spec", "SYMMETRIC_DEFAULT"}) ==
          Json{{"KeySpec", "SYMMETRIC_DEFAULT"}, {"MultiRegion", true}});
    CHECK(refuses(key, {"do", "--spec", "RSA"}, 2, "--spec 'RSA': one of "));
    CHECK(key.requests.empty());
    RowLine list(row_of_test<kms::untag_resource>({kKeyRow, {"tag", "TagKeys"}}));
    CHECK(list.asked({"-k", list.key, "a", "b,c", "[d]"}).at("TagKeys") == Json{"a", "b,c", "[d]"});
  }

  TEST_CASE("an empty value is refused as that of a variable that is not set, unless the row says it is one") {
    RowLine line(row_of_test<kms::update_key_description>({kKeyRow, {.names = "text", .member = "Description"}}));
    CHECK(refuses(line, {"do", "-k", line.key, ""}, 2, "text: the value is empty"));
    RowLine empty(row_of_test<kms::update_key_description>(
        {kKeyRow, {.names = "text", .member = "Description", .may_be_empty = true}}));
    CHECK(empty.asked({"-k", empty.key, ""}).at("Description") == "");
  }

  TEST_CASE("an answer is shown as the options say, whole, and one without content not at all") {
    RowLine quiet(row_of_test<kms::enable_key>({kKeyRow}));
    CHECK(quiet.run({"do", "-k", quiet.key}) == 0);
    CHECK(quiet.out.empty());
    RowLine list(row_of_test<kms::list_aliases>({}));
    for (int i = 0; i < 120; ++i) {
      if (i % 40 == 0) list.key = list.world.create_key();  // has 50 aliases at most
      list.world.call("CreateAlias", {{"AliasName", "alias/n" + std::to_string(i)}, {"TargetKeyId", list.key}});
    }
    CHECK(list.json({"do"}).size() == 1);
    CHECK(list.json({"do"}).at("Aliases").size() == 121);
    CHECK(list.requests.size() == 2);
    CHECK(list.json({"do", "--query", "length(Aliases)"}) == 121);
  }

  TEST_CASE("of a policy the document is shown, indented") {
    RowLine line(row_of_test<kms::get_key_policy>({kKeyRow}, Shows::kPolicy));
    const Json policy = line.json({"do", "-k", "alias/app"});
    CHECK(policy.at("Version") == "2012-10-17");
    CHECK(line.out.starts_with("{\n  \""));
  }

  TEST_CASE("a row with a member that the operation has not is a mistake of the program") {
    RowLine line(row_of_test<kms::delete_alias>({{"alias", "Alias", Reading::kAliasName}}));
    CHECK_THROWS_AS(line.run({"do", "web"}), std::logic_error);
  }
}
