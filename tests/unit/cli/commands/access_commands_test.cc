// Why somebody may or may not, who may, and policies that are looked at without a vault.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/text.h"
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

// Questions about one key.
struct AccessLine : CommandLine {
  AccessLine() { world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}}); }
  int explain(const std::string& principal, const std::string& action, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"policy", "explain", "--principal", principal, "--action", action};
    words.insert(words.end(), {"-k", "alias/app"});
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  void give_x(const char* effect, const char* action) {
    const std::string policy = policy_text(effect, action);
    world.call("PutPrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", effect}, {"Policy", policy}});
  }

  std::string key = world.create_key();
};

// A case in which user/x asks for an action that its policy allows.
std::string simulated_case(const std::string& id, const std::string& action) {
  const char* x = "arn:aws:iam::111122223333:user/x";
  const Json resource{{"arn", "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
                      {"account", "111122223333"},
                      {"tags", Json::object()}};
  const Json principal{{"type", "user"}, {"arn", x}, {"account", "111122223333"}, {"tags", Json::object()}};
  const Json request{{"principal", principal},
                     {"action", action},
                     {"resource", resource},
                     {"context", {{"aws:PrincipalArn", x}, {"kms:CallerAccount", "111122223333"}}}};
  const Json allow = Json::parse(resource_policy_text(kms::cat(R"({"AWS":")", x, R"("})"), "kms:Decrypt"));
  return Json{{"id", id}, {"request", request}, {"policies", {{"keyPolicy", allow}}}}.dump();
}

}  // namespace

TEST_SUITE("cli/access commands") {
  TEST_CASE("who may is told that he may, and why") {
    AccessLine line;
    line.give_x("Allow", "kms:Encrypt");
    CHECK(line.explain("user/x", "kms:Encrypt") == 0);
    CHECK(line.out.starts_with(kms::cat("ALLOW   user/x -> kms:Encrypt on ", line.key, "\n")));
    CHECK(speaks_of(line.out, "policies here are in memory"));
    CHECK(line.err.empty());
  }

  TEST_CASE("who may not is told so with the code of a refusal, and what to type allows it") {
    AccessLine line;
    CHECK(line.explain("user/x", "kms:Encrypt", {"-c", "job=a b"}) == 4);
    CHECK(line.out.starts_with("DENY (implicit)   user/x -> kms:Encrypt on "));
    CHECK(speaks_of(line.out,
                    "this would allow it:\n    kmsctl policy allow -k alias/app --principal user/x --actions "
                    "kms:Encrypt -c 'job=a b'\n"));
    CHECK(line.run({"policy", "allow", "-k", "alias/app", "--principal", "user/x", "--actions", "kms:Encrypt", "-c",
                    "job=a b"}) == 0);
    CHECK(line.explain("user/x", "kms:Encrypt", {"-c", "job=a b"}) == 0);
    CHECK(line.explain("user/x", "kms:Encrypt") == 4);
    CHECK(speaks_of(line.out, "StringEquals kms:EncryptionContext:job: wants \"a b\", request has absent"));
  }

  TEST_CASE("what is about no key is allowed by a policy of the principal, whose text is shown") {
    AccessLine line;
    CHECK(line.run({"policy", "explain", "--principal", "user/x", "--action", "kms:CreateKey"}) == 4);
    CHECK(speaks_of(line.out, R"("Action":"kms:CreateKey")"));
    CHECK(speaks_of(line.out, "| kmsctl principal policy put user/x NAME -"));
    line.give_x("Allow", "kms:CreateKey");
    CHECK(line.run({"policy", "explain", "--principal", "user/x", "--action", "kms:CreateKey"}) == 0);
  }

  TEST_CASE("a statement that denies is named, and no way around it") {
    AccessLine line;
    line.give_x("Deny", "kms:*");
    CHECK(line.explain("user/x", "kms:Encrypt") == 4);
    CHECK(line.out.starts_with("DENY (explicit)"));
    CHECK(speaks_of(line.out, "decided by:\n    Deny "));
    CHECK_FALSE(speaks_of(line.out, "this would allow it"));
  }

  TEST_CASE("what was expected decides how it ends") {
    AccessLine line;
    CHECK(line.explain("user/x", "kms:Encrypt", {"--expect", "deny"}) == 0);
    CHECK(line.explain("root", "kms:Encrypt", {"--expect", "allow"}) == 0);
    CHECK(line.explain("root", "kms:Encrypt", {"--expect", "deny"}) == 4);
    CHECK(line.explain("user/x", "kms:Encrypt", {"--expect", "maybe"}) == 2);
    CHECK(speaks_of(line.err, "'maybe': one of allow, deny"));
  }

  TEST_CASE("all policies that were looked at are shown on demand") {
    AccessLine line;
    CHECK(line.explain("user/x", "kms:Encrypt") == 4);
    CHECK_FALSE(speaks_of(line.out, "service control policies"));
    CHECK(line.explain("user/x", "kms:Encrypt", {"-v"}) == 4);
    CHECK(speaks_of(line.out, "  key policy: leaves it to the identity policies\n"));
    CHECK(speaks_of(line.out, "each of these alone would allow it (not advice):\n"));
  }

  TEST_CASE("a program reads the decision, and the same exit code") {
    AccessLine line;
    CHECK(line.explain("user/x", "kms:Encrypt", {"--output", "json"}) == 4);
    CHECK(Json::parse(line.out).at("Decision") == "deny");
    CHECK(Json::parse(line.out).at("Mode") == "in memory");
    CHECK(line.explain("root", "kms:Encrypt", {"--query", "Decision"}) == 0);
    CHECK(line.out == "\"allow\"\n");
  }

  TEST_CASE("who names nobody asks about himself") {
    AccessLine line;
    line.world.caller.principal = "arn:aws:iam::111122223333:user/x";
    CHECK(line.run({"policy", "explain", "--action", "kms:Encrypt", "-k", line.key}) == 4);
    CHECK(speaks_of(line.out, "user/x -> kms:Encrypt"));
  }

  TEST_CASE("an action that there is not is noted, since nobody is ever asked for it") {
    AccessLine line;
    CHECK(line.explain("user/x", "kms:Encrpt") == 4);
    CHECK(speaks_of(line.err, "kmsctl: note: no operation asks for kms:Encrpt: is it misspelt?"));
    CHECK_FALSE(speaks_of(line.out, "this would allow it"));
    for (const char* action : {"kms:ReEncryptFrom", "kms:RetireGrant"}) {
      CHECK(line.explain("user/x", action) == 4);
      CHECK(line.err.empty());
    }
    CHECK(line.run({"policy", "explain", "--action", "kmsctl:ListSlots"}) == 0);
    CHECK(line.err.empty());
    CHECK(line.explain("user/x", "kms:Enc*") == 2);
    CHECK(speaks_of(line.err, "'kms:Enc*' is no action: as kms:Decrypt, without wildcards"));
  }

  TEST_CASE("a question about nobody or no key is answered by what there is") {
    AccessLine line;
    CHECK(line.explain("user/nobody", "kms:Encrypt") == 3);
    CHECK(speaks_of(line.err, "user/nobody does not exist"));
    CHECK(speaks_of(line.err, "hint: kmsctl principal list shows who there is, kmsctl keys which keys and aliases"));
    CHECK(line.explain("bob", "kms:Encrypt") == 2);
    CHECK(line.run({"policy", "explain", "--action", "kms:Encrypt", "-k", "app"}) == 3);
    CHECK(speaks_of(line.err, "an alias is written alias/app"));
    CHECK(line.explain("user/x", "kms:Encrypt", {"--context", "kms:ViaService"}) == 2);
    CHECK(speaks_of(line.err, "--context 'kms:ViaService': a pair has the form KEY=VALUE"));
    CHECK(line.explain("user/x", "kms:Encrypt", {"--listener", "tcp"}) == 2);
    CHECK(speaks_of(line.err, "'tcp': one of unix, loopback"));
    for (const char* service : {"zzz", "File", "s3.eu-central-1.amazonaws.com"}) {
      CHECK(line.explain("user/x", "kms:Encrypt", {"--via-service", service}) == 2);
      CHECK(speaks_of(line.err,
                      kms::cat("'", service, "' is no service that calls for principals: give file, secrets or")));
    }
    CHECK(line.run({"policy", "explain", "-k", "alias/app"}) == 2);
    CHECK(speaks_of(line.err, "required: --action"));
  }

  TEST_CASE("the circumstances count as they are given") {
    AccessLine line;
    const Json only_here{{"Effect", "Allow"},
                         {"Action", "kms:Encrypt"},
                         {"Resource", "*"},
                         {"Condition", {{"StringEquals", {{"aws:PrincipalTag/team", "a"}}}}}};
    line.world.call("PutPrincipalPolicy",
                    {{"Principal", "user/x"}, {"PolicyName", "p"}, {"Policy", Json{{"Statement", only_here}}.dump()}});
    CHECK(line.explain("user/x", "kms:Encrypt") == 4);
    CHECK(line.explain("user/x", "kms:Encrypt", {"--context", "aws:PrincipalTag/team=a"}) == 0);
    line.world.call("PutEndpointPolicy",
                    {{"Listener", "loopback"}, {"Policy", resource_policy_text(R"("*")", "kms:Decrypt")}});
    CHECK(line.explain("root", "kms:Encrypt", {"--listener", "unix"}) == 0);
    CHECK(line.explain("root", "kms:Encrypt", {"--listener", "loopback"}) == 4);
  }

  TEST_CASE("all who may are listed with the policy that lets them") {
    AccessLine line;
    line.give_x("Allow", "kms:Encrypt");
    CHECK(line.run({"policy", "who-can", "--action", "kms:Encrypt", "-k", "alias/app", "--wide"}) == 0);
    CHECK(speaks_of(line.out, "\nroot       because the key policy allows the caller\n"));
    CHECK(speaks_of(line.out, "\nuser/x     because the key policy leaves it to IAM, and an identity-based policy "));
    CHECK_FALSE(speaks_of(line.out, "user/y"));
    const Json one = line.json({"policy", "who-can", "--action", "kms:Decrypt", "-k", "alias/app"});
    CHECK(one.at("Principals").size() == 1);
    CHECK(line.run({"policy", "who-can", "-k", "alias/app"}) == 2);
    CHECK(line.run({"policy", "who-can", "--action", "kms:Encrypt", "-k", "alias/none"}) == 3);
    CHECK(speaks_of(line.err, "hint: kmsctl keys lists keys and their aliases"));
  }

  TEST_CASE("cases are decided one a line, from a file or standard input, without the service") {
    const Folder folder;
    const std::string cases =
        kms::cat(simulated_case("one", "kms:Decrypt"), "\n\n \t\r\n", simulated_case("two", "kms:Encrypt"));
    const std::string answers =
        "{\"id\":\"one\",\"decision\":\"allow\",\"explicitDeny\":false}\n"
        "{\"id\":\"two\",\"decision\":\"deny\",\"explicitDeny\":false}\n";
    Folder::write("cases.jsonl", cases);
    CommandLine line;
    CHECK(line.run({"policy", "simulate", "--cases", "cases.jsonl"}) == 0);
    CHECK(line.out == answers);
    CHECK(line.run({"policy", "simulate", "--cases", "-"}, cases + "\n") == 0);
    CHECK(line.out == answers);
    CHECK(line.requests.empty());
    CHECK(line.run({"policy", "simulate", "--cases", "-"}) == 0);
    CHECK(line.out.empty());
  }

  TEST_CASE("more cases than are read at once are all decided") {
    std::string cases;
    constexpr int kMany = 500;
    for (int i = 0; i < kMany; ++i) cases += kms::cat(simulated_case(std::to_string(i), "kms:Decrypt"), "\n");
    CommandLine line;
    CHECK(line.run({"policy", "simulate", "--cases", "-"}, cases) == 0);
    std::string wanted;
    for (int i = 0; i < kMany; ++i) {
      wanted += kms::cat(R"({"id":")", std::to_string(i), R"(","decision":"allow","explicitDeny":false})", "\n");
    }
    CHECK(line.out == wanted);
  }

  TEST_CASE("a line that is no case ends the simulation and is named, after the answers to those before") {
    const Folder folder;
    Folder::write("cases.jsonl", kms::cat("\n", simulated_case("one", "kms:Decrypt"), "\n{\"id\": }\n"));
    CommandLine line;
    CHECK(line.run({"policy", "simulate", "--cases", "cases.jsonl"}) == 2);
    CHECK(speaks_of(line.out, "\"one\""));
    CHECK(speaks_of(line.err, "cases.jsonl, line 3: no JSON from column 8 on"));
    CHECK(line.run({"policy", "simulate", "--cases", "-"}, "{\"id\":\"one\"}") == 2);
    CHECK(speaks_of(line.err, "standard input, line 1: a member of the case is missing, or has the wrong type"));
    CHECK(line.run({"policy", "simulate", "--cases", "none.jsonl"}) == 11);
    CHECK(speaks_of(line.err, "none.jsonl: No such file or directory"));
    CHECK(line.run({"policy", "simulate", "--cases", "."}) == 11);
  }

  TEST_CASE("a policy in order passes without a word, and what is most likely not meant is told") {
    CommandLine line;
    CHECK(line.run({"policy", "lint", "-", "--kind", "identity"}, policy_text("Allow", "kms:Encrypt")) == 0);
    CHECK(line.out.empty());
    const std::string everybody = resource_policy_text(R"("*")", "kms:*");
    CHECK(line.run({"policy", "lint", "-"}, everybody) == 0);
    CHECK(speaks_of(line.out, "warning: statement 1: it allows everybody of every account"));
    CHECK(line.run({"policy", "lint", "-", "--strict"}, everybody) == 2);
    CHECK(line.run({"policy", "lint", "-"}, resource_policy_text(R"("*")", "kms:Nope")) == 2);
    CHECK(speaks_of(line.out, "error: statement 1: kms:Nope matches no action of KMS [action-never-matches]\n"));
    CHECK(line.requests.empty());
  }

  TEST_CASE("a program reads the findings as JSON or by a query") {
    CommandLine line;
    const std::string text = policy_text("Allow", "kms:Nope");
    CHECK(line.run({"policy", "lint", "-", "--kind", "identity", "--output", "json"}, text) == 2);
    CHECK(Json::parse(line.out).at("Findings").at(0).at("Severity") == "error");
    CHECK(line.run({"policy", "lint", "-", "--kind", "identity", "--query", "Findings[].Code"}, text) == 2);
    CHECK(Json::parse(line.out) == Json{"action-never-matches"});
  }

  TEST_CASE("a policy is read as what it is said to be") {
    const Folder folder;
    Folder::write("p.json", policy_text("Allow", "kms:Encrypt"));
    CommandLine line;
    for (const char* kind : {"identity", "scp"}) CHECK(line.run({"policy", "lint", "p.json", "--kind", kind}) == 0);
    for (const char* kind : {"key", "rcp", "endpoint", "trust"}) {
      CHECK(line.run({"policy", "lint", "p.json", "--kind", kind}) == 2);
      CHECK(speaks_of(line.err, "Statement 1: Each statement must contain one or more principals"));
    }
    CHECK(line.run({"policy", "lint", "p.json"}) == 2);
    CHECK(speaks_of(line.err, "it was read as a key policy; that of a user, group or role is --kind identity"));
    CHECK(line.run({"policy", "lint", "p.json", "--kind", "user"}) == 2);
    CHECK(speaks_of(line.err, "'user': one of key, identity, trust, scp, rcp, endpoint"));
    CHECK(line.run({"policy", "lint", "-"}, "{\n\"Statement\": [}") == 2);
    CHECK(speaks_of(line.err, "the text is no JSON from line 2, column 15 on"));
    CHECK(line.run({"policy", "lint", "none.json"}) == 11);
  }
}
