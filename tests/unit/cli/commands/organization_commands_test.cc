// Accounts, the policies above them, and those of the agent's listeners.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/policy_texts.h"
#include "tests/unit/cli/folder.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::policy_text;
using kms::test::resource_policy_text;
using kms::test::speaks_of;

namespace {

constexpr const char* kOtherAccount = "444455556666";

const std::string& no_deletion() {
  static const std::string text = policy_text("Deny", "kms:ScheduleKeyDeletion");
  return text;
}

// As `account list` tells of it; null when it is not there.
Json account_listed(CommandLine& line, const std::string& id) {
  const Json all = line.json({"account", "list"});
  for (const Json& each : all.at("Accounts")) {
    if (each.at("AccountId") == id) return each;
  }
  return nullptr;
}

Json policies_at(CommandLine& line, const std::string& level, const char* kind) {
  const Json all = line.json({"org", "policy", "list", "--account", kOtherAccount});
  for (const Json& each : all.at("Levels")) {
    if (each.at("Level") == level) return each.at(kind);
  }
  return nullptr;
}

}  // namespace

TEST_SUITE("cli/organization commands") {
  TEST_CASE("an account is known with its name and place until it is removed") {
    CommandLine line;
    CHECK(line.run({"account", "add", kOtherAccount, "--name", "dev", "--unit", "work/dev"}) == 0);
    CHECK(account_listed(line, kOtherAccount) ==
          Json{{"AccountId", kOtherAccount}, {"AccountName", "dev"}, {"Unit", "work/dev"}});
    CHECK(line.run({"account", "list", "--wide"}) == 0);
    CHECK(speaks_of(line.out, "444455556666  dev   work/dev\n"));
    CHECK(line.run({"account", "add", kOtherAccount}) == 10);
    CHECK(line.run({"account", "remove", kOtherAccount}) == 0);
    CHECK(account_listed(line, kOtherAccount).is_null());
    CHECK(line.run({"account", "remove", kOtherAccount}) == 3);
    CHECK(speaks_of(line.err, "kmsctl account list shows the accounts"));
  }

  TEST_CASE("a move changes what was said and leaves the rest") {
    CommandLine line;
    line.world.call("CreateAccount", {{"AccountId", kOtherAccount}, {"AccountName", "dev"}, {"Unit", "work"}});
    CHECK(line.run({"account", "move", kOtherAccount, "--unit", "work/dev"}) == 0);
    CHECK(account_listed(line, kOtherAccount).at("AccountName") == "dev");
    CHECK(line.run({"account", "move", kOtherAccount, "--name", "test"}) == 0);
    CHECK(account_listed(line, kOtherAccount).at("Unit") == "work/dev");
    CHECK(line.run({"account", "move", kOtherAccount, "--unit", ""}) == 0);
    CHECK(account_listed(line, kOtherAccount) ==
          Json{{"AccountId", kOtherAccount}, {"AccountName", "test"}, {"Unit", ""}});
    CHECK(line.run({"account", "move", kOtherAccount}) == 2);
    CHECK(line.err.find("--name NAME, or --unit UNIT, or both") != std::string::npos);
    CHECK(line.run({"account", "move", "777788889999", "--name", "x"}) == 3);
  }

  TEST_CASE("what is no account id or no unit is refused") {
    CommandLine line;
    for (const char* id : {"44445555666", "4444555566667", "44445555666a"})
      CHECK(line.run({"account", "add", id}) == 2);
    CHECK(speaks_of(line.err, "AccountId has 12 digits"));
    CHECK(line.run({"account", "add", kOtherAccount, "--unit", "/work"}) == 2);
    CHECK(speaks_of(line.err, "'/work' is no unit: names with / between them, as workloads/prod"));
    CHECK(account_listed(line, kOtherAccount).is_null());
  }

  TEST_CASE("an account that has something, and the home of the vault, stay") {
    CommandLine line;
    line.world.call("CreateAccount", {{"AccountId", kOtherAccount}});
    line.world.call("CreatePrincipal", {{"Principal", "arn:aws:iam::444455556666:user/far"}});
    for (const char* id : {kOtherAccount, "111122223333"}) {
      CHECK(line.run({"account", "remove", id}) == 10);
      CHECK_FALSE(account_listed(line, id).is_null());
    }
  }

  TEST_CASE("a policy stands at its level under its name and kind until it is deleted") {
    const Folder folder;
    Folder::write("scp.json", no_deletion());
    CommandLine line;
    line.world.call("CreateAccount", {{"AccountId", kOtherAccount}, {"Unit", "work"}});
    CHECK(line.run({"org", "policy", "put", "root/work", "keep", "scp.json"}) == 0);
    CHECK(line.err.empty());
    const std::string everybody =
        R"({"Statement":{"Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*"}})";
    CHECK(line.run({"org", "policy", "put", "root/work", "keys", "-", "--type", "rcp"}, everybody) == 0);
    CHECK(policies_at(line, "root/work", "ServiceControlPolicies") == Json{"FullAWSAccess", "keep"});
    CHECK(policies_at(line, "root/work", "ResourceControlPolicies") == Json{"keys"});
    CHECK(line.json({"org", "policy", "get", "root/work", "keep"}) == Json::parse(no_deletion()));
    CHECK(line.json({"org", "policy", "get", "root/work", "keys", "--type", "rcp"}) == Json::parse(everybody));
    CHECK(line.run({"org", "policy", "list", "--account", kOtherAccount, "--wide"}) == 0);
    CHECK(speaks_of(line.out, "root/work     FullAWSAccess, keep  keys\n"));
    CHECK(line.run({"org", "policy", "delete", "root/work", "keep"}) == 0);
    CHECK(policies_at(line, "root/work", "ServiceControlPolicies") == Json{"FullAWSAccess"});
  }

  TEST_CASE("a policy of a level where no account stands is attached, and that is told") {
    CommandLine line;
    CHECK(line.run({"org", "policy", "put", "root/wrok", "keep", "-"}, no_deletion()) == 0);
    CHECK(speaks_of(line.err, "no account stands in root/wrok; `kmsctl account list` shows where they stand"));
    CHECK(line.run({"org", "policy", "put", "root", "keep", "-"}, no_deletion()) == 0);
    CHECK(line.err.empty());
  }

  TEST_CASE("a policy that is not there may be one of the other kind") {
    CommandLine line;
    for (const char* command : {"get", "delete"}) {
      CHECK(line.run({"org", "policy", command, "root", "keep"}) == 3);
      CHECK(speaks_of(line.err, "Level root has no policy named 'keep'."));
      CHECK(speaks_of(line.err, "kmsctl org policy list"));
      CHECK(speaks_of(line.err, "--type rcp"));
    }
  }

  TEST_CASE("a policy of the organization that would lock its author out is refused, as is what is none") {
    CommandLine line;
    const Json before = line.json({"org", "policy", "list"});
    CHECK(line.run({"org", "policy", "put", "root", "all", "-"}, policy_text("Deny", "*")) == 2);
    CHECK(speaks_of(line.err, "let it allow kmsctl:DeleteOrganizationPolicy"));
    CHECK(line.run({"org", "policy", "put", "roots", "keep", "-"}, no_deletion()) == 2);
    CHECK(speaks_of(line.err, "'roots' is no level: root, root/UNIT, or the 12 digits of an account"));
    CHECK(line.run({"org", "policy", "put", "root", "keep", "-"}, "no policy\n") == 2);
    CHECK(speaks_of(line.err, "the text is no JSON from line 1, column 2 on"));
    CHECK(line.run({"org", "policy", "put", "root", "keep", "-", "--type", "SCP"}, no_deletion()) == 2);
    CHECK(speaks_of(line.err, "'SCP': one of scp, rcp"));
    CHECK(line.json({"org", "policy", "list"}) == before);
  }

  TEST_CASE("a listener lets through what its policy says, and everything without one") {
    CommandLine line;
    const std::string narrow = resource_policy_text(R"("*")", "kms:Encrypt");
    CHECK(line.run({"endpoint", "policy", "put", "loopback", "-"}, narrow) == 0);
    CHECK(line.json({"endpoint", "policy", "get", "loopback"}) == Json::parse(narrow));
    CHECK(line.json({"endpoint", "policy", "get", "unix"}).at("Statement").at(0).at("Action") == "*");
    CHECK(line.run({"endpoint", "policy", "delete", "loopback"}) == 0);
    CHECK(line.json({"endpoint", "policy", "get", "loopback"}).at("Statement").at(0).at("Action") == "*");
  }

  TEST_CASE("a listener has one of two names, and its policy says whom it is about") {
    CommandLine line;
    CHECK(line.run({"endpoint", "policy", "get", "tcp"}) == 2);
    CHECK(speaks_of(line.err, "'tcp': one of unix, loopback"));
    CHECK(line.run({"endpoint", "policy", "put", "unix", "-"}, policy_text("Allow", "kms:Encrypt")) == 2);
    CHECK(speaks_of(line.err, "Each statement must contain one or more principals"));
    CHECK(line.json({"endpoint", "policy", "get", "unix"}).at("Statement").at(0).at("Action") == "*");
  }

  TEST_CASE("who may not change the organization is refused, and changes nothing") {
    CommandLine line;
    line.world.authorizer.denied = {"kmsctl:CreateAccount", "kmsctl:PutOrganizationPolicy", "kmsctl:PutEndpointPolicy"};
    CHECK(line.run({"account", "add", kOtherAccount}) == 4);
    CHECK(line.run({"org", "policy", "put", "root", "keep", "-"}, no_deletion()) == 4);
    CHECK(line.run({"endpoint", "policy", "put", "unix", "-"}, resource_policy_text(R"("*")", "kms:Encrypt")) == 4);
    CHECK(account_listed(line, kOtherAccount).is_null());
    CHECK(line.run({"org", "policy", "get", "root", "keep"}) == 3);
  }
}
