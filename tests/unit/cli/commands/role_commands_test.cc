// Roles without a command to run, and who one is.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;

namespace {

constexpr const char* kSessionPolicy =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}})";

// user/x at a command line, whom role/deployer trusts.
struct Deploying : CommandLine {
  Deploying() {
    world.call("CreatePrincipal",
               {{"Principal", "role/deployer"},
                {"TrustPolicy", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",)"
                                R"("Principal":{"AWS":"arn:aws:iam::111122223333:user/x"}}})"}});
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
  }
  Json asked() const { return requests.at(0).at("Request"); }
};

}  // namespace

TEST_SUITE("cli/role commands") {
  TEST_CASE("what opens a session is printed, named by itself and for an hour where nothing else is said") {
    Deploying line;
    const Json answer = line.json({"role", "assume", "role/deployer"});
    CHECK(answer.at("AssumedRoleUser").at("Arn") == "arn:aws:sts::111122223333:assumed-role/deployer/kmsctl");
    CHECK(answer.at("Credentials").at("Expiration") == "2023-11-14T23:13:20+00:00");
    line.world.caller.session_token = answer.at("Credentials").at("SessionToken");
    CHECK(line.json({"whoami"}).at("Principal") == answer.at("AssumedRoleUser").at("Arn"));
  }

  TEST_CASE("a session has the name and lasts the time that it was asked for") {
    Deploying line;
    const Json answer = line.json({"role", "assume", "arn:aws:iam::111122223333:role/deployer", "--session-name",
                                   "build-7", "--duration", "15m"});
    CHECK(answer.at("AssumedRoleUser").at("Arn") == "arn:aws:sts::111122223333:assumed-role/deployer/build-7");
    CHECK(answer.at("Credentials").at("Expiration") == "2023-11-14T22:28:20+00:00");
  }

  TEST_CASE("the policy that narrows a session is read of a file, or of standard input") {
    const Folder folder;
    Folder::write("policy.json", kSessionPolicy);
    Deploying line;
    line.json({"role", "assume", "role/deployer", "--policy", "policy.json"});
    CHECK(line.asked().at("Policy") == kSessionPolicy);
    line.json({"role", "assume", "role/deployer", "--policy", "-"}, kSessionPolicy);
    CHECK(line.asked().at("Policy") == kSessionPolicy);
    Folder::write("bad.json", "{\"Version\":\n}");
    CHECK(
        refuses(line, {"role", "assume", "role/deployer", "--policy", "bad.json"}, 2, "no JSON from line 2, column 1"));
    CHECK(refuses(line, {"role", "assume", "role/deployer", "--policy", "none.json"}, 11, "none.json: No such file"));
    CHECK(line.requests.empty());
  }

  TEST_CASE("a role is assumed by whom it trusts, and never by root") {
    Deploying line;
    line.world.caller.principal = "arn:aws:iam::111122223333:user/y";
    CHECK(refuses(line, {"role", "assume", "role/deployer"}, 4,
                  "hint: kmsctl policy explain --principal user/y --action sts:AssumeRole --resource "
                  "arn:aws:iam::111122223333:role/deployer"));
    const std::string untrusted = line.err;
    CHECK(refuses(line, {"role", "assume", "role/none"}, 4, "sts:AssumeRole on resource: "));
    CHECK(line.err.substr(0, line.err.find("role/")) == untrusted.substr(0, untrusted.find("role/")));
    line.world.caller.principal = "arn:aws:iam::111122223333:root";
    CHECK(refuses(line, {"role", "assume", "role/deployer"}, 4, "Roles may not be assumed by root accounts"));
  }

  TEST_CASE("a role, a name or a time that is none is refused") {
    Deploying line;
    CHECK(refuses(line, {"role", "assume"}, 2, "required: role (see kmsctl role assume --help)"));
    CHECK(refuses(line, {"role", "assume", "user/x"}, 2, "'user/x'"));
    CHECK(refuses(line, {"role", "assume", "role/deployer", "--duration", "soon"}, 2,
                  "--duration 'soon': no duration: as 15m, 1h or 900"));
    CHECK(line.requests.empty());
    CHECK(refuses(line, {"role", "assume", "role/deployer", "--duration", "1m"}, 2, "greater than or equal to 900"));
    CHECK(refuses(line, {"role", "assume", "role/deployer", "--duration", "2h"}, 2, "MaxSessionDuration"));
    CHECK(refuses(line, {"role", "assume", "role/deployer", "--session-name", "a b"}, 2,
                  "RoleSessionName has letters, digits and the characters _=,.@- only"));
  }

  TEST_CASE("whoami says as whom one calls, where, and what the policies are worth") {
    CommandLine line;
    CHECK(line.json({"whoami"}) == Json{{"Account", "111122223333"},
                                        {"Mode", "in memory"},
                                        {"Principal", "arn:aws:iam::111122223333:root"},
                                        {"Region", "eu-central-1"},
                                        {"UserId", "111122223333"}});
    line.world.caller.principal = "arn:aws:iam::111122223333:user/x";
    CHECK(line.run({"whoami", "--query", "[Principal, UserId]", "--output", "text"}) == 0);
    CHECK(line.out.starts_with("arn:aws:iam::111122223333:user/x\tAIDA"));
    CHECK(line.run({"whoami", "--output", "table"}) == 0);
    const std::string title = line.out.substr(line.out.find('\n') + 1, line.out.find('\n'));
    CHECK_MESSAGE((title.starts_with("|   ") && title.ends_with("   |") && title.find(" whoami ") != std::string::npos),
                  line.out);
    CHECK(refuses(line, {"whoami", "user/x"}, 2, "unexpected 'user/x' (see kmsctl whoami --help)"));
  }
}
