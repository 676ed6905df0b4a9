// The policy of a key, shown and changed.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/policy_texts.h"
#include "tests/unit/cli/folder.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::resource_policy_text;
using kms::test::speaks_of;

namespace {

// A line with a key alias/app.
struct PolicyLine : CommandLine {
  PolicyLine() { world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}}); }
  std::string policy() { return world.call("GetKeyPolicy", {{"KeyId", key}}).at("Policy"); }

  std::string key = world.create_key();
};

// What `policy put` opens, as long as this lives.
class PolicyEditor {
 public:
  explicit PolicyEditor(const char* command) { setenv("VISUAL", command, 1); }
  ~PolicyEditor() { unsetenv("VISUAL"); }
  PolicyEditor(const PolicyEditor&) = delete;
  PolicyEditor& operator=(const PolicyEditor&) = delete;
  PolicyEditor(PolicyEditor&&) = delete;
  PolicyEditor& operator=(PolicyEditor&&) = delete;
};

std::string owner_and(const char* principal) {
  return resource_policy_text(kms::cat(R"({"AWS":["arn:aws:iam::111122223333:root",")", principal, R"("]})"), "kms:*");
}
const std::string& for_x() {
  static const std::string text = owner_and("arn:aws:iam::111122223333:user/x");
  return text;
}
const std::string& for_x_alone() {
  static const std::string text = resource_policy_text(R"({"AWS":"arn:aws:iam::111122223333:user/x"})", "kms:*");
  return text;
}

}  // namespace

TEST_SUITE("cli/policy commands") {
  TEST_CASE("the policy of a key is shown as JSON with indentation, by its alias, id or ARN") {
    PolicyLine line;
    const std::string id = line.key.substr(line.key.rfind('/') + 1);
    for (const std::string& name : {std::string("alias/app"), id, line.key}) {
      CHECK(line.json({"policy", "get", "-k", name}) == Json::parse(line.policy()));
      CHECK(speaks_of(line.out, "\n  \"Statement\": [\n"));
    }
  }

  TEST_CASE("the policy of a key that is not there is not shown") {
    PolicyLine line;
    CHECK(line.run({"policy", "get", "-k", "alias/none"}) == 3);
    CHECK(speaks_of(line.err, "kmsctl keys lists keys and their aliases"));
    CHECK(line.run({"policy", "get", "-k", "app"}) == 3);
    CHECK(speaks_of(line.err, "an alias is written alias/app"));
    CHECK(line.run({"policy", "get"}) == 2);
    CHECK(speaks_of(line.err, "required: --key-id"));
    line.world.authorizer.denied = {"kms:GetKeyPolicy"};
    CHECK(line.run({"policy", "get", "-k", "alias/app"}) == 4);
    CHECK(line.out.empty());
  }

  TEST_CASE("a policy is put from a file or from standard input") {
    const Folder folder;
    Folder::write("new.json", for_x());
    PolicyLine line;
    CHECK(line.run({"policy", "put", "-k", "alias/app", "new.json"}) == 0);
    CHECK(line.policy() == for_x());
    const std::string other = owner_and("arn:aws:iam::111122223333:user/y");
    CHECK(line.run({"policy", "put", "-k", line.key, "-"}, other) == 0);
    CHECK(line.policy() == other);
    CHECK(line.out.empty());
  }

  TEST_CASE("a policy that locks its author out is taken only when that is meant") {
    PolicyLine line;
    const std::string before = line.policy();
    CHECK(line.run({"policy", "put", "-k", "alias/app", "-"}, for_x_alone()) == 2);
    CHECK(speaks_of(line.err, "will not allow you to update the key policy in the future"));
    CHECK(line.policy() == before);
    CHECK(line.run({"policy", "put", "-k", line.key, "-", "--bypass-policy-lockout-safety-check"}, for_x_alone()) == 0);
    line.world.caller.principal = "arn:aws:iam::111122223333:user/x";
    CHECK(line.policy() == for_x_alone());
  }

  TEST_CASE("what is no policy, no file and not allowed changes nothing") {
    const Folder folder;
    PolicyLine line;
    const std::string before = line.policy();
    CHECK(line.run({"policy", "put", "-k", "alias/app", "-"}, "{\n \"Statement\": [}") == 2);
    CHECK(speaks_of(line.err, "the text is no JSON from line 2, column 16 on"));
    CHECK(line.run({"policy", "put", "-k", "alias/app", "-"}, owner_and("arn:aws:iam::111122223333:user/nobody")) == 2);
    CHECK(speaks_of(line.err, "invalid principals"));
    CHECK(line.run({"policy", "put", "-k", "alias/app", "none.json"}) == 11);
    CHECK(speaks_of(line.err, "none.json: No such file or directory"));
    CHECK(line.run({"policy", "put", "-k", "alias/none", "-"}, for_x()) == 3);
    line.world.authorizer.denied = {"kms:PutKeyPolicy"};
    CHECK(line.run({"policy", "put", "-k", "alias/app", "-"}, for_x()) == 4);
    CHECK(line.policy() == before);
  }

  TEST_CASE("an editor needs a terminal") {
    const PolicyEditor editor("touch opened");
    const Folder folder;
    PolicyLine line;
    line.terminal.there = false;
    CHECK(line.run({"policy", "put", "-k", "alias/app"}, for_x()) == 2);
    CHECK(speaks_of(line.err, "without a terminal, name the file that holds the policy; - is standard input"));
    CHECK(Folder::files().empty());
  }

  TEST_CASE("an editor is given the policy, and what it leaves is put") {
    const Folder folder;
    Folder::write("new.json", for_x());
    Folder::write("edit.sh", "cp \"$1\" seen.json && cp new.json \"$1\"");
    const PolicyEditor editor("sh edit.sh");
    PolicyLine line;
    const Json before = Json::parse(line.policy());
    CHECK(line.run({"policy", "put", "-k", "alias/app"}) == 0);
    CHECK(Json::parse(Folder::read("seen.json")) == before);
    CHECK(line.policy() == for_x());
  }

  TEST_CASE("an editor that changes nothing or fails leaves the policy as it was") {
    PolicyLine line;
    const std::string before = line.policy();
    {
      const PolicyEditor editor("true");
      CHECK(line.run({"policy", "put", "-k", "alias/app"}) == 0);
      CHECK(speaks_of(line.err, "the policy is unchanged"));
    }
    const PolicyEditor editor("false");
    CHECK(line.run({"policy", "put", "-k", "alias/app"}) == 2);
    CHECK(speaks_of(line.err, "the editor failed; the policy is as it was"));
    CHECK(line.policy() == before);
  }

  TEST_CASE("what an editor leaves that is no policy may be edited again") {
    const Folder folder;
    Folder::write("new.json", for_x());
    Folder::write("edit.sh", "if [ -e again ]; then cp new.json \"$1\"; else echo {} >\"$1\"; touch again; fi");
    const PolicyEditor editor("sh edit.sh");
    PolicyLine line;
    const std::string before = line.policy();
    CHECK(line.run({"policy", "put", "-k", "alias/app"}) == 2);
    CHECK(speaks_of(line.terminal.labels.back(), "Edit again?"));
    CHECK(line.policy() == before);
    std::filesystem::remove("again");
    line.terminal.agrees = true;
    CHECK(line.run({"policy", "put", "-k", "alias/app"}) == 0);
    CHECK(line.policy() == for_x());
  }
}
