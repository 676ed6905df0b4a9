// Grants: given, listed, taken back and given back.
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

constexpr const char* kGranteeArn = "arn:aws:iam::111122223333:user/x";

// A key alias/app, and words that make a grant of it for user/x.
struct Granting : CommandLine {
  Granting() { json({"create-key", "--alias", "app"}); }

  static std::vector<std::string> words(std::vector<std::string> more) {
    more.insert(more.begin(), {"grant", "create", "-k", "alias/app", "--to", "user/x"});
    return more;
  }
  Json grant(std::vector<std::string> more) { return json(words(std::move(more))); }
  // What was asked of the service last.
  Json asked() const { return requests.back().at("Request"); }
  Json grants() { return json({"grant", "list", "-k", "alias/app"}).at("Grants"); }
};

}  // namespace

TEST_SUITE("cli/grant commands") {
  TEST_CASE("a grant is for whom --to names in short, and says what, when, and who may give it back") {
    Granting line;
    const Json answer = line.grant({"--allow", "Encrypt", "Decrypt", "--allow", "DescribeKey", "--retiring", "root",
                                    "--name", "ci", "-c", "job=1", "-c", "stage=a"});
    CHECK(answer.at("GrantToken").get<std::string>().size() > 100);
    CHECK(line.asked().at("GranteePrincipal") == kGranteeArn);
    CHECK(line.asked().at("RetiringPrincipal") == "arn:aws:iam::111122223333:root");
    const Json listed = line.grants();
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].at("GrantId") == answer.at("GrantId"));
    CHECK(listed[0].at("Name") == "ci");
    CHECK(listed[0].at("Operations") == Json{"Decrypt", "DescribeKey", "Encrypt"});
    CHECK(listed[0].at("Constraints") == Json{{"EncryptionContextSubset", {{"job", "1"}, {"stage", "a"}}}});
  }

  TEST_CASE("whoever has a grant uses the key in its context, and in no other") {
    Granting line;
    line.grant({"--allow", "Encrypt", "-c", "job=1"});
    line.world.caller.principal = kGranteeArn;
    CHECK(line.run({"encrypt", "-k", "alias/app", "-a", "-c", "job=1", "-c", "more=2"}, "text") == 0);
    CHECK(line.run({"encrypt", "-k", "alias/app", "-a", "-c", "job=2"}, "text") == 4);
  }

  TEST_CASE("--context-equals allows the pairs and no others, and means nothing without them") {
    Granting line;
    line.grant({"--allow", "Encrypt", "-c", "job=1", "--context-equals"});
    CHECK(line.grants()[0].at("Constraints") == Json{{"EncryptionContextEquals", {{"job", "1"}}}});
    CHECK(refuses(line, Granting::words({"--allow", "Encrypt", "--context-equals"}), 2,
                  "--context-equals requires --encryption-context"));
  }

  TEST_CASE("with a name, the same words make one grant only") {
    Granting line;
    const Json first = line.grant({"--allow", "Encrypt", "--name", "ci"});
    CHECK(line.grant({"--allow", "Encrypt", "--name", "ci"}).at("GrantId") == first.at("GrantId"));
    CHECK(line.grants().size() == 1);
  }

  TEST_CASE("a grant for nobody, of nothing, or of what the key cannot do is refused") {
    Granting line;
    CHECK(refuses(line, {"grant", "create", "-k", "alias/app", "--to", "ci", "--allow", "Encrypt"}, 2,
                  "'ci' is no principal: root, user/NAME, role/NAME or an ARN"));
    CHECK(refuses(line, {"grant", "create", "-k", "alias/app", "--to", "user/none", "--allow", "Encrypt"}, 2,
                  "user/none': it does not exist\nkmsctl: hint: kmsctl principal list shows who there is"));
    CHECK(refuses(line, Granting::words({"--allow", "Encrypt", "--retiring", "me"}), 2, "'me' is no principal"));
    CHECK(refuses(line, Granting::words({}), 2, "required: --allow (see kmsctl grant create --help)"));
    CHECK(refuses(line, Granting::words({"--allow"}), 2, "--allow: a value is missing"));
    CHECK(refuses(line, Granting::words({"--allow", "encrypt"}), 2, "[CreateGrant, Decapsulate, Decrypt, "));
    CHECK(refuses(line, Granting::words({"--allow", "Sign"}), 2, "Operation Sign is not valid in a grant for"));
    CHECK(refuses(line, Granting::words({"--allow", "Encrypt", "-c", "job"}), 2,
                  "--encryption-context 'job': a pair has the form KEY=VALUE"));
    CHECK(refuses(line, {"grant", "create", "-k", "app", "--to", "user/x", "--allow", "Encrypt"}, 3,
                  "hint: an alias is written alias/app"));
  }

  TEST_CASE("a person sees who may do what and when, in the words of the command line") {
    Granting line;
    line.grant({"--allow", "Encrypt", "-c", "job=1", "--context-equals"});
    line.columns = 80;
    CHECK(line.run({"grant", "list", "-k", "alias/app"}) == 0);
    const std::string id = line.world.call("ListGrants", {{"KeyId", line.requests.back()["Request"]["KeyId"]}})
                               .at("Grants")[0]
                               .at("GrantId");
    CHECK(line.out == kms::cat("GRANT      GRANTEE  MAY      WHEN                        CREATED\n"
                               "---------  -------  -------  --------------------------  ----------------\n",
                               id.substr(0, 8), "…  user/x   Encrypt  the context is job=1 alone  2023-11-14 22:13\n"));
    CHECK(line.run({"grant", "list", "-k", "alias/app", "--wide"}) == 0);
    CHECK(line.out.find(id) != std::string::npos);
  }

  TEST_CASE("a grant that is taken back is gone, and cannot be taken back again") {
    Granting line;
    const std::string id = line.grant({"--allow", "Encrypt"}).at("GrantId");
    CHECK(refuses(line, {"grant", "revoke", "-k", "alias/app"}, 2, "required: grant-id"));
    CHECK(refuses(line, {"grant", "revoke", id}, 2, "required: --key-id"));
    CHECK(line.run({"grant", "revoke", "-k", "alias/app", id}) == 0);
    CHECK(line.out.empty());
    CHECK(line.grants().empty());
    CHECK(refuses(line, {"grant", "revoke", "-k", "alias/app", id}, 3, kms::cat("Grant ID ", id, " is not found")));
  }

  TEST_CASE("a grant is given back by its token, or by its key and its id") {
    Granting line;
    const std::string token = line.grant({"--allow", "Encrypt"}).at("GrantToken");
    CHECK(line.run({"grant", "retire", "--token", token}) == 0);
    CHECK(line.grants().empty());
    const std::string id = line.grant({"--allow", "Encrypt"}).at("GrantId");
    CHECK(line.run({"grant", "retire", "-k", "alias/app", id}) == 0);
    CHECK(line.grants().empty());
    CHECK(refuses(line, {"grant", "retire", "--token", "rubbish"}, 2, "The grant token is not valid"));
  }

  TEST_CASE("a grant that is named by half, or in two ways, is not given back") {
    Granting line;
    const Json made = line.grant({"--allow", "Encrypt"});
    const std::string id = made.at("GrantId");
    const std::string token = made.at("GrantToken");
    for (std::vector<std::string> named : {std::vector<std::string>{},
                                           {id},
                                           {"-k", "alias/app"},
                                           {"-k", "alias/app", "--token", token},
                                           {id, "--token", token},
                                           {"-k", "alias/app", id, "--token", token}}) {
      named.insert(named.begin(), {"grant", "retire"});
      CHECK(refuses(line, named, 2, "give --token, or -k KEY and the id of the grant"));
    }
  }
}
