// The Regions of a vault, and what of AWS KMS there is.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::refuses;

TEST_SUITE("cli/region commands") {
  TEST_CASE("a Region that is added has keys of its own, and is not the one that is meant") {
    CommandLine line;
    line.json({"create-key", "--alias", "app"});
    CHECK(line.run({"region", "add", "eu-west-1"}) == 0);
    CHECK(line.out.empty());
    CHECK(line.json({"region", "list"}) ==
          Json::parse(
              R"({"Regions":[{"Region":"eu-central-1","Default":true},{"Region":"eu-west-1","Default":false}]})"));
    CHECK(line.json({"--region", "eu-west-1", "keys"}).at("Keys").empty());
    CHECK(line.json({"--region", "eu-west-1", "create-key", "--alias", "app"})
              .at("KeyMetadata")
              .at("Arn")
              .get<std::string>()
              .starts_with("arn:aws:kms:eu-west-1:111122223333:key/"));
  }

  TEST_CASE("a person sees the Regions in a table that says which one is meant") {
    CommandLine line;
    CHECK(line.run({"region", "add", "eu-west-1"}) == 0);
    line.columns = 80;
    CHECK(line.run({"region", "list"}) == 0);
    CHECK(line.out ==
          "REGION        MEANT WHERE NONE IS NAMED\n"
          "------------  -------------------------\n"
          "eu-central-1  yes\n"
          "eu-west-1     -\n");
    CHECK(line.run({"region", "list", "--query", "Regions[].Region", "--output", "text"}) == 0);
    CHECK(line.out == "eu-central-1\teu-west-1\n");
  }

  TEST_CASE("a Region that is there, that is none, and that nobody names is not added") {
    CommandLine line;
    CHECK(refuses(line, {"region", "add", "eu-central-1"}, 10, "Region eu-central-1 is part of this vault already"));
    CHECK(refuses(line, {"region", "add", "Frankfurt"}, 2, "'Frankfurt'"));
    CHECK(refuses(line, {"region", "add"}, 2, "required: name (see kmsctl region add --help)"));
    line.world.authorizer.denied = {"kmsctl:AddRegion"};
    CHECK(refuses(line, {"region", "add", "eu-west-1"}, 4, "kmsctl:AddRegion"));
  }

  TEST_CASE("who asks a Region that is not part of the vault is told how it is added") {
    CommandLine line;
    CHECK(refuses(line, {"--region", "eu-west-1", "create-key"}, 3, "add it with: kmsctl region add eu-west-1"));
  }

  TEST_CASE("the operations of AWS KMS are listed by name and counted") {
    CommandLine line;
    CHECK(line.run({"api", "coverage"}) == 0);
    const auto lines = std::count(line.out.begin(), line.out.end(), '\n');
    CHECK(line.out.starts_with("CancelKeyDeletion\n"));
    CHECK(line.out.ends_with("\n" + std::to_string(lines - 1) + " operations\n"));
    CHECK(line.out.find("\nEncrypt\n") != std::string::npos);
    CHECK(line.out.find("\nAddRegion\n") == std::string::npos);
    CHECK(line.requests.empty());
  }

  TEST_CASE("a program gets the same names as an answer, and selects of it") {
    CommandLine line;
    CHECK(line.run({"api", "coverage"}) == 0);
    const std::string text = line.out;
    std::string names;
    const Json answer = line.json({"api", "coverage", "--output", "json"});
    for (const Json& name : answer.at("Operations")) {
      names += name.get<std::string>() + "\n";
    }
    CHECK(text == names + std::to_string(answer.at("Operations").size()) + " operations\n");
    CHECK(line.run({"api", "coverage", "--query", "Operations[0]", "--output", "text"}) == 0);
    CHECK(line.out == "CancelKeyDeletion\n");
    CHECK(line.json({"api", "coverage", "--query", "length(Operations)"}) == answer.at("Operations").size());
    CHECK(refuses(line, {"api", "coverage", "--query", "Operations["}, 2, "--query"));
  }
}
