#include "core/ops/vault/identities.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr const char* kIam = "arn:aws:iam::111122223333:";

std::string document(const Json& statement) {
  return Json{{"Version", "2012-10-17"}, {"Statement", statement}}.dump();
}
std::string allow(const Json& action) {
  return document({{"Effect", "Allow"}, {"Action", action}, {"Resource", "*"}});
}
std::string deny(const Json& action) {
  return document({{"Effect", "Deny"}, {"Action", action}, {"Resource", "*"}});
}
std::string trust(const std::string& principal) {
  return document({{"Effect", "Allow"}, {"Action", "sts:AssumeRole"}, {"Principal", {{"AWS", principal}}}});
}

// What `principal` is answered, or "ok".
std::string as(World& world, const std::string& principal, std::string_view operation, const Json& request) {
  const auto before = world.caller;
  world.caller.principal = principal;
  const Json answer = world.call(operation, request);
  world.caller = before;
  return answer.contains("__type") ? answer["__type"].get<std::string>() : "ok";
}

std::string encrypt_as(World& world, const std::string& principal, const std::string& key) {
  return as(world, principal, "Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}});
}

// Opens a session of the role for user x, who stays in it.
Json enter(World& world, const Json& request) {
  world.caller.principal = cat(kIam, "user/x");
  const Json answer = world.call("AssumeRole", request);
  if (answer.contains("__type")) return answer;
  world.caller.session_token = answer["Credentials"]["SessionToken"];
  return answer;
}

}  // namespace

TEST_SUITE("ops/identities") {
  TEST_CASE("a user is created, shown, listed and deleted; the trail says so") {
    World world;
    const Json made = world.call(
        "CreatePrincipal",
        {{"Principal", "user/team/alice"}, {"Tags", {{{"TagKey", "env"}, {"TagValue", "prod"}}}}})["Principal"];
    CHECK(made["Arn"] == cat(kIam, "user/team/alice"));
    CHECK(made["PrincipalId"].get<std::string>().starts_with("AIDA"));
    CHECK(world.call("DescribePrincipal", {{"Principal", "user/team/alice"}})["Principal"] == made);
    CHECK(world.call("ListPrincipals", Json::object())["Principals"].size() == 3);
    CHECK(world.call("DeletePrincipal", {{"Principal", "user/team/alice"}}) == Json::object());
    CHECK(world.call("DescribePrincipal", {{"Principal", "user/team/alice"}})["__type"] == "NotFoundException");
    CHECK(world.audited().at(0)["eventName"] == "CreatePrincipal");
    CHECK(world.audited().at(0)["eventSource"] == "kmsctl");
  }

  TEST_CASE("each failure has its name and changes nothing") {
    World world;
    const std::string long_policy = allow(cat("kms:", std::string(3000, 'x')));
    const std::tuple<const char*, Json, const char*> rows[] = {
        {"CreatePrincipal", {{"Principal", "nobody"}}, "ValidationException"},
        {"CreatePrincipal", {{"Principal", "user/"}}, "ValidationException"},
        {"CreatePrincipal", {{"Principal", "user/a b"}}, "ValidationException"},
        {"CreatePrincipal", {{"Principal", "user/x"}}, "AlreadyExistsException"},
        {"CreatePrincipal", {{"Principal", "user/path/X"}}, "AlreadyExistsException"},
        {"CreatePrincipal", {{"Principal", "arn:aws:iam::999999999999:user/z"}}, "NotFoundException"},
        {"CreatePrincipal", {{"Principal", "role/r"}}, "ValidationException"},
        {"CreatePrincipal", {{"Principal", "user/z"}, {"TrustPolicy", trust("*")}}, "ValidationException"},
        {"CreatePrincipal", {{"Principal", "role/r"}, {"TrustPolicy", "{}"}}, "MalformedPolicyDocumentException"},
        {"CreatePrincipal",
         {{"Principal", "role/r"}, {"TrustPolicy", trust(cat(kIam, "user/nobody"))}},
         "MalformedPolicyDocumentException"},
        {"PutPrincipalPolicy",
         {{"Principal", "user/x"}, {"PolicyName", "p"}, {"Policy", "x"}},
         "MalformedPolicyDocumentException"},
        {"PutPrincipalPolicy",
         {{"Principal", "user/x"}, {"PolicyName", "p"}, {"Policy", long_policy}},
         "LimitExceededException"},
        {"PutPrincipalPolicy",
         {{"Principal", "user/z"}, {"PolicyName", "p"}, {"Policy", allow("*")}},
         "NotFoundException"},
        {"GetPrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "p"}}, "NotFoundException"},
        {"DeletePrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "p"}}, "NotFoundException"},
        {"UpdateTrustPolicy", {{"Principal", "user/x"}, {"Policy", trust("*")}}, "ValidationException"},
        {"AddUserToGroup", {{"Group", "user/x"}, {"User", "user/y"}}, "ValidationException"},
        {"AddUserToGroup", {{"Group", "group/g"}, {"User", "user/y"}}, "NotFoundException"},
        {"CreateAccount", {{"AccountId", "11112222333x"}}, "ValidationException"},
        {"CreateAccount", {{"AccountId", "111122223333"}}, "AlreadyExistsException"},
        {"DeleteAccount", {{"AccountId", "111122223333"}}, "ConflictException"},
        {"DeleteAccount", {{"AccountId", "999999999999"}}, "NotFoundException"},
        {"PutOrganizationPolicy",
         {{"Level", "nowhere"}, {"PolicyName", "p"}, {"Policy", deny("*")}},
         "ValidationException"},
        {"PutOrganizationPolicy",
         {{"Level", "root"},
          {"Type", "RESOURCE_CONTROL_POLICY"},
          {"PolicyName", "p"},
          {"Policy", document({{"Effect", "Allow"}, {"Principal", "*"}, {"Action", "*"}, {"Resource", "*"}})}},
         "MalformedPolicyDocumentException"},
        {"GetOrganizationPolicy", {{"Level", "root"}, {"PolicyName", "p"}}, "NotFoundException"},
        {"PutEndpointPolicy", {{"Listener", "tcp"}, {"Policy", allow("*")}}, "ValidationException"},
        {"AssumeRole", {{"RoleArn", "role/r"}, {"RoleSessionName", "s!"}}, "ValidationException"},
        {"AssumeRole", {{"RoleArn", "role/r"}, {"RoleSessionName", "ss"}}, "AccessDeniedException"},
    };
    const auto before = world.data();
    for (const auto& row : rows) {
      CAPTURE(std::string(std::get<0>(row)));
      CAPTURE(std::get<1>(row).dump());
      CHECK(world.call(std::get<0>(row), std::get<1>(row)).value("__type", "ok") == std::get<2>(row));
      CHECK(world.data() == before);
    }
    CHECK(world.audited().size() == std::size(rows));
  }

  TEST_CASE("a user may do what its policies, its groups and its boundary say together") {
    World world;
    const std::string key = world.create_key();
    const std::string x = cat(kIam, "user/x");
    CHECK(encrypt_as(world, x, key) == "AccessDeniedException");
    world.call("CreatePrincipal", {{"Principal", "group/g"}});
    world.call("PutPrincipalPolicy", {{"Principal", "group/g"}, {"PolicyName", "p"}, {"Policy", allow("kms:*")}});
    world.call("AddUserToGroup", {{"Group", "group/g"}, {"User", "user/x"}});
    CHECK(encrypt_as(world, x, key) == "ok");
    CHECK(world.call("DeletePrincipal", {{"Principal", "group/g"}})["__type"] == "ConflictException");
    world.call("PutPermissionsBoundary", {{"Principal", "user/x"}, {"Policy", allow("kms:Decrypt")}});
    CHECK(encrypt_as(world, x, key) == "AccessDeniedException");
    world.call("DeletePermissionsBoundary", {{"Principal", "user/x"}});
    world.call("PutPrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "no"}, {"Policy", deny("kms:Encrypt")}});
    CHECK(encrypt_as(world, x, key) == "AccessDeniedException");
    world.call("DeletePrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "no"}});
    CHECK(encrypt_as(world, x, key) == "ok");
    world.call("RemoveUserFromGroup", {{"Group", "group/g"}, {"User", "user/x"}});
    CHECK(encrypt_as(world, x, key) == "AccessDeniedException");
  }

  TEST_CASE("who makes a user with tags needs the permission to tag, which may go by those tags") {
    World world;
    const std::string x = cat(kIam, "user/x");
    const auto make = [&](const char* name, const char* team) {
      const Json tags = Json::array({{{"TagKey", "team"}, {"TagValue", team}}});
      return as(world, x, "CreatePrincipal", {{"Principal", name}, {"Tags", tags}});
    };
    const auto put = [&](const std::string& policy) {
      world.call("PutPrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "p"}, {"Policy", policy}});
    };
    put(allow("kmsctl:CreatePrincipal"));
    CHECK(as(world, x, "CreatePrincipal", {{"Principal", "user/plain"}}) == "ok");
    CHECK(make("user/web", "web") == "AccessDeniedException");
    CHECK(world.call("DescribePrincipal", {{"Principal", "user/web"}})["__type"] == "NotFoundException");
    put(document({{"Effect", "Allow"},
                  {"Action", {"kmsctl:CreatePrincipal", "kmsctl:TagPrincipal"}},
                  {"Resource", cat(kIam, "user/web*")},
                  {"Condition", {{"StringEquals", {{"aws:RequestTag/team", "web"}}}}}}));
    CHECK(make("user/web", "web") == "ok");
    CHECK(make("user/web2", "admin") == "AccessDeniedException");
    CHECK(make("user/other", "web") == "AccessDeniedException");
  }

  TEST_CASE("an account that is renamed stays where it is, and one that is moved keeps its name") {
    World world;
    const auto account = [&] { return world.call("ListAccounts", Json::object())["Accounts"][0]; };
    world.call("UpdateAccount", {{"AccountId", "111122223333"}, {"AccountName", "one"}, {"Unit", "workloads/prod"}});
    world.call("UpdateAccount", {{"AccountId", "111122223333"}, {"AccountName", "two"}});
    CHECK(account() == Json{{"AccountId", "111122223333"}, {"AccountName", "two"}, {"Unit", "workloads/prod"}});
    world.call("UpdateAccount", {{"AccountId", "111122223333"}, {"Unit", ""}});
    CHECK(account() == Json{{"AccountId", "111122223333"}, {"AccountName", "two"}, {"Unit", ""}});
    CHECK(world.call("UpdateAccount", {{"AccountId", "111122223333"}})["__type"] == "ValidationException");
  }

  TEST_CASE("who attaches a policy to a level is told the accounts that it applies to") {
    World world;
    world.call("CreateAccount", {{"AccountId", "444455556666"}, {"Unit", "workloads/prod"}});
    const auto accounts = [&](const std::string& level) {
      return world.call(
          "PutOrganizationPolicy",
          {{"Level", level}, {"PolicyName", "no"}, {"Policy", deny("kms:CreateCustomKeyStore")}})["AccountIds"];
    };
    CHECK(accounts("root") == Json{"111122223333", "444455556666"});
    CHECK(accounts("root/workloads") == Json{"444455556666"});
    CHECK(accounts("root/workloads/prod") == Json{"444455556666"});
    CHECK(accounts("444455556666") == Json{"444455556666"});
    CHECK(accounts("root/work") == Json::array());
    CHECK(accounts("root/workloads/prod/eu") == Json::array());
    CHECK(accounts("777788889999") == Json::array());
  }

  TEST_CASE("levels of the organization: a deny at any, an allow at each") {
    World world;
    const std::string key = world.create_key();
    const std::string root = cat(kIam, "root");
    world.call("UpdateAccount", {{"AccountId", "111122223333"}, {"Unit", "workloads/prod"}});
    CHECK(world.call("ListOrganizationPolicies", Json::object())["Levels"].size() == 4);
    CHECK(encrypt_as(world, root, key) == "ok");
    world.call("PutOrganizationPolicy",
               {{"Level", "root/workloads"}, {"PolicyName", "no"}, {"Policy", deny("kms:Encrypt")}});
    CHECK(encrypt_as(world, root, key) == "AccessDeniedException");
    world.call("DeleteOrganizationPolicy", {{"Level", "root/workloads"}, {"PolicyName", "no"}});
    world.call("PutOrganizationPolicy",
               {{"Level", "root/workloads"}, {"PolicyName", "only"}, {"Policy", allow({"kms:Describe*", "kmsctl:*"})}});
    CHECK(encrypt_as(world, root, key) == "ok");  // FullAWSAccess is still attached
    world.call("DeleteOrganizationPolicy", {{"Level", "root/workloads"}, {"PolicyName", "FullAWSAccess"}});
    CHECK(encrypt_as(world, root, key) == "AccessDeniedException");
    CHECK(as(world, root, "DescribeKey", {{"KeyId", key}}) == "ok");
    world.call("PutOrganizationPolicy",
               {{"Level", "root/workloads"}, {"PolicyName", "FullAWSAccess"}, {"Policy", allow("*")}});
    CHECK(encrypt_as(world, root, key) == "ok");
    const Json guard{{"Effect", "Deny"}, {"Principal", "*"}, {"Action", "kms:Encrypt"}, {"Resource", "*"}};
    world.call("PutOrganizationPolicy", {{"Level", "111122223333"},
                                         {"Type", "RESOURCE_CONTROL_POLICY"},
                                         {"PolicyName", "guard"},
                                         {"Policy", document(guard)}});
    CHECK(encrypt_as(world, root, key) == "AccessDeniedException");
  }

  TEST_CASE("the policy of a listener counts for what comes through it") {
    World world;
    const std::string key = world.create_key();
    const Json only{{"Effect", "Allow"}, {"Principal", "*"}, {"Action", "kms:DescribeKey"}, {"Resource", "*"}};
    world.call("PutEndpointPolicy", {{"Listener", "loopback"}, {"Policy", document(only)}});
    CHECK(encrypt_as(world, cat(kIam, "root"), key) == "ok");
    world.caller.listener = "loopback";
    CHECK(encrypt_as(world, cat(kIam, "root"), key) == "AccessDeniedException");
    CHECK(as(world, cat(kIam, "root"), "DescribeKey", {{"KeyId", key}}) == "ok");
    world.caller.listener = "unix";
    CHECK(encrypt_as(world, cat(kIam, "root"), key) == "ok");
  }

  TEST_CASE("a role acts for whom it trusts, no longer than the session lasts, within the session's policy") {
    World world;
    const std::string key = world.create_key();
    world.call("CreatePrincipal", {{"Principal", "role/r"}, {"TrustPolicy", trust(cat(kIam, "user/x"))}});
    world.call("PutPrincipalPolicy", {{"Principal", "role/r"}, {"PolicyName", "all"}, {"Policy", allow("kms:*")}});
    const Json request{{"RoleArn", "role/r"}, {"RoleSessionName", "ci"}, {"DurationSeconds", 900}};
    CHECK(as(world, cat(kIam, "user/y"), "AssumeRole", request) == "AccessDeniedException");
    CHECK(world.call("AssumeRole", request)["message"] == "Roles may not be assumed by root accounts.");
    Json longer = request;
    longer["DurationSeconds"] = 7200;
    CHECK(as(world, cat(kIam, "user/x"), "AssumeRole", longer) == "ValidationException");

    enter(world, request);
    CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}}).contains("CiphertextBlob"));
    CHECK(world.audited().back()["userIdentity"]["type"] == "AssumedRole");
    CHECK(world.call("GetCallerIdentity", Json::object())["Arn"] == "arn:aws:sts::111122223333:assumed-role/r/ci");
    world.clock.advance(std::chrono::minutes(16));
    CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["__type"] == "ExpiredTokenException");

    world.caller.session_token.clear();
    Json narrow = request;
    narrow["Policy"] = allow("kms:Decrypt");
    enter(world, narrow);
    CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["message"].get<std::string>().ends_with(
        "because no session policy allows the kms:Encrypt action"));
  }

  TEST_CASE("a session ends with its role, and with who opened it, whoever bears their names then") {
    World world;
    const std::string x = cat(kIam, "user/x");
    const Json request{{"RoleArn", "role/r"}, {"RoleSessionName", "ci"}};
    const auto make_role = [&](const std::string& who) {
      CHECK(world.call("CreatePrincipal", {{"Principal", "role/r"}, {"TrustPolicy", trust(cat(kIam, who))}})
                .contains("Principal"));
      world.call("PutPrincipalPolicy", {{"Principal", "role/r"}, {"PolicyName", "p"}, {"Policy", allow("*")}});
    };
    make_role("user/x");
    const std::string key = world.create_key();
    const std::string role = cat(kIam, "role/r");
    const auto encrypts = [&] { return world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}}); };
    const testing::TestCaller owner = world.caller;
    enter(world, request);
    const testing::TestCaller session = world.caller;
    CHECK(encrypts().contains("CiphertextBlob"));
    SUBCASE("the role is made anew for somebody else, and named in a grant and a policy") {
      world.caller = owner;
      world.call("DeletePrincipal", {{"Principal", "role/r"}});
      world.caller = session;
      CHECK(encrypts()["__type"] == "UnrecognizedClientException");
      world.caller = owner;
      make_role("user/y");
      world.call("CreateGrant", {{"KeyId", key}, {"GranteePrincipal", role}, {"Operations", {"Encrypt"}}});
      world.caller = session;
      CHECK(encrypts()["__type"] == "UnrecognizedClientException");
      CHECK(world.call("GetCallerIdentity", Json::object())["__type"] == "UnrecognizedClientException");
    }
    SUBCASE("who opened it is made anew: the token is none of theirs") {
      world.caller = owner;
      world.call("DeletePrincipal", {{"Principal", "user/x"}});
      world.call("CreatePrincipal", {{"Principal", "user/x"}});
      world.caller = session;
      world.caller.principal_id.clear();  // the new one calls, and brings the token of the old one
      CHECK(encrypts()["__type"] == "AccessDeniedException");
    }
  }

  TEST_CASE("a role or user made anew under its name has nothing of the old one") {
    World world;
    const std::string x = cat(kIam, "user/x");
    const Json use{{"Effect", "Allow"}, {"Principal", {{"AWS", x}}}, {"Action", "kms:Encrypt"}, {"Resource", "*"}};
    const Json owner{
        {"Effect", "Allow"}, {"Principal", {{"AWS", cat(kIam, "root")}}}, {"Action", "kms:*"}, {"Resource", "*"}};
    const std::string key = world.create_key({{"Policy", document(Json::array({use, owner}))}});
    world.call("CreateGrant", {{"KeyId", key}, {"GranteePrincipal", x}, {"Operations", {"DescribeKey"}}});
    const std::string before = world.call("DescribePrincipal", {{"Principal", "user/x"}})["Principal"]["PrincipalId"];
    CHECK(encrypt_as(world, x, key) == "ok");
    CHECK(as(world, x, "DescribeKey", {{"KeyId", key}}) == "ok");
    world.call("DeletePrincipal", {{"Principal", "user/x"}});
    CHECK(encrypt_as(world, x, key) == "AccessDeniedException");
    world.call("CreatePrincipal", {{"Principal", "user/x"}});
    CHECK(encrypt_as(world, x, key) == "AccessDeniedException");
    CHECK(as(world, x, "DescribeKey", {{"KeyId", key}}) == "AccessDeniedException");
    // The same request as before is another grant, for another user.
    const Json named{{"KeyId", key}, {"GranteePrincipal", x}, {"Operations", {"DescribeKey"}}, {"Name", "n"}};
    const Json given = world.call("CreateGrant", named);
    world.call("DeletePrincipal", {{"Principal", "user/x"}});
    world.call("CreatePrincipal", {{"Principal", "user/x"}});
    CHECK(world.call("CreateGrant", named)["GrantId"] != given["GrantId"]);
    CHECK(as(world, x, "DescribeKey", {{"KeyId", key}}) == "ok");
    const std::string shown = world.call("GetKeyPolicy", {{"KeyId", key}})["Policy"];
    CHECK(shown.find(before) != std::string::npos);
    CHECK(shown.find(x) == std::string::npos);
  }

  TEST_CASE("who may create grants by a grant passes on no more than that") {
    World world;
    const std::string key = world.create_key();
    const std::string x = cat(kIam, "user/x");
    world.call("CreateGrant", {{"KeyId", key},
                               {"GranteePrincipal", x},
                               {"Operations", {"CreateGrant", "Encrypt"}},
                               {"Constraints", {{"EncryptionContextSubset", {{"a", "1"}}}}}});
    const auto pass_on = [&](const Json& operations, const Json& constraints) {
      Json request{{"KeyId", key}, {"GranteePrincipal", cat(kIam, "user/y")}, {"Operations", operations}};
      if (!constraints.is_null()) request["Constraints"] = constraints;
      return as(world, x, "CreateGrant", request);
    };
    CHECK(pass_on({"Encrypt"}, nullptr) == "AccessDeniedException");
    CHECK(pass_on({"Decrypt"}, {{"EncryptionContextSubset", {{"a", "1"}}}}) == "AccessDeniedException");
    CHECK(pass_on({"Encrypt"}, {{"EncryptionContextSubset", {{"b", "1"}}}}) == "AccessDeniedException");
    CHECK(pass_on({"Encrypt"}, {{"EncryptionContextSubset", {{"a", "1"}}}}) == "ok");
    CHECK(pass_on({"Encrypt"}, {{"EncryptionContextSubset", {{"a", "1"}, {"b", "2"}}}}) == "ok");
    CHECK(pass_on({"Encrypt"}, {{"EncryptionContextEquals", {{"a", "1"}}}}) == "ok");
  }

  TEST_CASE("explaining another needs permission, and yourself shows the policies of others as verdicts only") {
    World world;
    const std::string key = world.create_key();
    const std::string x = cat(kIam, "user/x");
    const Json own{{"Action", "kms:Encrypt"}, {"KeyId", key}};
    Json other = own;
    other["Principal"] = "user/y";
    CHECK(as(world, x, "ExplainAccess", other) == "AccessDeniedException");
    world.caller.principal = x;
    const Json seen = world.call("ExplainAccess", own);
    CHECK(seen["Decision"] == "deny");
    CHECK_FALSE(seen.contains("ChangesThatWouldAllow"));
    for (const Json& layer : seen["Layers"]) {
      CHECK(layer.contains("Statements") ==
            (layer["Layer"] == "identity policies" || layer["Layer"] == "permissions boundary" ||
             layer["Layer"] == "session policy" || layer["Verdict"] == "not set"));
    }
    world.caller.principal = cat(kIam, "root");
    const Json all = world.call("ExplainAccess", {{"Action", "kms:Encrypt"}, {"KeyId", key}, {"Principal", "user/x"}});
    CHECK(all["Layers"].size() == 8);
    CHECK(all["ChangesThatWouldAllow"].size() == 3);
    CHECK(world.call("ListPrincipalsWithAccess", own)["Principals"].size() == 1);
  }

  TEST_CASE("an explanation says what the request has of a condition key, and nothing where it lacks the key") {
    World world;
    const Json condition{{"StringEquals", {{"aws:PrincipalTag/team", "a"}}}};
    const Json statement{{"Effect", "Allow"}, {"Action", "kms:CreateKey"}, {"Resource", "*"}, {"Condition", condition}};
    world.call("PutPrincipalPolicy",
               {{"Principal", "user/x"}, {"PolicyName", "of-team"}, {"Policy", document(statement)}});
    const auto explained = [&] {
      const Json answer = world.call("ExplainAccess", {{"Action", "kms:CreateKey"}, {"Principal", "user/x"}});
      return answer.at("NearestMiss").at("Conditions").at(0);
    };
    Json expected{{"Operator", "StringEquals"},
                  {"Key", "aws:PrincipalTag/team"},
                  {"Values", Json::array({"a"})},
                  {"ResolvedValues", Json::array({"a"})},
                  {"Holds", false}};
    CHECK(explained() == expected);
    world.call("TagPrincipal", {{"Principal", "user/x"}, {"Tags", {{{"TagKey", "team"}, {"TagValue", "b"}}}}});
    expected["Requested"] = Json::array({"b"});
    CHECK(explained() == expected);
  }

  TEST_CASE("who may not see others is told nothing of who is there") {
    World world;
    const std::string x = cat(kIam, "user/x");
    world.call("CreatePrincipal", {{"Principal", "role/closed"}, {"TrustPolicy", trust(cat(kIam, "user/y"))}});
    world.call("CreatePrincipal", {{"Principal", "role/delegating"}, {"TrustPolicy", trust(cat(kIam, "root"))}});
    world.call("CreatePrincipal",
               {{"Principal", "role/denying"},
                {"TrustPolicy", document({{"Effect", "Deny"}, {"Action", "*"}, {"Principal", {{"AWS", x}}}})}});
    world.call("CreatePrincipal", {{"Principal", "role/open"}, {"TrustPolicy", trust(x)}});
    world.call("CreateAccount", {{"AccountId", "444455556666"}});
    const auto answer = [&](const char* operation, const Json& request) {
      const auto before = world.caller;
      world.caller.principal = x;
      Json out = world.call(operation, request);
      world.caller = before;
      return out;
    };
    // The same but for the name itself.
    const auto text = [](const Json& out, const std::string& name) {
      std::string dumped = out.dump();
      for (std::size_t at = dumped.find(name); at != std::string::npos; at = dumped.find(name)) {
        dumped.replace(at, name.size(), "NAME");
      }
      return dumped;
    };
    std::set<std::string> targets;
    for (const char* name : {"user/y", "user/nosuch", "role/closed", "role/nosuch"}) {
      targets.insert(text(answer("ExplainAccess", {{"Action", "kms:Encrypt"}, {"Principal", name}}), name));
    }
    for (const std::string account : {"444455556666", "999999999999"}) {
      const std::string root = cat("arn:aws:iam::", account, ":root");
      targets.insert(text(answer("ExplainAccess", {{"Action", "kms:Encrypt"}, {"Principal", root}}), root));
    }
    CHECK(targets.size() == 2);  // users and roles; owners of accounts, whose ARN is all there is to leave out
    for (const std::string& each : targets) CHECK(each.find("AccessDeniedException") != std::string::npos);
    std::set<std::string> explained;
    std::set<std::string> assumed;
    for (const char* name : {"role/closed", "role/delegating", "role/denying", "role/nosuch"}) {
      explained.insert(text(answer("ExplainAccess", {{"Action", "sts:AssumeRole"}, {"Resource", name}}), name));
      assumed.insert(text(answer("AssumeRole", {{"RoleArn", name}, {"RoleSessionName", "ss"}}), name));
    }
    CHECK(explained.size() == 1);
    CHECK(explained.begin()->find(R"("Decision":"deny")") != std::string::npos);
    CHECK(assumed.size() == 1);
    CHECK(assumed.begin()->find("AccessDeniedException") != std::string::npos);
    CHECK(answer("ExplainAccess", {{"Action", "sts:AssumeRole"}, {"Resource", "role/open"}})["Decision"] == "allow");
    CHECK(answer("ExplainAccess", {{"Action", "kms:Encrypt"}, {"Principal", "user/x"}})["Decision"] == "deny");
    // Who may see them is told.
    CHECK(world.call("ExplainAccess", {{"Action", "kms:Encrypt"}, {"Principal", "user/nosuch"}})["__type"] ==
          "NotFoundException");
    CHECK(world.call("ExplainAccess", {{"Action", "sts:AssumeRole"}, {"Resource", "role/nosuch"}})["__type"] ==
          "NotFoundException");
  }

  TEST_CASE("keys of another account rotate and go as those of the home account") {
    World world;
    world.call("CreateAccount", {{"AccountId", "444455556666"}});
    world.caller.principal = "arn:aws:iam::444455556666:root";
    world.caller.home.account = "444455556666";
    const std::string key = world.create_key();
    CHECK(key.find(":444455556666:key/") != std::string::npos);
    world.call("EnableKeyRotation", {{"KeyId", key}});
    world.clock.advance(std::chrono::hours(24 * 366));
    CHECK(world.call("ListKeyRotations", {{"KeyId", key}})["Rotations"].size() == 1);
    CHECK(world.call("DeleteAccount", {{"AccountId", "444455556666"}})["__type"] == "AccessDeniedException");
  }

  TEST_CASE("both keys are asked about when another region is to lead") {
    World world;
    world.call("AddRegion", {{"Region", "us-west-2"}});
    const std::string key = world.create_key({{"MultiRegion", true}});
    world.call("ReplicateKey", {{"KeyId", key}, {"ReplicaRegion", "us-west-2"}});
    world.authorizer.asked.clear();
    CHECK(world.call("UpdatePrimaryRegion", {{"KeyId", key}, {"PrimaryRegion", "us-west-2"}}) == Json::object());
    REQUIRE(world.authorizer.asked.size() == 2);
    CHECK(world.authorizer.asked[0] == cat("kms:UpdatePrimaryRegion ", key));
    CHECK(world.authorizer.asked[1].find("us-west-2") != std::string::npos);
  }

  TEST_CASE("no policy of the organization locks everybody out") {
    World world;
    const auto before = world.data();
    const Json all{{"Level", "root"}, {"PolicyName", "no"}, {"Policy", deny("*")}};
    CHECK(world.call("PutOrganizationPolicy", all)["__type"] == "MalformedPolicyDocumentException");
    CHECK(world.call("DeleteOrganizationPolicy", {{"Level", "root"}, {"PolicyName", "FullAWSAccess"}})["__type"] ==
          "MalformedPolicyDocumentException");
    CHECK(world.data() == before);
    CHECK(encrypt_as(world, cat(kIam, "root"), world.create_key()) == "ok");
    world.call("PutOrganizationPolicy", {{"Level", "root/closed"}, {"PolicyName", "no"}, {"Policy", deny("*")}});
    const auto closed = world.data();
    CHECK(world.call("UpdateAccount", {{"AccountId", "111122223333"}, {"Unit", "closed"}})["__type"] ==
          "MalformedPolicyDocumentException");
    CHECK(world.data() == closed);
  }
}
