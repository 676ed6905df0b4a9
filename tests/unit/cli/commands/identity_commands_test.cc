// Users, groups and roles.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/policy_texts.h"
#include "tests/unit/cli/folder.h"

using kms::Json;
using kms::SlotKind;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::policy_text;
using kms::test::speaks_of;
using kms::test::trust_in_x;

namespace {

constexpr const char* kNewUser = "arn:aws:iam::111122223333:user/ci";

Json principal_shown(CommandLine& line, const std::string& name) {
  return line.json({"principal", "show", name}).at("Principal");
}

bool is_principal(CommandLine& line, const std::string& name) {
  return line.run({"principal", "show", name}) == 0;
}

}  // namespace

TEST_SUITE("cli/identity commands") {
  TEST_CASE("a user, a group or a role that was made is listed until it is deleted") {
    CommandLine line;
    CHECK(line.json({"principal", "create", "group/dev"}).at("Principal").at("Principal") == "group/dev");
    CHECK(line.run({"principal", "list", "--wide"}) == 0);
    CHECK(speaks_of(line.out, "PRINCIPAL"));
    CHECK(speaks_of(line.out, "\ngroup/dev  AGPA"));
    CHECK(line.run({"principal", "create", "group/dev"}) == 10);
    CHECK(line.run({"principal", "delete", "group/dev"}) == 0);
    CHECK(line.run({"principal", "delete", "group/dev"}) == 3);
    CHECK(speaks_of(line.err, "kmsctl principal list shows who there is"));
    CHECK(line.json({"principal", "list", "--query", "sort(Principals[].Principal)"}) == Json{"user/x", "user/y"});
  }

  TEST_CASE("the list is that of the account that is named, if the vault knows it") {
    CommandLine line;
    CHECK(line.run({"principal", "list", "--account", "444455556666"}) == 3);
    CHECK(speaks_of(line.err, "add it with: kmsctl account add 444455556666"));
    line.world.call("CreateAccount", {{"AccountId", "444455556666"}});
    CHECK(line.run({"principal", "create", "arn:aws:iam::444455556666:user/far"}) == 0);
    const Json far = line.json({"principal", "list", "--account", "444455556666"});
    CHECK(far.at("Principals").size() == 1);
    CHECK(far.at("Principals").at(0).at("Arn") == "arn:aws:iam::444455556666:user/far");
  }

  TEST_CASE("a name without its kind is refused, and says what is one") {
    CommandLine line;
    CHECK(line.run({"principal", "create", "bob"}) == 2);
    CHECK(speaks_of(line.err, "'bob' names no identity: it is user/NAME, group/NAME, role/NAME or an ARN"));
    CHECK(line.run({"principal", "create"}) == 2);
    CHECK(speaks_of(line.err, "required: principal"));
  }

  TEST_CASE("a user can be made together with the keyfile that unlocks as it") {
    const Folder folder;
    CommandLine line;
    CHECK(line.run({"principal", "create", "user/ci", "--generate-keyfile", "ci.key", "--label", "cron"}) == 0);
    CHECK(Folder::has("ci.key"));
    CHECK(line.world.slots.slots.back().principal == kNewUser);
    CHECK(line.world.slots.slots.back().kind == SlotKind::kKeyfile);
    CHECK(line.world.slots.slots.back().label == "cron");
    CHECK(line.run({"principal", "create", "arn:aws:iam::111122223333:user/cd", "--generate-keyfile", "cd.key"}) == 0);
    CHECK(line.world.slots.slots.back().principal == "arn:aws:iam::111122223333:user/cd");
  }

  TEST_CASE("a new user's passphrase is read from standard input or a private file") {
    const Folder folder;
    CommandLine line;
    CHECK(line.run({"principal", "create", "user/ci", "--new-passphrase-fd", "0"}, "correct horse battery\n") == 0);
    CHECK(line.world.slots.slots.back().kind == SlotKind::kPassphrase);
    Folder::write("word", "another horse battery\n");
    CHECK(line.run({"principal", "create", "user/cd", "--new-passphrase-file", "word"}) == 0);
    CHECK(line.world.slots.slots.size() == 3);
    CHECK(line.run({"principal", "create", "user/ce", "--new-passphrase-file", "none"}) == 11);
    CHECK_FALSE(is_principal(line, "user/ce"));
  }

  TEST_CASE("who cannot be given a credential is not made, and no keyfile stays") {
    const Folder folder;
    CommandLine line;
    line.world.authorizer.denied = {"kmsctl:AddSlot"};
    CHECK(line.run({"principal", "create", "user/ci", "--generate-keyfile", "ci.key"}) == 4);
    CHECK(Folder::files().empty());
    CHECK_FALSE(is_principal(line, "user/ci"));
  }

  TEST_CASE("a keyfile that exists is kept, and nobody made") {
    const Folder folder;
    Folder::write("ci.key", "of another");
    CommandLine line;
    CHECK(line.run({"principal", "create", "user/ci", "--generate-keyfile", "ci.key"}) == 11);
    CHECK(speaks_of(line.err, "ci.key: the file exists: remove it, or name another"));
    CHECK(Folder::read("ci.key") == "of another");
    CHECK_FALSE(is_principal(line, "user/ci"));
  }

  TEST_CASE("a keyfile goes again where the user was there already") {
    const Folder folder;
    CommandLine line;
    CHECK(line.run({"principal", "create", "user/x", "--generate-keyfile", "x.key"}) == 10);
    CHECK(Folder::files().empty());
    CHECK(line.world.slots.slots.size() == 1);
    CHECK(is_principal(line, "user/x"));
  }

  TEST_CASE("a credential is for a user, has one source, and a label is its own") {
    const Folder folder;
    CommandLine line;
    CHECK(line.run({"principal", "create", "role/ci", "--generate-keyfile", "ci.key"}) == 2);
    CHECK(speaks_of(line.err, "only a user unlocks the vault; roles are assumed"));
    CHECK(line.run({"principal", "create", "user/ci", "--label", "cron"}) == 2);
    CHECK(speaks_of(line.err, "--label is for a credential: give one of a user, as --generate-keyfile FILE"));
    CHECK(line.run({"principal", "create", "user/ci", "--generate-keyfile", "a", "--new-passphrase-file", "b"}) == 2);
    CHECK(speaks_of(line.err, "give one source for the new credential, not several"));
    CHECK(line.requests.empty());
    CHECK(Folder::files().empty());
  }

  TEST_CASE("a role is made of the file that says who may assume it, with tags, a boundary and a longest session") {
    const Folder folder;
    Folder::write("trust.json", trust_in_x());
    Folder::write("boundary.json", policy_text("Allow", "kms:*"));
    CommandLine line;
    CHECK(line.run({"principal", "create", "role/deploy", "--trust-policy", "trust.json", "--permissions-boundary",
                    "boundary.json", "--max-session-duration", "2h", "--tag", "team=a", "--tag", "stage=b=c"}) == 0);
    const Json role = principal_shown(line, "role/deploy");
    CHECK(role.at("TrustPolicy") == trust_in_x());
    CHECK(role.at("PermissionsBoundary") == policy_text("Allow", "kms:*"));
    CHECK(role.at("MaxSessionDuration") == 7200);
    CHECK(role.at("Tags") == Json{{{"TagKey", "stage"}, {"TagValue", "b=c"}}, {{"TagKey", "team"}, {"TagValue", "a"}}});
  }

  TEST_CASE("a role without a trust policy is told what to type, and a longest session is of a role alone") {
    CommandLine line;
    CHECK(line.run({"principal", "create", "role/deploy"}) == 2);
    CHECK(speaks_of(line.err, "a role needs --trust-policy FILE"));
    CHECK(line.run({"principal", "create", "arn:aws:iam::111122223333:role/deploy"}) == 2);
    CHECK(speaks_of(line.err, "a role needs --trust-policy FILE"));
    CHECK(line.run({"principal", "create", "user/ci", "--max-session-duration", "2h"}) == 2);
    CHECK(speaks_of(line.err, "--max-session-duration is of a role"));
    CHECK(line.requests.empty());
    CHECK(line.run({"principal", "create", "role/deploy", "--max-session-duration", "soon"}) == 2);
    CHECK(speaks_of(line.err, "--max-session-duration 'soon': no duration: as 15m, 1h or 900"));
    CHECK_FALSE(is_principal(line, "user/ci"));
  }

  TEST_CASE("a policy is put from a file or standard input, shown as it was written, listed and deleted") {
    const Folder folder;
    Folder::write("list.json", policy_text("Allow", "kms:List*"));
    CommandLine line;
    CHECK(line.run({"principal", "policy", "put", "user/x", "list", "list.json"}) == 0);
    CHECK(line.run({"principal", "policy", "put", "user/x", "use", "-"}, policy_text("Allow", "kms:Encrypt")) == 0);
    CHECK(line.json({"principal", "policy", "get", "user/x", "list"}) ==
          Json::parse(policy_text("Allow", "kms:List*")));
    CHECK(line.json({"principal", "policy", "list", "user/x"}).at("PolicyNames") == Json{"list", "use"});
    CHECK(line.run({"principal", "policy", "delete", "user/x", "list"}) == 0);
    CHECK(line.run({"principal", "policy", "list", "user/x", "--wide"}) == 0);
    CHECK(line.out == "POLICY\n------\nuse\n");
  }

  TEST_CASE("a policy that is not there is told, and where its name stands") {
    CommandLine line;
    for (const char* command : {"get", "delete"}) {
      CHECK(line.run({"principal", "policy", command, "user/x", "none"}) == 3);
      CHECK(speaks_of(line.err, "user/x has no policy named 'none'."));
      CHECK(speaks_of(line.err, "kmsctl principal policy list user/x"));
    }
  }

  TEST_CASE("a policy that is none is refused with its place, and a file that is not there with its name") {
    const Folder folder;
    CommandLine line;
    CHECK(line.run({"principal", "policy", "put", "user/x", "p", "-"}, "{\n,}") == 2);
    CHECK(speaks_of(line.err, "the text is no JSON from line 2, column 1 on"));
    CHECK(line.run({"principal", "policy", "put", "user/x", "p", "none.json"}) == 11);
    CHECK(speaks_of(line.err, "none.json: No such file or directory"));
    CHECK(line.json({"principal", "policy", "list", "user/x"}).at("PolicyNames").empty());
  }

  TEST_CASE("a boundary limits a user until it is removed, and a group has none") {
    CommandLine line;
    const std::string boundary = policy_text("Allow", "kms:List*");
    CHECK(line.run({"principal", "boundary", "put", "user/x", "-"}, boundary) == 0);
    CHECK(principal_shown(line, "user/x").at("PermissionsBoundary") == boundary);
    CHECK(line.run({"principal", "boundary", "delete", "user/x"}) == 0);
    CHECK_FALSE(principal_shown(line, "user/x").contains("PermissionsBoundary"));
    line.world.call("CreatePrincipal", {{"Principal", "group/dev"}});
    CHECK(line.run({"principal", "boundary", "put", "group/dev", "-"}, boundary) == 2);
    CHECK(speaks_of(line.err, "groups do not"));
  }

  TEST_CASE("who may assume a role is changed by a file, and nobody assumes a user") {
    CommandLine line;
    line.world.call("CreatePrincipal", {{"Principal", "role/deploy"}, {"TrustPolicy", trust_in_x()}});
    const std::string other = kms::cat(trust_in_x(), " ");
    CHECK(line.run({"principal", "trust", "put", "role/deploy", "-"}, other) == 0);
    CHECK(principal_shown(line, "role/deploy").at("TrustPolicy") == other);
    CHECK(line.run({"principal", "trust", "put", "role/deploy", "-"}, policy_text("Allow", "sts:AssumeRole")) == 2);
    CHECK(principal_shown(line, "role/deploy").at("TrustPolicy") == other);
    CHECK(line.run({"principal", "trust", "put", "user/x", "-"}, trust_in_x()) == 2);
    CHECK(speaks_of(line.err, "Only a role has a TrustPolicy."));
  }

  TEST_CASE("tags are added as pairs and removed by their keys") {
    CommandLine line;
    CHECK(line.run({"principal", "tag", "add", "user/x", "team=a", "stage="}) == 0);
    CHECK(line.run({"principal", "tag", "add", "user/x", "team=b"}) == 0);
    CHECK(line.run({"principal", "tag", "remove", "user/x", "stage", "absent"}) == 0);
    CHECK(principal_shown(line, "user/x").at("Tags") == Json{{{"TagKey", "team"}, {"TagValue", "b"}}});
    CHECK(line.run({"principal", "tag", "add", "user/x", "team"}) == 2);
    CHECK(speaks_of(line.err, "tag 'team': a pair has the form KEY=VALUE"));
    CHECK(line.run({"principal", "tag", "remove", "user/x"}) == 2);
    CHECK(line.run({"principal", "tag", "add", "user/nobody", "a=b"}) == 3);
  }

  TEST_CASE("a user is in a group from when it was put there until it is taken out") {
    CommandLine line;
    line.world.call("CreatePrincipal", {{"Principal", "group/dev"}});
    CHECK(line.run({"principal", "group", "add", "group/dev", "user/x"}) == 0);
    CHECK(principal_shown(line, "group/dev").at("Users") == Json{"user/x"});
    CHECK(line.run({"principal", "delete", "group/dev"}) == 10);
    CHECK(speaks_of(line.err, "group/dev still has members: remove them first"));
    CHECK(line.run({"principal", "group", "remove", "group/dev", "user/x"}) == 0);
    CHECK(principal_shown(line, "user/x").at("Groups").empty());
    CHECK(line.run({"principal", "group", "add", "user/x", "group/dev"}) == 2);
    CHECK(speaks_of(line.err, "the group comes first: group/NAME user/NAME"));
    CHECK(line.run({"principal", "group", "add", "group/none", "user/x"}) == 3);
  }

  TEST_CASE("who still unlocks the vault is not deleted, and the slots are named") {
    CommandLine line;
    line.world.slots.slots.push_back({"00000002", SlotKind::kPassphrase, "arn:aws:iam::111122223333:user/x", {}});
    CHECK(line.run({"principal", "delete", "user/x"}) == 10);
    CHECK(speaks_of(line.err, "00000002: revoke them first with kmsctl slot remove"));
    CHECK(is_principal(line, "user/x"));
  }

  TEST_CASE("who may not change identities is refused, and changes none") {
    CommandLine line;
    line.world.authorizer.denied = {"kmsctl:CreatePrincipal", "kmsctl:TagPrincipal", "kmsctl:DeletePrincipal"};
    CHECK(line.run({"principal", "create", "user/ci"}) == 4);
    CHECK(line.run({"principal", "tag", "add", "user/x", "a=b"}) == 4);
    CHECK(line.run({"principal", "delete", "user/x"}) == 4);
    CHECK(principal_shown(line, "user/x").at("Tags").empty());
    CHECK_FALSE(is_principal(line, "user/ci"));
  }
}
