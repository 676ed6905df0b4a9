// An adversary who can write the files of a vault, and has no key of it: he puts single records back as they were
// before somebody changed them. What a call then answers is what it answers without him, or that the vault is damaged.
#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json_text.h"
#include "core/base/text.h"
#include "core/records/due.h"
#include "core/records/identities.h"
#include "core/records/slot_uses.h"
#include "core/records/vault.h"
#include "core/service/dispatch.h"
#include "core/store/retry.h"
#include "tests/support/world.h"
#include "vault/engine/memory_engine.h"
#include "vault/sealed/seal.h"
#include "vault/sealed/sealed_store.h"

using namespace kms;

namespace {

constexpr const char* kOwner = "arn:aws:iam::111122223333:root";
constexpr const char* kUser = "arn:aws:iam::111122223333:user/x";
constexpr const char* kAllowAll =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
constexpr const char* kDenyUse =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"kms:Decrypt","Resource":"*"}]})";

std::string key_policy(std::string_view more) {
  return cat(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":")", kOwner,
             R"("},"Action":"kms:*","Resource":"*"})", more, "]}");
}
std::string allowing_user() {
  return key_policy(cat(R"(,{"Effect":"Allow","Principal":{"AWS":")", kUser,
                        R"("},"Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*"})"));
}

using Raw = std::map<Bytes, Bytes>;

struct AttackedVault {
  AttackedVault() {
    vault::SealedStore opened(engine, keys, random);
    transact(opened, [&](Transaction& transaction) {
      put_first_records(transaction, {"111122223333", "eu-central-1"}, random);
      put_slot_use(transaction, slots.unlocking_slot(), clock.time);
      put_next_due(transaction, clock.time + std::chrono::minutes(10));
    });
    must("CreatePrincipal", {{"Principal", "user/x"}});
    key = must("CreateKey", Json::object()).at("KeyMetadata").at("Arn");
    other = must("CreateKey", Json::object()).at("KeyMetadata").at("Arn");
    blob = must("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}}).at("CiphertextBlob");
  }

  // In a process that has just opened the vault.
  Json call(std::string_view who, std::string_view operation, const Json& request) {
    vault::SealedStore opened(engine, keys, random);
    AuditRecorder audit;
    const Context context{clock, random, opened, slots, authorizer, audit, upkeep, operations()};
    Json answer;
    try {
      Proof proof;
      proof.principal = who;
      proof.principal_id = unique_id_of(*opened.begin(Access::kRead), who);
      proof.region = "eu-central-1";
      proof.source_address = "127.0.0.1";
      answer = dispatch(context, proof, operation, request);
    } catch (const Error& error) {
      answer = {{"__type", wire_name(error.code())}};
    }
    encode_blobs(answer);
    return answer;
  }
  Json must(std::string_view operation, const Json& request) {
    Json answer = call(kOwner, operation, request);
    REQUIRE_MESSAGE(!answer.contains("__type"), operation << ": " << answer.dump());
    return answer;
  }

  // What anybody gets to know, or to do.
  std::vector<std::string> answers() {
    const std::vector<std::pair<const char*, std::pair<const char*, Json>>> calls = {
        {kUser, {"Decrypt", {{"CiphertextBlob", blob}}}},
        {kUser, {"DescribeKey", {{"KeyId", key}}}},
        {kUser, {"GetCallerIdentity", Json::object()}},
        {kOwner, {"DescribeKey", {{"KeyId", key}}}},
        {kOwner, {"DescribeKey", {{"KeyId", "alias/app"}}}},
        {kOwner, {"GetKeyPolicy", {{"KeyId", key}, {"PolicyName", "default"}}}},
        {kOwner, {"GetKeyRotationStatus", {{"KeyId", key}}}},
        {kOwner, {"ListGrants", {{"KeyId", key}}}},
        {kOwner, {"ListResourceTags", {{"KeyId", key}}}},
        {kOwner, {"ListAliases", Json::object()}},
        {kOwner, {"ListKeys", Json::object()}},
        {kOwner, {"ListPrincipals", Json::object()}},
        {kOwner, {"DescribePrincipal", {{"Principal", "user/x"}}}},
        {kOwner, {"ListAccessKeys", Json::object()}},
        {kOwner, {"ListUidMappings", Json::object()}},
        {kOwner, {"ListQuotas", Json::object()}},
        {kOwner, {"ListOrganizationPolicies", Json::object()}},
        {kOwner, {"ListRegions", Json::object()}},
        {kOwner, {"ListAlerts", Json::object()}},
        {kOwner, {"GetAuditSettings", Json::object()}},
    };
    std::vector<std::string> all;
    for (const auto& [who, what] : calls) {
      const Json answer = call(who, what.first, what.second);
      all.push_back(answer.contains("__type") ? answer.at("__type").get<std::string>() : answer.dump());
    }
    return all;
  }

  Raw raw() {
    Raw all;
    const auto txn = engine.begin(Access::kRead);
    const auto cursor = txn->cursor();
    for (bool more = cursor->first(); more; more = cursor->next()) all[cursor->key()] = cursor->value();
    return all;
  }
  void restore(const Raw& wanted) {
    const Raw now = raw();
    const auto txn = engine.begin(Access::kWrite);
    for (const auto& [at, value] : now) (void)txn->erase(at);
    for (const auto& [at, value] : wanted) txn->put(at, value);
    REQUIRE(txn->commit() == Commit::kDone);
  }

  kms::testing::FakeClock clock;
  SystemRandom random;
  vault::MemoryEngine engine;
  std::shared_ptr<const vault::Keys> keys = [this] {
    auto made = std::make_shared<vault::Keys>(vault::VaultId{}, 1, random.secret(32), random.secret(32));
    made->new_material(random);
    return made;
  }();
  kms::testing::FakeSlots slots;
  PolicyAuthorizer authorizer;
  UpkeepOnRequest upkeep;
  std::string key;
  std::string other;
  std::string blob;
};

// What there was, and what somebody did to it.
struct Story {
  std::string title;
  std::function<void(AttackedVault&)> before;
  std::function<void(AttackedVault&)> change;
};

std::vector<Story> stories() {
  using Vault = AttackedVault;
  const auto nothing = [](Vault&) {};
  const auto user_may = [](Vault& v) {
    v.must("PutKeyPolicy", {{"KeyId", v.key}, {"PolicyName", "default"}, {"Policy", allowing_user()}});
  };
  return {
      {"a grant is revoked",
       [](Vault& v) {
         v.must("CreateGrant", {{"KeyId", v.key}, {"GranteePrincipal", kUser}, {"Operations", {"Decrypt"}}});
       },
       [](Vault& v) {
         const Json grants = v.must("ListGrants", {{"KeyId", v.key}});
         v.must("RevokeGrant", {{"KeyId", v.key}, {"GrantId", grants.at("Grants").at(0).at("GrantId")}});
       }},
      {"a key policy is narrowed", user_may,
       [](Vault& v) {
         v.must("PutKeyPolicy", {{"KeyId", v.key}, {"PolicyName", "default"}, {"Policy", key_policy("")}});
       }},
      {"a key is disabled", user_may,
       [](Vault& v) {
         v.must("DisableKey", {{"KeyId", v.key}});
       }},
      {"a key is to be deleted", user_may,
       [](Vault& v) {
         v.must("ScheduleKeyDeletion", {{"KeyId", v.key}});
       }},
      {"a key rotates", user_may,
       [](Vault& v) {
         v.must("RotateKeyOnDemand", {{"KeyId", v.key}});
       }},
      {"rotation is ended",
       [](Vault& v) {
         v.must("EnableKeyRotation", {{"KeyId", v.key}});
       },
       [](Vault& v) {
         v.must("DisableKeyRotation", {{"KeyId", v.key}});
       }},
      {"an alias moves",
       [](Vault& v) {
         v.must("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", v.other}});
       },
       [](Vault& v) {
         v.must("UpdateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", v.key}});
       }},
      {"an alias goes",
       [](Vault& v) {
         v.must("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", v.key}});
       },
       [](Vault& v) {
         v.must("DeleteAlias", {{"AliasName", "alias/app"}});
       }},
      {"a tag goes",
       [](Vault& v) {
         v.must("TagResource", {{"KeyId", v.key}, {"Tags", {{{"TagKey", "t"}, {"TagValue", "v"}}}}});
       },
       [](Vault& v) {
         v.must("UntagResource", {{"KeyId", v.key}, {"TagKeys", {"t"}}});
       }},
      {"a policy of a user goes",
       [](Vault& v) {
         v.must("PutPrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "p"}, {"Policy", kAllowAll}});
       },
       [](Vault& v) {
         v.must("DeletePrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "p"}});
       }},
      {"a user gets a limit", user_may,
       [](Vault& v) {
         v.must("PutPermissionsBoundary", {{"Principal", "user/x"}, {"Policy", kDenyUse}});
       }},
      {"a user is deleted and made anew", user_may,
       [](Vault& v) {
         v.must("DeletePrincipal", {{"Principal", "user/x"}});
         v.must("CreatePrincipal", {{"Principal", "user/x"}});
       }},
      {"the organization denies", user_may,
       [](Vault& v) {
         v.must("PutOrganizationPolicy",
                {{"Level", "root"}, {"Type", "SERVICE_CONTROL_POLICY"}, {"PolicyName", "p"}, {"Policy", kDenyUse}});
       }},
      {"an access key goes",
       [](Vault& v) {
         v.must("CreateAccessKey", {{"Principal", "user/x"}});
       },
       [](Vault& v) {
         const Json all = v.must("ListAccessKeys", Json::object());
         v.must("DeleteAccessKey", {{"AccessKeyId", all.at("AccessKeys").at(0).at("AccessKeyId")}});
       }},
      {"a uid is nobody's any more",
       [](Vault& v) {
         v.must("MapUid", {{"Uid", 1001}, {"Principal", "user/x"}});
       },
       [](Vault& v) {
         v.must("UnmapUid", {{"Uid", 1001}});
       }},
      {"a quota is set", nothing,
       [](Vault& v) {
         v.must("PutQuota", {{"RequestsPerSecond", 1}, {"RequestClass", "ListKeys"}});
       }},
      {"a Region is added", nothing,
       [](Vault& v) {
         v.must("AddRegion", {{"Region", "us-east-1"}});
       }},
      {"looks are in the trail again",
       [](Vault& v) {
         v.must("PutAuditSettings", {{"RecordReads", false}});
       },
       [](Vault& v) {
         v.must("PutAuditSettings", {{"RecordReads", true}});
       }},
      {"somebody wants to be told", nothing,
       [](Vault& v) {
         v.must("CreateAlert", {{"Name", "a"}, {"Condition", "root-use"}, {"Channel", "syslog"}});
       }},
  };
}

}  // namespace

TEST_SUITE("ops/put back") {
  TEST_CASE("a record that was put back changes no answer: the vault is damaged then") {
    for (const Story& story : stories()) {
      CAPTURE(story.title);
      AttackedVault vault;
      story.before(vault);
      const std::vector<std::string> were = vault.answers();
      const Raw before = vault.raw();
      story.change(vault);
      const Raw after = vault.raw();
      const std::vector<std::string> are = vault.answers();
      CHECK(were != are);  // there is something to be gained
      int attacks = 0;
      int noticed = 0;
      const auto attack = [&](const Bytes& at, const Bytes* value) {
        Raw forged = after;
        forged.erase(at);
        if (value != nullptr) forged[at] = *value;
        vault.restore(forged);
        ++attacks;
        const std::vector<std::string> answers = vault.answers();
        for (std::size_t i = 0; i < answers.size(); ++i) {
          if (answers[i] == "VaultDamagedException") ++noticed;
          CHECK((answers[i] == are[i] || answers[i] == "VaultDamagedException"));
        }
      };
      for (const auto& each : before) {
        const auto now = after.find(each.first);
        const auto kind = vault::peek_record(each.second).kind;
        if (kind == vault::RecordKind::kState || (now != after.end() && now->second == each.second)) continue;
        attack(each.first, &each.second);
      }
      for (const auto& each : after) {
        if (!before.contains(each.first)) attack(each.first, nullptr);
      }
      CHECK(attacks > 0);
      CHECK(noticed > 0);
    }
  }
}
