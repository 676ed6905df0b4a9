// Statements that are added to a key policy, and principals that are taken out of it.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/policy_texts.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::speaks_of;

namespace {

constexpr const char* kUserX = "arn:aws:iam::111122223333:user/x";

// A line with one key, and what its policy says.
struct StatementLine : CommandLine {
  explicit StatementLine(const Json& request = Json::object()) : key(world.create_key(request)) {}

  int allow(const std::vector<std::string>& words) { return change("allow", words); }
  int revoke(const std::vector<std::string>& words) { return change("revoke", words); }
  int change(const std::string& how, const std::vector<std::string>& words) {
    std::vector<std::string> all{"policy", how, "-k", key};
    all.insert(all.end(), words.begin(), words.end());
    return run(all);
  }
  Json statements() {
    return Json::parse(world.call("GetKeyPolicy", {{"KeyId", key}}).at("Policy").get<std::string>()).at("Statement");
  }
  // What came after the one that every key begins with.
  Json added() {
    Json all = statements();
    all.erase(0);
    return all;
  }

  std::string key;
};

}  // namespace

TEST_SUITE("cli/policy statement commands") {
  TEST_CASE("who is allowed to use a key is named in a statement of his own, which is shown") {
    StatementLine line;
    const Json before = line.statements();
    CHECK(line.allow({"--principal", "user/x", "--use"}) == 0);
    CHECK(line.out.empty());
    CHECK(speaks_of(line.err, "+   \"Sid\": \"Allow use by user/x\"\n"));
    const Json after = line.statements();
    CHECK(after.size() == 2);
    CHECK(after.at(0) == before.at(0));
    CHECK(after.at(1) == Json{{"Sid", "Allow use by user/x"},
                              {"Effect", "Allow"},
                              {"Principal", {{"AWS", kUserX}}},
                              {"Action",
                               {"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo",
                                "kms:GenerateDataKey*", "kms:DescribeKey"}},
                              {"Resource", "*"}});
  }

  TEST_CASE("whoever was allowed may, and nobody else") {
    StatementLine line;
    CHECK(line.allow({"--principal", "user/x", "--encrypt-only"}) == 0);
    line.world.caller.principal = kUserX;
    CHECK(line.run({"kms", "encrypt", "--key-id", line.key, "--plaintext", "aGk="}) == 0);
    const std::string blob = Json::parse(line.out).at("CiphertextBlob");
    CHECK(line.run({"kms", "decrypt", "--ciphertext-blob", blob}) == 4);
    line.world.caller.principal = "arn:aws:iam::111122223333:user/y";
    CHECK(line.run({"kms", "encrypt", "--key-id", line.key, "--plaintext", "aGk="}) == 4);
  }

  TEST_CASE("what using a key means is what the key is for") {
    StatementLine sign({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    CHECK(sign.allow({"--principal", "user/x", "--use"}) == 0);
    CHECK(sign.added().at(0).at("Action") == Json{"kms:Sign", "kms:Verify", "kms:GetPublicKey", "kms:DescribeKey"});
    StatementLine mac({{"KeySpec", "HMAC_256"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}});
    CHECK(mac.allow({"--principal", "user/x", "--use"}) == 0);
    CHECK(mac.added().at(0).at("Action") == Json{"kms:GenerateMac", "kms:VerifyMac", "kms:DescribeKey"});
    StatementLine agree({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "KEY_AGREEMENT"}});
    CHECK(agree.allow({"--principal", "user/x", "--use"}) == 0);
    CHECK(agree.added().at(0).at("Action") == Json{"kms:DeriveSharedSecret", "kms:GetPublicKey", "kms:DescribeKey"});
    StatementLine rsa({{"KeySpec", "RSA_2048"}, {"KeyUsage", "ENCRYPT_DECRYPT"}});
    CHECK(rsa.allow({"--principal", "user/x", "--encrypt-only"}) == 0);
    CHECK(rsa.added().at(0).at("Action") == Json{"kms:Encrypt", "kms:GetPublicKey", "kms:DescribeKey"});
  }

  TEST_CASE("one half of encryption is for a key that encrypts") {
    StatementLine line({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    for (const char* option : {"--encrypt-only", "--decrypt-only"}) {
      CHECK(line.allow({"--principal", "user/x", option}) == 2);
      CHECK(speaks_of(line.err, kms::cat(option, ": the key is for SIGN_VERIFY; --use is what it is for")));
    }
    CHECK(line.added().empty());
  }

  TEST_CASE("an administrator changes a key and does not use it") {
    StatementLine line;
    CHECK(line.allow({"--principal", "user/x", "--administer"}) == 0);
    CHECK(line.added().at(0).at("Sid") == "Allow administration by user/x");
    line.world.caller.principal = kUserX;
    CHECK(line.run({"kms", "disable-key", "--key-id", line.key}) == 0);
    CHECK(line.run({"kms", "enable-key", "--key-id", line.key}) == 0);
    CHECK(line.run({"kms", "encrypt", "--key-id", line.key, "--plaintext", "aGk="}) == 4);
  }

  TEST_CASE("administration and use are two statements") {
    StatementLine line;
    CHECK(line.allow({"--principal", "user/x", "--decrypt-only", "--administer"}) == 0);
    CHECK(line.added().size() == 2);
  }

  TEST_CASE("another account is allowed as a whole") {
    StatementLine line;
    CHECK(line.allow({"--account", "444455556666", "--decrypt-only"}) == 0);
    CHECK(line.added().at(0).at("Principal") == Json{{"AWS", "arn:aws:iam::444455556666:root"}});
    CHECK(line.added().at(0).at("Sid") == "Allow decryption by 444455556666");
  }

  TEST_CASE("to allow the same twice changes nothing, and to allow more takes nothing away") {
    StatementLine line;
    CHECK(line.allow({"--principal", "user/x", "--use"}) == 0);
    const Json once = line.statements();
    CHECK(line.allow({"--principal", "user/x", "--use"}) == 0);
    CHECK(line.err.empty());
    CHECK(line.statements() == once);
    CHECK(line.allow({"--principal", "user/x", "--actions", "kms:GetPublicKey"}) == 0);
    CHECK(line.allow({"--principal", "user/x", "--actions", "kms:ListGrants", "kms:RevokeGrant"}) == 0);
    const Json more = line.statements();
    CHECK(more.size() == 4);
    CHECK(more.at(0) == once.at(0));
    CHECK(more.at(1) == once.at(1));
    CHECK(more.at(2).at("Sid") == "Allow actions by user/x");
    CHECK(more.at(3).at("Sid") == "Allow actions by user/x 2");
  }

  TEST_CASE("a pair of the encryption context is a condition on what has one") {
    StatementLine line;
    CHECK(line.allow({"--principal", "user/x", "--use", "-c", "app=web", "-c", "job=1"}) == 0);
    const Json added = line.added();
    CHECK(added.size() == 2);
    CHECK(added.at(0).at("Action") == Json{"kms:DescribeKey"});
    CHECK(added.at(0).at("Sid") == "Allow description to user/x");
    CHECK_FALSE(added.at(0).contains("Condition"));
    CHECK(added.at(1).at("Condition") ==
          Json{{"StringEquals", {{"kms:EncryptionContext:app", "web"}, {"kms:EncryptionContext:job", "1"}}}});
    line.world.caller.principal = kUserX;
    const std::vector<std::string> plain{"kms", "encrypt", "--key-id", line.key, "--plaintext", "aGk="};
    CHECK(line.run(plain) == 4);
    auto with = plain;
    with.insert(with.end(), {"--encryption-context", "app=web,job=1"});
    CHECK(line.run(with) == 0);
  }

  TEST_CASE("a condition that would stand over nothing is refused") {
    StatementLine line;
    CHECK(line.allow({"--principal", "user/x", "--actions", "kms:DescribeKey", "-c", "a=b"}) == 2);
    CHECK(speaks_of(line.err, "-c: none of these actions has an encryption context; leave it out"));
    CHECK(line.allow({"--principal", "user/x", "--use", "--administer", "-c", "a=b"}) == 2);
    CHECK(speaks_of(line.err, "-c: administration has no encryption context; allow it in a call of its own"));
    CHECK(line.allow({"--principal", "user/x", "--use", "-c", "a"}) == 2);
    CHECK(speaks_of(line.err, "'a': a pair has the form KEY=VALUE"));
    CHECK(line.added().empty());
    StatementLine sign({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    CHECK(sign.allow({"--principal", "user/x", "--use", "-c", "a=b"}) == 2);
    CHECK(speaks_of(sign.err, "-c: ECC_NIST_P256 keys have no encryption context; leave it out"));
    CHECK(sign.added().empty());
  }

  TEST_CASE("a dry run shows what would be added and does nothing") {
    StatementLine line;
    const Json before = line.statements();
    CHECK(line.allow({"--principal", "user/x", "--use", "--dry-run"}) == 0);
    CHECK(speaks_of(line.err, "+   \"Sid\": \"Allow use by user/x\"\n"));
    CHECK_FALSE(speaks_of(line.err, "note"));
    CHECK(line.statements() == before);
  }

  TEST_CASE("a dry run says of a user or role that is not there that the policy would be refused") {
    StatementLine line;
    for (const char* nobody : {"user/nobody", "role/none", "arn:aws:iam::111122223333:user/nobody"}) {
      CHECK(line.allow({"--principal", nobody, "--use", "--dry-run"}) == 0);
      CHECK(speaks_of(line.err, kms::cat("kmsctl: note: this would be refused: ", nobody,
                                         " does not exist; kmsctl principal list shows who there is\n")));
    }
    CHECK(line.allow({"--principal", "root", "--use", "--dry-run"}) == 0);
    CHECK_FALSE(speaks_of(line.err, "note"));
    CHECK(line.allow({"--principal", "arn:aws:iam::444455556666:user/far", "--use", "--dry-run"}) == 0);
    CHECK_FALSE(speaks_of(line.err, "note"));
    line.world.authorizer.denied = {"kmsctl:DescribePrincipal"};
    CHECK(line.allow({"--principal", "user/nobody", "--use", "--dry-run"}) == 0);
    CHECK_FALSE(speaks_of(line.err, "note"));
    CHECK(line.added().empty());
  }

  TEST_CASE("a user or role that is not there is refused, and named") {
    StatementLine line;
    CHECK(line.allow({"--principal", "user/nobody", "--use"}) == 2);
    CHECK(speaks_of(line.err, "invalid principals"));
    CHECK(speaks_of(line.err, "hint: user/nobody does not exist; kmsctl principal list shows who there is"));
    CHECK(line.added().empty());
  }

  TEST_CASE("whom and what to allow is said") {
    StatementLine line;
    CHECK(line.allow({"--use"}) == 2);
    CHECK(speaks_of(line.err, "give --principal or --account, one of the two"));
    CHECK(line.allow({"--use", "--principal", "user/x", "--account", "444455556666"}) == 2);
    CHECK(line.allow({"--use", "--account", "4444"}) == 2);
    CHECK(speaks_of(line.err, "--account '4444': an account has 12 digits"));
    CHECK(line.allow({"--use", "--principal", "group/dev"}) == 2);
    CHECK(speaks_of(line.err, "--principal 'group/dev': user/NAME, role/NAME, root or an ARN"));
    CHECK(line.allow({"--principal", "user/x"}) == 2);
    CHECK(speaks_of(line.err, "say what to allow: --use, --encrypt-only, --decrypt-only, --administer or --actions"));
    CHECK(line.run({"policy", "allow", "-k", "alias/none", "--principal", "user/x", "--use"}) == 3);
    CHECK(line.added().empty());
  }

  TEST_CASE("an action that no key has is refused and not written where it would allow nothing") {
    StatementLine line;
    for (const char* action : {"kms:Encrpt", "Encrypt", "kmsctl:ListSlots", "s3:GetObject"}) {
      CHECK(line.allow({"--principal", "user/x", "--actions", "kms:Decrypt", action}) == 2);
      CHECK(speaks_of(line.err, kms::cat("--actions '", action, "': no action on a key is called so")));
    }
    CHECK(line.added().empty());
    CHECK(line.allow({"--principal", "user/x", "--actions", "kms:Generate*", "kms:describekey"}) == 0);
    CHECK(line.added().size() == 1);
  }

  TEST_CASE("who may not change the policy changes nothing") {
    StatementLine line;
    line.world.authorizer.denied = {"kms:PutKeyPolicy"};
    CHECK(line.allow({"--principal", "user/x", "--use"}) == 4);
    CHECK(line.revoke({"--principal", "user/x"}) == 3);
    CHECK(line.added().empty());
  }

  TEST_CASE("who is revoked stands in no Allow any more, and the others stay") {
    StatementLine line;
    CHECK(line.allow({"--principal", "user/x", "--use", "--administer"}) == 0);
    CHECK(line.allow({"--principal", "user/y", "--use"}) == 0);
    CHECK(line.revoke({"--principal", "user/x"}) == 0);
    CHECK(speaks_of(line.err, "-   \"Sid\": \"Allow use by user/x\"\n"));
    CHECK(speaks_of(line.err, "-   \"Sid\": \"Allow administration by user/x\"\n"));
    CHECK(line.added().size() == 1);
    CHECK(line.added().at(0).at("Sid") == "Allow use by user/y");
    line.world.caller.principal = kUserX;
    CHECK(line.run({"kms", "encrypt", "--key-id", line.key, "--plaintext", "aGk="}) == 4);
  }

  TEST_CASE("one of several principals of a statement leaves it, and a Deny keeps all") {
    StatementLine line;
    const Json both{kUserX, "arn:aws:iam::111122223333:user/y"};
    Json statements = line.statements();
    statements.push_back(
        {{"Effect", "Allow"}, {"Principal", {{"AWS", both}}}, {"Action", "kms:Decrypt"}, {"Resource", "*"}});
    statements.push_back(
        {{"Effect", "Deny"}, {"Principal", {{"AWS", kUserX}}}, {"Action", "kms:Encrypt"}, {"Resource", "*"}});
    const Json policy{{"Version", "2012-10-17"}, {"Statement", statements}};
    line.world.call("PutKeyPolicy", {{"KeyId", line.key}, {"Policy", policy.dump()}});
    CHECK(line.revoke({"--principal", "user/x"}) == 0);
    CHECK(line.added().at(0).at("Principal").at("AWS") == Json{"arn:aws:iam::111122223333:user/y"});
    CHECK(line.added().at(1) == statements.at(2));
  }

  TEST_CASE("an account is revoked as it was allowed, and the account of the key is not") {
    StatementLine line;
    CHECK(line.allow({"--account", "444455556666", "--use"}) == 0);
    CHECK(line.revoke({"--account", "444455556666"}) == 0);
    CHECK(line.added().empty());
    for (const std::vector<std::string>& own :
         {std::vector<std::string>{"--principal", "root"}, {"--account", "111122223333"}}) {
      CHECK(line.revoke(own) == 2);
      CHECK(speaks_of(line.err, "the account itself is not revoked here: use kmsctl policy put"));
    }
    CHECK(line.statements().size() == 1);
  }

  TEST_CASE("a dry run of a revocation shows it and does nothing") {
    StatementLine line;
    CHECK(line.allow({"--principal", "user/x", "--use"}) == 0);
    const Json before = line.statements();
    CHECK(line.revoke({"--principal", "user/x", "--dry-run"}) == 0);
    CHECK(speaks_of(line.err, "-   \"Sid\": \"Allow use by user/x\"\n"));
    CHECK(line.statements() == before);
  }

  TEST_CASE("who stands in no Allow cannot be revoked, and that is told") {
    StatementLine line;
    CHECK(line.revoke({"--principal", "user/x"}) == 3);
    CHECK(speaks_of(line.err, "no Allow of the key policy names arn:aws:iam::111122223333:user/x"));
    CHECK(line.revoke({}) == 2);
    CHECK(speaks_of(line.err, "give --principal or --account, one of the two"));
    CHECK(line.requests.empty());
  }
}
