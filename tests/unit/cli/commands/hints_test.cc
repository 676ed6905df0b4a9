// What a refusal is followed by.
#include "cli/commands/hints.h"

#include <doctest/doctest.h>

#include "tests/unit/cli/commands/command_line.h"

using kms::cli::place_of_json_error;
using kms::test::CommandLine;

namespace {

bool tells(CommandLine& line, std::vector<std::string> words, int status, std::string_view hint) {
  CHECK(line.run(std::move(words)) == status);
  CAPTURE(line.err);
  return line.err.find(std::string("kmsctl: hint: ").append(hint)) != std::string::npos;
}

}  // namespace

TEST_SUITE("cli/hints") {
  TEST_CASE("a key that is not found is an alias without its prefix, or one where none is taken") {
    CommandLine line;
    CHECK(line.run({"create-key", "--alias", "alias/app"}) == 0);
    CHECK(tells(line, {"describe-key", "-k", "app"}, 3, "an alias is written alias/app"));
    CHECK(tells(line, {"disable-key", "--key-id", "alias/app"}, 3,
                "DisableKey takes no alias, as with AWS: kmsctl describe-key -k alias/app"));
    CHECK(line.run({"describe-key", "-k", std::string(kms::testing::kAbsentKeyId)}) == 3);
    CHECK(line.err.find("hint") == std::string::npos);
  }

  TEST_CASE("a key that does not rotate is replaced") {
    CommandLine line;
    CHECK(line.run({"create-key", "--key-spec", "ECC_NIST_P256", "--key-usage", "SIGN_VERIFY", "--alias",
                    "alias/rel"}) == 0);
    for (const char* option : {"--status", "--history", "--enable"}) {
      CHECK(tells(line, {"rotate", "-k", "alias/rel", option}, 13,
                  "only symmetric keys made here rotate; kmsctl rotate"));
    }
    CHECK(tells(line, {"rotate", "-k", "alias/rel"}, 13, "only symmetric keys made here rotate; kmsctl rotate"));
  }

  TEST_CASE("a policy that is no JSON says where, and how a file is named") {
    CommandLine line;
    CHECK(tells(line, {"create-key", "--policy", "policy.json"}, 2, "the text of a file is named file://policy.json"));
    CHECK(tells(line, {"create-key", "--policy", "{\"a\":\n  ,}"}, 2, "the text is no JSON from line 2, column 3 on"));
  }

  TEST_CASE("a key in a state that stops it is shown the way out") {
    CommandLine line;
    const std::string key = line.world.create_key();
    CHECK(line.run({"disable-key", "--key-id", key}) == 0);
    CHECK(tells(line, {"kms", "generate-data-key", "--key-id", key, "--key-spec", "AES_256"}, 5,
                "kmsctl describe-key -k arn:aws:kms:"));
    CHECK(line.err.find("kmsctl enable-key") != std::string::npos);
    CHECK(line.run({"schedule-key-deletion", "--key-id", key}) == 0);
    CHECK(tells(line, {"kms", "enable-key", "--key-id", key}, 5, "kmsctl describe-key -k arn:aws:kms:"));
    CHECK(line.err.find("kmsctl cancel-deletion") != std::string::npos);
  }

  TEST_CASE("the place of an error in JSON is that of the first byte that does not fit") {
    CHECK(place_of_json_error("{}").empty());
    CHECK(place_of_json_error("{,}") == "line 1, column 2");
    CHECK(place_of_json_error("{\n\n  x") == "line 3, column 3");
    CHECK(place_of_json_error("") == "line 1, column 1");
    CHECK(place_of_json_error("{\"a\":1") == "line 1, column 7");
  }
}
