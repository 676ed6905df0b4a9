// Keys that are made, and public keys that are shown.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::refuses;

namespace {

std::size_t keys_made(CommandLine& line) {
  return line.world.call("ListKeys", Json::object()).at("Keys").size();
}

// With a key alias/release that signs.
struct Signing : CommandLine {
  Signing() { json({"create-key", "--alias", "release", "--key-spec", "ECC_NIST_P256", "--key-usage", "SIGN_VERIFY"}); }
  bool shows(std::vector<std::string> options, std::string_view text) {
    options.insert(options.begin(), {"get-public-key", "-k", "alias/release"});
    return run(std::move(options)) == 0 && out.find(text) != std::string::npos;
  }
};

}  // namespace

TEST_SUITE("cli/key commands") {
  TEST_CASE("a key is made as the options say, and its alias leads to it") {
    CommandLine line;
    const Json made = line.json({"create-key", "--alias", "app", "--description", "Secrets of the app", "--tags",
                                 "TagKey=team,TagValue=web", "--multi-region"})
                          .at("KeyMetadata");
    CHECK(made.at("Description") == "Secrets of the app");
    CHECK(made.at("MultiRegion") == true);
    CHECK(line.json({"describe-key", "-k", "alias/app"}).at("KeyMetadata").at("Arn") == made.at("Arn"));
    CHECK(line.json({"tag", "list", "-k", "alias/app"}).at("Tags") == Json{{{"TagKey", "team"}, {"TagValue", "web"}}});
  }

  TEST_CASE("without an alias nothing is asked but for the key") {
    CommandLine line;
    CHECK(line.run({"create-key", "--query", "KeyMetadata.KeyState", "--output", "text"}) == 0);
    CHECK(line.out == "Enabled\n");
    CHECK(line.requests.size() == 1);
  }

  TEST_CASE("no key is made that could not have the alias") {
    CommandLine line;
    line.json({"create-key", "--alias", "app"});
    CHECK(refuses(line, {"create-key", "--alias", "alias/app"}, 10, "An alias with the name alias/app already exists"));
    CHECK(refuses(line, {"create-key", "--alias", "aws/x"}, 2, "reserved prefix \"alias/aws/\""));
    CHECK(refuses(line, {"create-key", "--alias", "a b"}, 2, "alias/a b contains invalid characters"));
    CHECK(refuses(line, {"create-key", "--alias", std::string(251, 'a')}, 2, "--alias: no more than 256 characters"));
    CHECK(refuses(line, {"create-key", "--alias", ""}, 2, "--alias: the value is empty"));
    line.world.authorizer.denied = {"kms:ListAliases"};
    CHECK(refuses(line, {"create-key", "--alias", "other"}, 4, "kms:ListAliases"));
    CHECK(keys_made(line) == 1);
    line.world.authorizer.denied.clear();
    CHECK(line.run({"create-key", "--alias", std::string(250, 'a')}) == 0);
  }

  TEST_CASE("a name is taken by any of the aliases, on whichever page of the list it stands") {
    CommandLine line;
    std::string key;
    for (int i = 0; i < 120; ++i) {
      if (i % 40 == 0) key = line.world.create_key();  // has 50 aliases at most
      line.world.call("CreateAlias", {{"AliasName", kms::cat("alias/n", std::to_string(i))}, {"TargetKeyId", key}});
    }
    CHECK(refuses(line, {"create-key", "--alias", "n0"}, 10, "alias/n0 already exists"));
    CHECK(refuses(line, {"create-key", "--alias", "n119"}, 10, "alias/n119 already exists"));
  }

  TEST_CASE("of a key whose alias is refused it is said that it was made, and how it gets the name") {
    CommandLine line;
    line.world.authorizer.denied = {"kms:CreateAlias"};
    CHECK(line.run({"create-key", "--alias", "app"}) == 4);
    CHECK(line.out.empty());
    const std::string key = line.world.call("ListKeys", Json::object()).at("Keys").at(0).at("KeyArn");
    CHECK(line.err.find(kms::cat("the key ", key, " was made, but not its alias: ")) != std::string::npos);
    CHECK(line.err.find(kms::cat("hint: kmsctl alias create alias/app -k ", key)) != std::string::npos);
  }

  TEST_CASE("a sample of a request is printed, and no key made") {
    CommandLine line;
    CHECK(line.json({"create-key", "--alias", "app", "--generate-cli-skeleton"}).contains("KeySpec"));
    CHECK(line.requests.empty());
  }

  TEST_CASE("a public key is shown as PEM or as the operation answers it, under the options of each") {
    Signing line;
    CHECK(line.shows({"--output", "pem"}, "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"));
    CHECK(line.out.ends_with("\n-----END PUBLIC KEY-----\n"));
    CHECK(line.shows({}, "\"PublicKey\": \"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"));
    CHECK(line.shows({"--output", "yaml"}, "KeySpec: ECC_NIST_P256\n"));
    CHECK(line.shows({"--output", "text", "--query", "KeyUsage"}, "SIGN_VERIFY\n"));
  }

  TEST_CASE("of a PEM nothing can be selected, and no other form is known") {
    Signing line;
    CHECK(refuses(line, {"get-public-key", "-k", "alias/release", "--output", "pem", "--query", "KeySpec"}, 2,
                  "--query selects of an answer, --output pem is the key alone: give one"));
    CHECK(refuses(line, {"get-public-key", "-k", "alias/release", "--output", "der"}, 2, "--output 'der': one of"));
    CHECK(line.requests.empty());
  }

  TEST_CASE("a key that has no public key, and none at all, are refused") {
    Signing line;
    const std::string secret = line.world.create_key();
    CHECK(refuses(line, {"get-public-key", "-k", secret, "--output", "pem"}, 13,
                  "key spec is SYMMETRIC_DEFAULT which has no public key"));
    CHECK(refuses(line, {"get-public-key"}, 2, "required: --key-id"));
    CHECK(refuses(line, {"get-public-key", "-k", "release"}, 3, "hint: an alias is written alias/release"));
  }
}
