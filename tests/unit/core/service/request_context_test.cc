// The condition keys of every operation: what the request itself adds, and that nothing is missing of what AWS's
// service authorization reference lists for the action.
#include "core/service/request_context.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "core/records/identities.h"
#include "core/service/session_token.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr const char* kUserX = "arn:aws:iam::111122223333:user/x";
constexpr const char* kUserY = "arn:aws:iam::111122223333:user/y";

struct Row {
  const char* operation;
  const char* request;  // KEY, GRANT stand for an id, ALIAS for a reference by alias
  const char* added;    // by the request: KEY=VALUE separated by spaces; for both halves of ReEncrypt with a / between
};

// NOLINTNEXTLINE(readability-function-size): a table
const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {"CancelKeyDeletion", R"({"KeyId":"KEY"})", ""},
      {"ConnectCustomKeyStore", R"({"CustomKeyStoreId":"cks-1234567890abcdef0"})", ""},
      {"CreateAlias", R"({"AliasName":"alias/new","TargetKeyId":"KEY"})", ""},
      {"CreateCustomKeyStore",
       R"({"CustomKeyStoreName":"store","CloudHsmClusterId":"cluster-2a23b4cdefg","TrustAnchorCertificate":"x","KeyStorePassword":"1234567"})",
       ""},
      {"CreateGrant",
       R"({"KeyId":"KEY","GranteePrincipal":"arn:aws:iam::111122223333:user/x","Operations":["Decrypt","Encrypt"],
           "RetiringPrincipal":"arn:aws:iam::111122223333:user/y","Constraints":{"EncryptionContextSubset":{"app":"web"}}})",
       "kms:encryptioncontext:app=web kms:encryptioncontextkeys=[app] kms:grantconstrainttype=EncryptionContextSubset "
       "kms:granteeprincipal=arn:aws:iam::111122223333:user/x kms:grantisforawsresource=true "
       "kms:grantoperations=[Decrypt,Encrypt] kms:retiringprincipal=arn:aws:iam::111122223333:user/y"},
      {"CreateGrant",
       R"({"KeyId":"KEY","GranteeServicePrincipal":"a.amazonaws.com","Operations":["Decrypt"],
           "RetiringServicePrincipal":"b.amazonaws.com","Constraints":{"SourceArn":"arn:aws:s3:us-east-1:111122223333:bucket"}})",
       "kms:grantconstraintsourcearn=arn:aws:s3:us-east-1:111122223333:bucket "
       "kms:granteeserviceprincipal=a.amazonaws.com kms:grantisforawsresource=true kms:grantoperations=[Decrypt] "
       "kms:retiringserviceprincipal=b.amazonaws.com"},
      {"CreateKey", R"({"MultiRegion":true,"Tags":[{"TagKey":"env","TagValue":"prod"}]})",
       "aws:requesttag/env=prod aws:resourcetag/env=prod aws:tagkeys=[env] kms:keyorigin=AWS_KMS "
       "kms:keyspec=SYMMETRIC_DEFAULT kms:keyusage=ENCRYPT_DECRYPT kms:multiregion=true "
       "kms:multiregionkeytype=PRIMARY"},
      {"CreateKey",
       R"({"CustomerMasterKeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY","BypassPolicyLockoutSafetyCheck":true})",
       "kms:bypasspolicylockoutsafetycheck=true kms:keyorigin=AWS_KMS kms:keyspec=RSA_2048 kms:keyusage=SIGN_VERIFY "
       "kms:multiregion=false"},
      {"Decapsulate", R"({"KeyId":"ALIAS","EncapsulationAlgorithm":"ML_KEM","SharedSecretCiphertextBlob":"AAEC"})",
       "kms:requestalias=alias/app"},
      {"Decrypt", R"({"KeyId":"ALIAS","CiphertextBlob":"AAEC","EncryptionContext":{"a":"1","b":"2"}})",
       "kms:encryptionalgorithm=SYMMETRIC_DEFAULT kms:encryptioncontext:a=1 kms:encryptioncontext:b=2 "
       "kms:encryptioncontextkeys=[a,b] kms:requestalias=alias/app"},
      {"DeleteAlias", R"({"AliasName":"alias/app"})", ""},
      {"DeleteCustomKeyStore", R"({"CustomKeyStoreId":"cks-1234567890abcdef0"})", ""},
      {"DeleteImportedKeyMaterial", R"({"KeyId":"KEY"})", ""},
      {"DeriveSharedSecret", R"({"KeyId":"ALIAS","KeyAgreementAlgorithm":"ECDH","PublicKey":"AAEC"})",
       "kms:keyagreementalgorithm=ECDH kms:requestalias=alias/app"},
      {"DescribeCustomKeyStores", "{}", ""},
      {"DescribeKey", R"({"KeyId":"ALIAS"})", "kms:requestalias=alias/app"},
      {"DisableKey", R"({"KeyId":"KEY"})", "kms:trailingdayswithoutkeyusage=0"},
      {"DisableKeyRotation", R"({"KeyId":"KEY"})", ""},
      {"DisconnectCustomKeyStore", R"({"CustomKeyStoreId":"cks-1234567890abcdef0"})", ""},
      {"EnableKey", R"({"KeyId":"KEY"})", ""},
      {"EnableKeyRotation", R"({"KeyId":"KEY"})", "kms:rotationperiodindays=365"},
      {"EnableKeyRotation", R"({"KeyId":"KEY","RotationPeriodInDays":90})", "kms:rotationperiodindays=90"},
      {"Encapsulate", R"({"KeyId":"ALIAS","EncapsulationAlgorithm":"ML_KEM"})", "kms:requestalias=alias/app"},
      {"Encrypt", R"({"KeyId":"ALIAS","Plaintext":"AAEC","EncryptionContext":{"a":"1"}})",
       "kms:encryptionalgorithm=SYMMETRIC_DEFAULT kms:encryptioncontext:a=1 kms:encryptioncontextkeys=[a] "
       "kms:requestalias=alias/app"},
      {"Encrypt", R"({"KeyId":"KEY","Plaintext":"AAEC","EncryptionAlgorithm":"RSAES_OAEP_SHA_256"})",
       "kms:encryptionalgorithm=RSAES_OAEP_SHA_256"},
      {"GenerateDataKey", R"({"KeyId":"ALIAS","KeySpec":"AES_256","EncryptionContext":{"a":"1"}})",
       "kms:encryptionalgorithm=SYMMETRIC_DEFAULT kms:encryptioncontext:a=1 kms:encryptioncontextkeys=[a] "
       "kms:requestalias=alias/app"},
      {"GenerateDataKeyPair", R"({"KeyId":"ALIAS","KeyPairSpec":"RSA_2048","EncryptionContext":{"a":"1"}})",
       "kms:datakeypairspec=RSA_2048 kms:encryptionalgorithm=SYMMETRIC_DEFAULT kms:encryptioncontext:a=1 "
       "kms:encryptioncontextkeys=[a] kms:requestalias=alias/app"},
      {"GenerateDataKeyPairWithoutPlaintext",
       R"({"KeyId":"ALIAS","KeyPairSpec":"ECC_NIST_P256","EncryptionContext":{"a":"1"}})",
       "kms:datakeypairspec=ECC_NIST_P256 kms:encryptionalgorithm=SYMMETRIC_DEFAULT kms:encryptioncontext:a=1 "
       "kms:encryptioncontextkeys=[a] kms:requestalias=alias/app"},
      {"GenerateDataKeyWithoutPlaintext", R"({"KeyId":"ALIAS","KeySpec":"AES_128","EncryptionContext":{"a":"1"}})",
       "kms:encryptionalgorithm=SYMMETRIC_DEFAULT kms:encryptioncontext:a=1 kms:encryptioncontextkeys=[a] "
       "kms:requestalias=alias/app"},
      {"GenerateMac", R"({"KeyId":"ALIAS","Message":"AAEC","MacAlgorithm":"HMAC_SHA_256"})",
       "kms:macalgorithm=HMAC_SHA_256 kms:requestalias=alias/app"},
      {"GenerateRandom", R"({"NumberOfBytes":8})", ""},
      {"GetKeyLastUsage", R"({"KeyId":"KEY"})", ""},
      {"GetKeyPolicy", R"({"KeyId":"KEY"})", ""},
      {"GetKeyRotationStatus", R"({"KeyId":"KEY"})", ""},
      {"GetParametersForImport",
       R"({"KeyId":"KEY","WrappingAlgorithm":"RSAES_OAEP_SHA_256","WrappingKeySpec":"RSA_3072"})",
       "kms:wrappingalgorithm=RSAES_OAEP_SHA_256 kms:wrappingkeyspec=RSA_3072"},
      {"GetPublicKey", R"({"KeyId":"ALIAS"})", "kms:requestalias=alias/app"},
      {"ImportKeyMaterial",
       R"({"KeyId":"KEY","ImportToken":"AAEC","EncryptedKeyMaterial":"AAEC","ValidTo":1800000000,
           "ExpirationModel":"KEY_MATERIAL_EXPIRES"})",
       "kms:expirationmodel=KEY_MATERIAL_EXPIRES kms:validto=1800000000"},
      {"ListAliases", "{}", ""},
      {"ListGrants", R"({"KeyId":"KEY"})", "kms:grantisforawsresource=true"},
      {"ListKeyPolicies", R"({"KeyId":"KEY"})", ""},
      {"ListKeyRotations", R"({"KeyId":"KEY"})", ""},
      {"ListKeys", "{}", ""},
      {"ListResourceTags", R"({"KeyId":"KEY"})", ""},
      {"ListRetirableGrants", R"({"RetiringPrincipal":"arn:aws:iam::111122223333:user/y"})", ""},
      {"PutKeyPolicy", R"({"KeyId":"KEY","Policy":"{}","BypassPolicyLockoutSafetyCheck":true})",
       "kms:bypasspolicylockoutsafetycheck=true"},
      {"ReEncrypt",
       R"({"CiphertextBlob":"AAEC","SourceKeyId":"ALIAS","DestinationKeyId":"ALIAS","SourceEncryptionContext":{"a":"1"},
           "DestinationEncryptionContext":{"b":"2"}})",
       "kms:encryptionalgorithm=SYMMETRIC_DEFAULT kms:encryptioncontext:a=1 kms:encryptioncontextkeys=[a] "
       "kms:reencryptonsamekey=true kms:requestalias=alias/app/"
       "kms:encryptionalgorithm=SYMMETRIC_DEFAULT kms:encryptioncontext:b=2 kms:encryptioncontextkeys=[b] "
       "kms:reencryptonsamekey=true kms:requestalias=alias/app"},
      {"ReplicateKey", R"({"KeyId":"KEY","ReplicaRegion":"us-west-2"})", "kms:replicaregion=us-west-2"},
      {"RetireGrant", R"({"KeyId":"KEY","GrantId":"GRANT"})",
       "kms:encryptioncontext:app=web kms:encryptioncontextkeys=[app] kms:grantconstrainttype=EncryptionContextEquals "
       "kms:grantisforawsresource=true"},
      {"RevokeGrant", R"({"KeyId":"KEY","GrantId":"GRANT"})", "kms:grantisforawsresource=true"},
      {"RotateKeyOnDemand", R"({"KeyId":"KEY"})", ""},
      {"ScheduleKeyDeletion", R"({"KeyId":"KEY"})",
       "kms:schedulekeydeletionpendingwindowindays=30 kms:trailingdayswithoutkeyusage=0"},
      {"Sign", R"({"KeyId":"ALIAS","Message":"AAEC","SigningAlgorithm":"ECDSA_SHA_256"})",
       "kms:messagetype=RAW kms:requestalias=alias/app kms:signingalgorithm=ECDSA_SHA_256"},
      {"TagResource", R"({"KeyId":"KEY","Tags":[{"TagKey":"a","TagValue":"1"},{"TagKey":"b","TagValue":"2"}]})",
       "aws:requesttag/a=1 aws:requesttag/b=2 aws:tagkeys=[a,b]"},
      {"UntagResource", R"({"KeyId":"KEY","TagKeys":["a"]})", "aws:tagkeys=[a]"},
      {"UpdateAlias", R"({"AliasName":"alias/app","TargetKeyId":"KEY"})", ""},
      {"UpdateCustomKeyStore", R"({"CustomKeyStoreId":"cks-1234567890abcdef0"})", ""},
      {"UpdateKeyDescription", R"({"KeyId":"KEY","Description":"x"})", ""},
      {"UpdatePrimaryRegion", R"({"KeyId":"KEY","PrimaryRegion":"us-west-2"})", "kms:primaryregion=us-west-2"},
      {"Verify",
       R"({"KeyId":"ALIAS","Message":"AAEC","MessageType":"DIGEST","Signature":"AAEC","SigningAlgorithm":"ECDSA_SHA_256"})",
       "kms:messagetype=DIGEST kms:requestalias=alias/app kms:signingalgorithm=ECDSA_SHA_256"},
      {"VerifyMac", R"({"KeyId":"ALIAS","Message":"AAEC","Mac":"AAEC","MacAlgorithm":"HMAC_SHA_256"})",
       "kms:macalgorithm=HMAC_SHA_256 kms:requestalias=alias/app"},
  };
  return table;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// A world with a multi-Region key that has an alias, a tag and a grant; a built-in service calls.
struct Scene {
  Scene() {
    key = world.create_key({{"MultiRegion", true}, {"Tags", {{{"TagKey", "team"}, {"TagValue", "web"}}}}});
    world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}});
    grant = world.call("CreateGrant", {{"KeyId", key},
                                       {"GranteePrincipal", kUserX},
                                       {"RetiringPrincipal", kUserY},
                                       {"Operations", {"Encrypt"}},
                                       {"Constraints", {{"EncryptionContextEquals", {{"app", "web"}}}}}})["GrantId"];
    world.caller.via_service = "file";
  }

  // The questions that the request asks; DryRun-like, for nothing is looked at but them.
  std::vector<AccessQuestion> questions_of(const Row& row, const Json& more = Json::object()) {
    world.authorizer.questions.clear();
    std::string text = replaced(replaced(row.request, "\"KEY\"", cat("\"", key, "\"")), "GRANT", grant);
    Json request = Json::parse(replaced(std::move(text), "ALIAS", "alias/app"));
    request.update(more);
    CHECK(world.call(row.operation, request).value("__type", "") != "KMSInternalException");
    return world.authorizer.questions;
  }

  World world;
  std::string key;
  std::string grant;
};

std::string shown(const policy::ContextValue& value) {
  if (!value.multivalued) return value.values.front();
  std::string out;
  for (const std::string& each : value.values) out += cat(out.empty() ? "" : ",", each);
  return cat("[", out, "]");
}

// What every request of this caller has, and what every question about the key has.
const std::set<std::string, std::less<>>& common_keys() {
  static const std::set<std::string, std::less<>> keys{
      "aws:calledvia",       "aws:currenttime",           "aws:epochtime",     "aws:principalaccount",
      "aws:principalarn",    "aws:principalisawsservice", "aws:principaltype", "aws:requestedregion",
      "aws:resourceaccount", "aws:securetransport",       "aws:useragent",     "aws:userid",
      "aws:viaawsservice",   "kms:calleraccount",         "kms:viaservice"};
  return keys;
}
const std::set<std::string, std::less<>>& key_keys() {
  static const std::set<std::string, std::less<>> keys{
      "aws:resourcetag/team", "kms:keyorigin",          "kms:keyspec",        "kms:keyusage",
      "kms:multiregion",      "kms:multiregionkeytype", "kms:resourcealiases"};
  return keys;
}

std::string added_by_request(const AccessQuestion& question, bool about_key) {
  std::string out;
  for (const auto& entry : question.conditions.entries()) {
    if (common_keys().contains(entry.first) || (about_key && key_keys().contains(entry.first))) continue;
    for (const auto& value : entry.second) out += cat(out.empty() ? "" : " ", entry.first, "=", shown(value));
  }
  return out;
}

Json authorization_reference() {
  std::ifstream in(std::string(KMSCTL_TEST_VECTORS) + "/policy/kms-service-authorization.json");
  return Json::parse(in);
}

}  // namespace

TEST_SUITE("service/request_context") {
  TEST_CASE("every operation produces the context that the table says") {
    for (const Row& row : rows()) {
      CAPTURE(std::string(row.operation));
      Scene scene;
      auto questions = scene.questions_of(row);
      if (row.operation != std::string_view("TagResource")) {  // asked besides, of who makes a key with tags
        std::erase_if(questions, [](const AccessQuestion& asked) { return asked.action == "kms:TagResource"; });
      }
      CHECK_FALSE(questions.empty());
      std::string added;
      for (const AccessQuestion& question : questions) {
        const bool about_key = question.resource == scene.key;
        for (const std::string& name : common_keys()) CHECK(question.conditions.find(name) != nullptr);
        for (const std::string& name : key_keys()) {
          if (about_key) CHECK(question.conditions.find(name) != nullptr);
        }
        if (!about_key && questions.size() > 1) continue;  // the alias, or the region of a replica
        added += cat(added.empty() ? "" : "/", added_by_request(question, about_key));
      }
      CHECK(added == row.added);
    }
  }

  TEST_CASE("members that an operation does not declare say nothing to a policy, whatever they are") {
    const Json hostile = Json::parse(R"({
      "BypassPolicyLockoutSafetyCheck": true, "Constraints": [1], "DestinationKeyId": "alias/app",
      "EncryptionAlgorithm": "SM2PKE", "EncryptionContext": "none", "ExpirationModel": "KEY_MATERIAL_EXPIRES",
      "GranteePrincipal": "arn:aws:iam::111122223333:root", "KeyAgreementAlgorithm": "ECDH", "KeyId": "alias/app",
      "KeyPairSpec": "SM2", "KeySpec": "SM2", "KeyUsage": "SIGN_VERIFY", "MacAlgorithm": "HMAC_SHA_512",
      "MessageType": "DIGEST", "MultiRegion": true, "Operations": {"a": 1}, "Origin": "EXTERNAL",
      "PendingWindowInDays": 7, "PrimaryRegion": "us-west-2", "ReplicaRegion": "us-west-2", "RoleSessionName": "me",
      "RotationPeriodInDays": 100, "SigningAlgorithm": "SM2DSA", "SourceEncryptionContext": [], "SourceKeyId": "alias/app",
      "TagKeys": 7, "Tags": [{"TagIey": "a", "TagValue": "b"}], "ValidTo": 1, "WrappingAlgorithm": "SM2PKE",
      "WrappingKeySpec": "SM2"})");
    for (const Row& row : rows()) {
      CAPTURE(std::string(row.operation));
      Json undeclared = hostile;
      for (const Operation& operation : operations()) {
        if (operation.name != row.operation) continue;
        for (const Field& field : operation.fields()) undeclared.erase(field.name);
      }
      const auto context = [&](const Json& more) {
        std::string out;
        Scene scene;
        for (const AccessQuestion& question : scene.questions_of(row, more)) {
          out += added_by_request(question, false) + "/";
          for (const auto& [name, value] : question.encryption_context) out += cat(name, "=", value, ";");
        }
        return out;
      };
      CHECK(context(undeclared) == context(Json::object()));
    }
  }

  TEST_CASE("a number in an encryption context is its text, to policies and to the trail") {
    Scene scene;
    const Row encrypt{"Encrypt", R"({"KeyId":"KEY","Plaintext":"AAEC","EncryptionContext":{"n":5}})", ""};
    const auto questions = scene.questions_of(encrypt);
    REQUIRE(questions.size() == 1);
    CHECK(questions.front().conditions.find("kms:EncryptionContext:n")->front().values.front() == "5");
    CHECK(questions.front().encryption_context == TextMap{{"n", "5"}});
    const Row grant{"CreateGrant",
                    R"({"KeyId":"KEY","GranteePrincipal":"arn:aws:iam::111122223333:user/x","Operations":["Decrypt"],
                        "Constraints":{"EncryptionContextEquals":{"n":6}}})",
                    ""};
    CHECK(scene.questions_of(grant).front().encryption_context == TextMap{{"n", "6"}});
    CHECK(scene.world.audited().back()["requestParameters"]["constraints"]["encryptionContextEquals"]["n"] == "6");
  }

  TEST_CASE("both constraints of a grant count, that on the whole context for what both name") {
    Scene scene;
    const Row grant{"CreateGrant",
                    R"({"KeyId":"KEY","GranteePrincipal":"arn:aws:iam::111122223333:user/x","Operations":["Decrypt"],
                        "Constraints":{"EncryptionContextEquals":{"a":"1"},"EncryptionContextSubset":{"a":"2","b":"3"}}})",
                    ""};
    const AccessQuestion question = scene.questions_of(grant).front();
    CHECK(question.encryption_context == TextMap{{"a", "1"}, {"b", "3"}});
    CHECK(question.conditions.find("kms:GrantConstraintType")->front().values.front() == "EncryptionContextEquals");
  }

  TEST_CASE("what a request leaves out is what the operation takes it for") {
    Scene scene;
    const auto value = [&](const Row& row, std::string_view key) {
      const auto questions = scene.questions_of(row);
      const auto* found = questions.front().conditions.find(key);
      return found == nullptr ? std::string("absent") : shown(found->front());
    };
    const Row import_material{
        "ImportKeyMaterial",
        R"({"KeyId":"KEY","ImportToken":"AAEC","EncryptedKeyMaterial":"AAEC","ValidTo":1800000000.25})", ""};
    CHECK(value(import_material, "kms:ExpirationModel") == "KEY_MATERIAL_EXPIRES");
    CHECK(value(import_material, "kms:ValidTo") == "1800000000.250");
    CHECK(value({"PutKeyPolicy", R"({"KeyId":"KEY","Policy":"{}"})", ""}, "kms:BypassPolicyLockoutSafetyCheck") ==
          "absent");
  }

  TEST_CASE("every condition key that AWS lists for an action is there for some request") {
    const Json reference = authorization_reference();
    std::map<std::string, std::set<std::string>> seen;
    for (const Row& row : rows()) {
      Scene scene;
      for (const AccessQuestion& question : scene.questions_of(row)) {
        for (const auto& entry : question.conditions.entries()) seen[question.action].insert(entry.first);
      }
    }
    CHECK(reference.at("actions").size() >= 56);
    for (const auto& item : reference.at("actions").items()) {
      const std::string action = item.key();
      const Json& facts = item.value();
      std::set<std::string> wanted = facts.at("conditionKeys").get<std::set<std::string>>();
      for (const Json& resource : facts.at("resources")) {
        for (const Json& key : resource.at("conditionKeys")) wanted.insert(key);
      }
      const auto& found = seen[cat("kms:", action)];
      CAPTURE(action);
      for (const std::string& key : wanted) {
        CAPTURE(key);
        if (key.starts_with("kms:RecipientAttestation")) continue;  // Nitro enclaves: always refused here
        const std::string prefix = lower_ascii(key.substr(0, key.find("${")));
        CHECK(
            std::any_of(found.begin(), found.end(), [&](const std::string& each) { return each.starts_with(prefix); }));
      }
    }
  }

  TEST_CASE("who calls: the owner, a user with tags, a session of a role") {
    World world;
    const auto one = [&](std::string_view name) {
      const auto transaction = world.store.begin(Access::kRead);
      const auto conditions = caller_conditions(*transaction, caller_of(*transaction, world.proof()), world.clock.time);
      const auto* found = conditions.find(name);
      return found == nullptr ? std::string("absent") : shown(found->front());
    };
    CHECK(one("aws:PrincipalType") == "Account");
    CHECK(one("aws:username") == "absent");
    CHECK(one("aws:SourceIp") == "absent");
    CHECK(one("kms:ViaService") == "absent");
    world.call("TagPrincipal", {{"Principal", "user/x"}, {"Tags", {{{"TagKey", "Env"}, {"TagValue", "prod"}}}}});
    world.caller.principal = kUserX;
    world.caller.listener = "loopback";
    CHECK(one("aws:PrincipalType") == "User");
    CHECK(one("aws:username") == "x");
    CHECK(one("aws:PrincipalTag/Env") == "prod");
    CHECK(one("aws:SourceIp") == "127.0.0.1");
    CHECK(one("aws:CurrentTime") == "2023-11-14T22:13:20Z");
    CHECK(one("aws:EpochTime") == "1700000000");
    {
      const auto transaction = world.store.begin(Access::kRead);
      world.caller.session_token =
          make_session_token(*transaction, {"arn:aws:iam::111122223333:role/a/r", "AROAX", "s", kUserX,
                                            unique_id_of(*transaction, kUserX), world.clock.time, world.clock.time});
    }
    CHECK(one("aws:PrincipalType") == "AssumedRole");
    CHECK(one("aws:PrincipalArn") == "arn:aws:iam::111122223333:role/a/r");
    CHECK(one("aws:userid") == "AROAX:s");
    CHECK(one("aws:TokenIssueTime") == "2023-11-14T22:13:20Z");
    CHECK(one("aws:username") == "absent");
  }
}
