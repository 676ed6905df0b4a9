// Who callers of the agent are, and how often they may call.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/policy_texts.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::speaks_of;

namespace {

Json new_access_key(CommandLine& line, const std::string& user) {
  return line.json({"access-key", "create", "--user", user}).at("AccessKey");
}

Json quotas_listed(CommandLine& line) {
  return line.json({"quota", "list"}).at("Quotas");
}

}  // namespace

TEST_SUITE("cli/credential commands") {
  TEST_CASE("an access key is of a user by name, by its kind and name, or by its ARN, or of the owner") {
    CommandLine line;
    const std::string x = "arn:aws:iam::111122223333:user/x";
    CHECK(new_access_key(line, "x").at("Principal") == x);
    CHECK(new_access_key(line, "user/x").at("Principal") == x);
    CHECK(new_access_key(line, "arn:aws:iam::111122223333:user/y").at("Principal") ==
          "arn:aws:iam::111122223333:user/y");
    CHECK(new_access_key(line, "root").at("Principal") == "arn:aws:iam::111122223333:root");
    CHECK(line.run({"access-key", "create", "--user", "x"}) == 9);
    CHECK(speaks_of(line.err, "has two access keys"));
    CHECK(line.json({"access-key", "list"}).at("AccessKeys").size() == 4);
  }

  TEST_CASE("the secret of an access key is shown once") {
    CommandLine line;
    const Json made = new_access_key(line, "x");
    const std::string secret = made.at("SecretAccessKey");
    CHECK(secret.size() == 40);
    CHECK(line.run({"access-key", "list"}) == 0);
    CHECK(speaks_of(line.out, made.at("AccessKeyId").get<std::string>()));
    CHECK_FALSE(speaks_of(line.out, secret));
    CHECK(line.run({"access-key", "list", "--wide"}) == 0);
    CHECK(speaks_of(line.out, "  user/x     2023-11-14 22:13\n"));
  }

  TEST_CASE("an access key that was deleted is gone, and one that is not there is told") {
    CommandLine line;
    const std::string id = new_access_key(line, "x").at("AccessKeyId");
    CHECK(line.run({"access-key", "delete", id}) == 0);
    CHECK(line.json({"access-key", "list"}).at("AccessKeys").empty());
    CHECK(line.run({"access-key", "delete", id}) == 3);
    CHECK(speaks_of(line.err, "kmsctl access-key list shows the access keys"));
    CHECK(line.run({"access-key", "delete"}) == 2);
  }

  TEST_CASE("an access key of nobody is not made") {
    CommandLine line;
    CHECK(line.run({"access-key", "create", "--user", "nobody"}) == 3);
    CHECK(speaks_of(line.err, "user/nobody does not exist"));
    CHECK(speaks_of(line.err, "kmsctl principal list shows who there is"));
    CHECK(line.run({"access-key", "create"}) == 2);
    CHECK(speaks_of(line.err, "required: --user"));
    line.world.authorizer.denied = {"kmsctl:CreateAccessKey"};
    CHECK(line.run({"access-key", "create", "--user", "x"}) == 4);
    CHECK(line.json({"access-key", "list"}).at("AccessKeys").empty());
  }

  TEST_CASE("a user of the system is whom it was mapped to last, until it is nobody again") {
    CommandLine line;
    CHECK(line.run({"principal", "map-uid", "1000", "user/x"}) == 0);
    CHECK(line.run({"principal", "map-uid", "1000", "user/y"}) == 0);
    CHECK(line.json({"principal", "list-uids"}).at("UidMappings") ==
          Json{{{"Uid", 1000}, {"Principal", "arn:aws:iam::111122223333:user/y"}}});
    CHECK(line.run({"principal", "list-uids", "--wide"}) == 0);
    CHECK(speaks_of(line.out, "\n1000  user/y\n"));
    CHECK(line.run({"principal", "unmap-uid", "1000"}) == 0);
    CHECK(line.json({"principal", "list-uids"}).at("UidMappings").empty());
    CHECK(line.run({"principal", "unmap-uid", "1000"}) == 3);
    CHECK(speaks_of(line.err, "The uid 1000 is mapped to nobody."));
    CHECK(speaks_of(line.err, "kmsctl principal list-uids"));
  }

  TEST_CASE("a uid is a number, and maps to a user that there is") {
    CommandLine line;
    for (const char* uid : {"me", "-1", "4294967296", "1.5"}) {
      CHECK(line.run({"principal", "map-uid", uid, "user/x"}) == 2);
      CHECK(speaks_of(line.err, kms::cat("uid '", uid, "': a number")));
    }
    CHECK(line.run({"principal", "map-uid", "1000", "user/nobody"}) == 3);
    line.world.call("CreatePrincipal", {{"Principal", "group/dev"}});
    CHECK(line.run({"principal", "map-uid", "1000", "group/dev"}) == 2);
    CHECK(speaks_of(line.err, "group/dev is no user"));
    CHECK(line.json({"principal", "list-uids"}).at("UidMappings").empty());
  }

  TEST_CASE("a quota is of each principal and all requests, unless more is said") {
    CommandLine line;
    CHECK(line.run({"quota", "set", "--rate", "5"}) == 0);
    CHECK(speaks_of(line.err, "an agent counts requests"));
    CHECK(line.run({"quota", "set", "--principal", "user/x", "--class", "Encrypt", "--rate", "2", "--burst", "9"}) ==
          0);
    CHECK(line.run({"quota", "list", "--wide"}) == 0);
    CHECK(speaks_of(line.out, "each principal  all       5         5\n"));
    CHECK(speaks_of(line.out, "user/x          Encrypt   2         9\n"));
    CHECK(quotas_listed(line).size() == 2);
  }

  TEST_CASE("a quota that is deleted is the one that is named") {
    CommandLine line;
    line.world.call("PutQuota", {{"RequestsPerSecond", 5}});
    line.world.call("PutQuota", {{"Principal", "user/x"}, {"RequestsPerSecond", 2}});
    CHECK(line.run({"quota", "delete", "--principal", "user/x", "--class", "Encrypt"}) == 3);
    CHECK(speaks_of(line.err, "There is no quota of Encrypt for arn:aws:iam::111122223333:user/x."));
    CHECK(speaks_of(line.err, "kmsctl quota list shows the quotas"));
    CHECK(line.run({"quota", "delete", "--principal", "user/x"}) == 0);
    CHECK(quotas_listed(line).size() == 1);
    CHECK(quotas_listed(line).at(0).at("Principal") == "*");
    CHECK(line.run({"quota", "delete"}) == 0);
    CHECK(quotas_listed(line).empty());
  }

  TEST_CASE("a quota that makes no sense is refused by the name of its option") {
    CommandLine line;
    CHECK(line.run({"quota", "set"}) == 2);
    CHECK(speaks_of(line.err, "required: --rate"));
    for (const char* rate : {"0", "fast", "-1"}) {
      CHECK(line.run({"quota", "set", "--rate", rate}) == 2);
      CHECK(speaks_of(line.err, kms::cat("--rate '", rate, "': a number")));
    }
    CHECK(line.run({"quota", "set", "--rate", "5", "--burst", "much"}) == 2);
    CHECK(speaks_of(line.err, "--burst 'much': a number"));
    CHECK(line.run({"quota", "set", "--rate", "5", "--class", "Encrpt"}) == 2);
    CHECK(speaks_of(line.err, "'Encrpt' is no class of requests: cryptographic-symmetric"));
    CHECK(line.run({"quota", "set", "--rate", "5", "--principal", "bob"}) == 2);
    CHECK(speaks_of(line.err, "'bob' names no principal: it is user/NAME"));
    line.world.authorizer.denied = {"kmsctl:PutQuota"};
    CHECK(line.run({"quota", "set", "--rate", "5"}) == 4);
    CHECK(quotas_listed(line).empty());
  }
}
