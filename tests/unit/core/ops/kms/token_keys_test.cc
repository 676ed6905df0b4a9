// Keys whose material is in a custom key store: prepare, use, conclude.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/orphans.h"
#include "core/service/token_buckets.h"
#include "tests/support/token_backend.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::throw_token_gone;
using kms::testing::TokenBackend;
using kms::testing::World;

namespace {

// A world with a connected store whose token is at hand.
struct TokenWorld : World {
  TokenWorld() {
    context.keys = {&token, nullptr};
    store_id = call("CreateCustomKeyStore", {{"CustomKeyStoreName", "hsm"},
                                             {"CloudHsmClusterId", "cluster-abcdefghijk"},
                                             {"KeyStorePassword", "kmsPswd1"},
                                             {"TrustAnchorCertificate", "certificate"}})["CustomKeyStoreId"];
    connect();
    token.before = [this](std::string_view what) {
      CHECK(store.open_transactions == 0);  // nobody waits for a token
      if (what == meddles_with) meddle();
    };
  }

  void connect() { CHECK(call("ConnectCustomKeyStore", {{"CustomKeyStoreId", store_id}}) == Json::object()); }
  void disconnect() { CHECK(call("DisconnectCustomKeyStore", {{"CustomKeyStoreId", store_id}}) == Json::object()); }
  Json make() { return call("CreateKey", {{"Origin", "AWS_CLOUDHSM"}, {"CustomKeyStoreId", store_id}}); }
  std::string make_key() { return make().at("KeyMetadata").at("Arn"); }
  Json encrypt(const std::string& key) { return call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}}); }
  Json orphans() { return call("ListOrphanedKeys", Json::object()).at("OrphanedKeys"); }
  std::size_t keys() { return call("ListKeys", Json::object()).at("Keys").size(); }
  // What happens before the token does `what`, once.
  void meanwhile(std::string_view what, std::function<void()> act) {
    meddles_with = what;
    meddle = [this, act = std::move(act)] {
      meddles_with.clear();
      act();
    };
  }
  // The token fails at `what`, each time.
  void break_token(std::string_view what) {
    meddles_with = what;
    meddle = [] { throw_token_gone(); };
  }
  void mend_token() { meddles_with.clear(); }

  std::vector<std::string> outcomes(std::string_view operation) const {
    std::vector<std::string> found;
    for (const Json& event : audited()) {
      if (event["eventName"] == operation) found.push_back(event.value("errorCode", "ok"));
    }
    return found;
  }

  TokenBackend token;
  std::string store_id;
  std::string meddles_with;
  std::function<void()> meddle;
};

}  // namespace

TEST_SUITE("ops/token_keys") {
  TEST_CASE("a key in a token is used as any other, and the vault has no material of it") {
    TokenWorld world;
    const Json made = world.make()["KeyMetadata"];
    const std::string key = made["Arn"];
    CHECK(made["Origin"] == "AWS_CLOUDHSM");
    CHECK(made["CustomKeyStoreId"] == world.store_id);
    CHECK(made["CurrentKeyMaterialId"].get<std::string>().size() == 64);
    CHECK(world.token.size() == 1);
    for (const auto& secret : world.store.records.secrets)
      CHECK(secret.first.first.find(made["KeyId"]) == std::string::npos);

    const Json sealed = world.encrypt(key);
    CHECK(world.call("Decrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]}})["Plaintext"] == "aGVsbG8=");
    const Json data_key = world.call("GenerateDataKey", {{"KeyId", key}, {"KeySpec", "AES_256"}});
    CHECK(world.call("Decrypt", {{"CiphertextBlob", data_key["CiphertextBlob"]}})["Plaintext"] ==
          data_key["Plaintext"]);
    CHECK(world.call("GenerateDataKeyWithoutPlaintext", {{"KeyId", key}, {"KeySpec", "AES_128"}})
              .contains("CiphertextBlob"));
    CHECK(world.outcomes("Encrypt") == std::vector<std::string>{"ok"});
    CHECK(world.outcomes("CreateKey") == std::vector<std::string>{"ok"});
    CHECK(world.token.count("seal") == 3);
    CHECK(world.orphans().empty());
  }

  TEST_CASE("re-encryption goes from token to vault, back, and from token to token") {
    TokenWorld world;
    const std::string here = world.create_key();
    const std::string one = world.make_key();
    const std::string two = world.make_key();
    Json blob = world.encrypt(here)["CiphertextBlob"];
    for (const std::string& to : {one, two, here}) {
      const Json moved = world.call("ReEncrypt", {{"CiphertextBlob", blob}, {"DestinationKeyId", to}});
      REQUIRE(moved["KeyId"] == to);
      blob = moved["CiphertextBlob"];
    }
    CHECK(world.call("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"] == "aGVsbG8=");
    CHECK(world.token.count("seal") == 2);
    CHECK(world.token.count("open") == 2);
  }

  TEST_CASE("what happens while the token works counts") {
    TokenWorld world;
    const std::string key = world.make_key();
    const std::string ciphertext = world.encrypt(key)["CiphertextBlob"];
    const Json decrypt{{"CiphertextBlob", ciphertext}};

    SUBCASE("the key is disabled") {
      world.meanwhile("open", [&] { world.call("DisableKey", {{"KeyId", key}}); });
      const Json answer = world.call("Decrypt", decrypt);
      CHECK(answer["__type"] == "DisabledException");
      CHECK_FALSE(answer.contains("Plaintext"));
    }
    SUBCASE("the permission is taken away") {
      world.meanwhile("open", [&] { world.authorizer.denied.insert("kms:Decrypt"); });
      CHECK(world.call("Decrypt", decrypt)["__type"] == "AccessDeniedException");
    }
    SUBCASE("the store is disconnected") {
      world.meanwhile("open", [&] { world.disconnect(); });
      CHECK(world.call("Decrypt", decrypt)["__type"] == "KMSInvalidStateException");
    }
    SUBCASE("an alias gets another key: that one is used") {
      const std::string other = world.make_key();
      world.call("CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", key}});
      world.meanwhile("seal", [&] { world.call("UpdateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", other}}); });
      const Json answer = world.encrypt("alias/a");
      CHECK(answer["KeyId"] == other);
      CHECK(world.call("Decrypt", {{"CiphertextBlob", answer["CiphertextBlob"]}})["KeyId"] == other);
    }
    SUBCASE("others make and use keys, and wait for nobody") {
      std::string other;
      world.meanwhile("open", [&] { other = world.encrypt(world.create_key())["CiphertextBlob"]; });
      CHECK(world.call("Decrypt", decrypt)["Plaintext"] == "aGVsbG8=");
      CHECK(world.call("Decrypt", {{"CiphertextBlob", other}})["Plaintext"] == "aGVsbG8=");
    }
  }

  TEST_CASE("a token that fails costs the call alone, which is in the trail") {
    TokenWorld world;
    const std::string key = world.make_key();
    world.break_token("seal");
    const auto before = world.data();
    CHECK(world.encrypt(key)["__type"] == "KMSInvalidStateException");
    CHECK(world.data() == before);
    CHECK(world.outcomes("Encrypt") == std::vector<std::string>{"KMSInvalidStateException"});
    world.mend_token();
    CHECK(world.encrypt(key).contains("CiphertextBlob"));
  }

  TEST_CASE("a call counts once for its quota, and a dry run does not go to the token") {
    TokenWorld world;
    const std::string key = world.make_key();
    const Json dry{{"KeyId", key}, {"Plaintext", "aGVsbG8="}, {"DryRun", true}};
    CHECK(world.call("Encrypt", dry)["__type"] == "DryRunOperationException");
    CHECK(world.token.count("seal") == 0);
    TokenBuckets buckets;
    world.context.limiter = &buckets;
    world.call("PutQuota", {{"Principal", "*"}, {"RequestClass", "*"}, {"RequestsPerSecond", 1}, {"Burst", 3}});
    for (int i = 0; i < 3; ++i) CHECK(world.encrypt(key).contains("CiphertextBlob"));
    CHECK(world.encrypt(key)["__type"] == "ThrottlingException");
  }

  TEST_CASE("a store that is not connected answers nothing, and other keys go on") {
    TokenWorld world;
    const std::string key = world.make_key();
    world.disconnect();
    CHECK(world.encrypt(key)["__type"] == "KMSInvalidStateException");
    CHECK(world.make()["__type"] == "CustomKeyStoreInvalidStateException");
    CHECK(world.encrypt(world.create_key()).contains("CiphertextBlob"));
    world.connect();
    CHECK(world.encrypt(key).contains("CiphertextBlob"));
  }

  TEST_CASE("a connection that fails says why") {
    TokenWorld world;
    world.disconnect();
    const Json named{{"CustomKeyStoreId", world.store_id}};
    world.call("UpdateCustomKeyStore", {{"CustomKeyStoreId", world.store_id}, {"KeyStorePassword", "another1"}});
    world.connect();
    const Json shown = world.call("DescribeCustomKeyStores", named)["CustomKeyStores"][0];
    CHECK(shown["ConnectionState"] == "FAILED");
    CHECK(shown["ConnectionErrorCode"] == "INVALID_CREDENTIALS");
  }

  TEST_CASE("a key that cannot be concluded is taken back from the token") {
    TokenWorld world;
    world.meanwhile("make", [&] { world.authorizer.denied.insert("kms:CreateKey"); });
    CHECK(world.make()["__type"] == "AccessDeniedException");
    CHECK(world.token.size() == 0);
    CHECK(world.token.count("make") == 1);
    CHECK(world.orphans().empty());
    CHECK(world.keys() == 0);
  }

  TEST_CASE("what cannot be taken back is listed as an orphan, until the token lets go of it") {
    TokenWorld world;
    world.meanwhile("make", [&] {
      world.authorizer.denied.insert("kms:CreateKey");
      world.break_token("destroy");
    });
    CHECK(world.make()["__type"] == "AccessDeniedException");
    CHECK(world.token.size() == 1);
    Json listed = world.orphans();
    REQUIRE(listed.size() == 1);
    CHECK(listed[0]["CustomKeyStoreId"] == world.store_id);
    CHECK(listed[0]["BeingMade"] == true);

    world.mend_token();
    world.call("Maintain", Json::object());
    CHECK(world.token.size() == 1);  // somebody may be making it still
    world.clock.advance(std::chrono::hours(1));
    CHECK(world.orphans()[0]["BeingMade"] == false);
    CHECK(world.call("Maintain", Json::object())["OrphansDestroyed"] == 1);
    CHECK(world.token.size() == 0);
    CHECK(world.orphans().empty());
  }

  TEST_CASE("a process that dies while a key is made leaves an orphan in the list, and no key") {
    TokenWorld world;
    testing::Records left;
    world.meanwhile("make", [&] { left = world.store.records; });
    world.make_key();
    world.store.records = left;
    CHECK(world.keys() == 0);
    CHECK(world.orphans().size() == 1);
  }

  TEST_CASE("who takes longer than an orphan waits gets no key") {
    TokenWorld world;
    world.meanwhile("make", [&] {
      world.clock.advance(std::chrono::hours(1));
      world.call("Maintain", Json::object());
    });
    CHECK(world.make()["__type"] == "DependencyTimeoutException");
    CHECK(world.keys() == 0);
    CHECK(world.orphans().empty());
  }

  TEST_CASE("a commit of unknown end takes nothing back that may be there") {
    for (const int unknown : {1, 2, 3}) {
      CAPTURE(unknown);
      TokenWorld world;
      world.meanwhile("make", [&] { world.store.unknown_commits = unknown; });
      const Json made = world.make();
      CHECK(world.keys() == (made.contains("KeyMetadata") ? 1 : 0));
      CHECK(world.token.size() == world.keys() + world.orphans().size());
    }
  }

  TEST_CASE("the material of a deleted key is destroyed in the token, when that is there again") {
    TokenWorld world;
    const std::string key = world.make_key();
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
    world.clock.advance(std::chrono::hours(24 * 7));
    world.break_token("destroy");
    CHECK(world.call("Maintain", {{"ConfirmDestroy", true}})["Destroyed"] == 1);
    CHECK(world.keys() == 0);
    CHECK(world.token.size() == 1);
    REQUIRE(world.orphans().size() == 1);
    CHECK(world.orphans()[0]["KeyArn"] == key);
    CHECK(world.orphans()[0]["BeingMade"] == false);
    world.mend_token();
    CHECK(world.call("Maintain", Json::object())["OrphansDestroyed"] == 1);
    CHECK(world.token.size() == 0);
  }

  TEST_CASE("data keys of a token are cached as any other") {
    TokenWorld world;
    DataKeyCache cache;
    world.context.data_keys = &cache;
    const std::string key = world.make_key();
    const Json request{{"KeyId", key},      {"NumberOfBytes", 32}, {"MaxAgeSeconds", 60},
                       {"MaxMessages", 10}, {"MaxBytes", 1000},    {"MessageBytes", 10}};
    const Json first = world.call("GetCachedDataKey", request);
    const Json second = world.call("GetCachedDataKey", request);
    CHECK(first["CacheHit"] == false);
    CHECK(second["CacheHit"] == true);
    CHECK(second["Plaintext"] == first["Plaintext"]);
    CHECK(world.token.count("seal") == 1);
  }
}
