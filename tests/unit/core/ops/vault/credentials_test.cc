#include "core/records/credentials.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/service/token_buckets.h"
#include "tests/support/world.h"

using namespace kms;
using testing::World;

namespace {

std::string type_of(const Json& answer) {
  return answer.value("__type", "");
}

}  // namespace

TEST_SUITE("ops/credentials") {
  TEST_CASE("an access key is made once, listed without its secret, and gone when deleted") {
    World world;
    world.add_identity("user/ci");
    const Json key = world.call("CreateAccessKey", {{"Principal", "user/ci"}}).at("AccessKey");
    const std::string id = key.at("AccessKeyId");
    const std::string secret = key.at("SecretAccessKey");
    CHECK(id.starts_with("AKIA"));
    CHECK(id.size() == 20);
    CHECK(secret.size() == 40);
    CHECK(world.call("ListAccessKeys", Json::object()).dump().find(secret) == std::string::npos);
    CHECK(world.audited().at(0).dump().find(secret) == std::string::npos);
    CHECK(world.audited().at(0).at("responseElements").at("accessKeyId") == id);
    CHECK(type_of(world.call("CreateAccessKey", {{"Principal", "user/ci"}})).empty());
    CHECK(type_of(world.call("CreateAccessKey", {{"Principal", "user/ci"}})) == "LimitExceededException");
    CHECK(world.call("DeleteAccessKey", {{"AccessKeyId", id}}).empty());
    CHECK(type_of(world.call("DeleteAccessKey", {{"AccessKeyId", id}})) == "NotFoundException");
    CHECK(find_access_key(*world.store.begin(Access::kRead), id) == std::nullopt);
    CHECK(access_key_secret(*world.store.begin(Access::kRead), id) == nullptr);
  }

  TEST_CASE("access keys are for users and owners, and go with their user") {
    World world;
    world.add_identity("user/ci");
    CHECK(type_of(world.call("CreateAccessKey", {{"Principal", "root"}})).empty());
    CHECK(type_of(world.call("CreateAccessKey", {{"Principal", "group/none"}})) == "NotFoundException");
    CHECK(type_of(world.call("CreateAccessKey", {{"Principal", "ci"}})) == "ValidationException");
    const std::string id = world.call("CreateAccessKey", {{"Principal", "user/ci"}})["AccessKey"]["AccessKeyId"];
    world.call("DeletePrincipal", {{"Principal", "user/ci"}});
    CHECK(find_access_key(*world.store.begin(Access::kRead), id) == std::nullopt);
  }

  TEST_CASE("a user of the system is mapped to a user, and unmapped") {
    World world;
    world.add_identity("user/ci");
    CHECK(world.call("MapUid", {{"Uid", 1001}, {"Principal", "user/ci"}}).empty());
    CHECK(type_of(world.call("MapUid", {{"Uid", -1}, {"Principal", "user/ci"}})) == "ValidationException");
    CHECK(type_of(world.call("MapUid", {{"Uid", 1001}, {"Principal", "user/none"}})) == "NotFoundException");
    const Json listed = world.call("ListUidMappings", Json::object());
    CHECK(listed.at("UidMappings").at(0) == Json{{"Uid", 1001}, {"Principal", "arn:aws:iam::111122223333:user/ci"}});
    CHECK(world.call("UnmapUid", {{"Uid", 1001}}).empty());
    CHECK(type_of(world.call("UnmapUid", {{"Uid", 1001}})) == "NotFoundException");
  }

  TEST_CASE("whoever may not is refused, and changes nothing") {
    World world;
    const auto before = world.data();
    world.authorizer.denied = {"kmsctl:CreateAccessKey", "kmsctl:MapUid", "kmsctl:PutQuota"};
    CHECK(type_of(world.call("CreateAccessKey", {{"Principal", "root"}})) == "AccessDeniedException");
    CHECK(type_of(world.call("MapUid", {{"Uid", 1}, {"Principal", "user/x"}})) == "AccessDeniedException");
    CHECK(type_of(world.call("PutQuota", {{"RequestsPerSecond", 1}})) == "AccessDeniedException");
    CHECK(world.data() == before);
  }
}

TEST_SUITE("ops/quotas") {
  TEST_CASE("a quota lets so many through at once, and more as time passes") {
    World world;
    TokenBuckets buckets;
    world.context.limiter = &buckets;
    const std::string key = world.create_key();
    CHECK(world.call("PutQuota", {{"RequestClass", "Encrypt"}, {"RequestsPerSecond", 10}, {"Burst", 3}}).empty());
    const auto encrypt = [&] { return type_of(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}})); };
    for (int i = 0; i < 3; ++i) CHECK(encrypt().empty());
    CHECK(encrypt() == "ThrottlingException");
    CHECK(world.audited().back().at("errorCode") == "ThrottlingException");
    CHECK(type_of(world.call("DescribeKey", {{"KeyId", key}})).empty());  // of another class
    world.clock.advance(std::chrono::milliseconds(100));
    CHECK(encrypt().empty());
    CHECK(encrypt() == "ThrottlingException");
    world.clock.advance(std::chrono::hours(1));
    for (int i = 0; i < 3; ++i) CHECK(encrypt().empty());
    CHECK(encrypt() == "ThrottlingException");
    CHECK(world.call("DeleteQuota", {{"RequestClass", "Encrypt"}}).empty());
    CHECK(encrypt().empty());
  }

  TEST_CASE("quotas are for each principal, and by kind of key") {
    World world;
    TokenBuckets buckets;
    world.context.limiter = &buckets;
    const std::string symmetric = world.create_key();
    const std::string curve = world.create_key({{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    world.call("PutQuota", {{"RequestClass", "cryptographic-ecc"}, {"RequestsPerSecond", 1}});
    const Json sign{{"KeyId", curve}, {"Message", "aGk="}, {"SigningAlgorithm", "ECDSA_SHA_256"}};
    CHECK(type_of(world.call("Sign", sign)).empty());
    CHECK(type_of(world.call("Sign", sign)) == "ThrottlingException");
    CHECK(type_of(world.call("Encrypt", {{"KeyId", symmetric}, {"Plaintext", "aGk="}})).empty());
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    CHECK(type_of(world.call("Sign", sign)) != "ThrottlingException");  // has a bucket of its own
    world.caller.principal = "arn:aws:iam::111122223333:root";
    CHECK(type_of(world.call("PutQuota", {{"RequestClass", "Nothing"}, {"RequestsPerSecond", 1}})) ==
          "ValidationException");
    CHECK(type_of(world.call("PutQuota", {{"RequestsPerSecond", 0}})) == "ValidationException");
    CHECK(type_of(world.call("DeleteQuota", {{"RequestClass", "Sign"}})) == "NotFoundException");
    CHECK(world.call("ListQuotas", Json::object()).at("Quotas").size() == 1);
  }
}

TEST_SUITE("service/token_buckets") {
  TEST_CASE("who is refused all the time leaves an event at a rate, and the next one tells how many left none") {
    World world;
    TokenBuckets buckets;
    world.context.limiter = &buckets;
    const std::string key = world.create_key();
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    const std::size_t before = world.audited().size();
    const auto describe = [&] { return type_of(world.call("DescribeKey", {{"KeyId", key}})); };
    std::size_t throttled = 0;
    for (int i = 0; i < 1500; ++i) {
      if (describe() == "ThrottlingException") ++throttled;
    }
    CHECK(throttled == 500);
    CHECK(world.audited().size() == before + 1000);
    world.clock.advance(std::chrono::seconds(1));
    CHECK(describe() == "AccessDeniedException");
    CHECK(world.audited().back().at("additionalEventData").at("failuresLeftOut") == 500);
    world.caller.principal = "arn:aws:iam::111122223333:root";  // others are not concerned
    CHECK(describe().empty());
  }
}

TEST_SUITE("ops/data_key_cache") {
  TEST_CASE("a data key is given out again within the limits, and each use is in the trail") {
    World world;
    DataKeyCache cache;
    world.context.data_keys = &cache;
    const std::string key = world.create_key();
    Json request{{"KeyId", key}, {"MaxAgeSeconds", 60}, {"MaxMessages", 3}, {"MaxBytes", 1000}, {"MessageBytes", 10}};
    const auto get = [&] { return world.call("GetCachedDataKey", request); };
    const Json first = get();
    CHECK(first.at("CacheHit") == false);
    CHECK(get().at("Plaintext") == first.at("Plaintext"));
    CHECK(world.audited().back().at("additionalEventData").at("dataKeyCache") == "HIT");
    CHECK(get().at("CacheHit") == true);
    CHECK(get().at("CacheHit") == false);  // the fourth message
    SUBCASE("not for longer than it may") {
      world.clock.advance(std::chrono::seconds(60));
      CHECK(get().at("CacheHit") == false);
    }
    SUBCASE("not for more bytes") {
      request["MessageBytes"] = 991;
      CHECK(get().at("CacheHit") == false);
      request["MessageBytes"] = 10;
      CHECK(get().at("CacheHit") == false);
    }
    SUBCASE("not for another context or caller, nor after a rotation") {
      request["EncryptionContext"] = {{"a", "b"}};
      CHECK(get().at("CacheHit") == false);
      request.erase("EncryptionContext");
      CHECK(get().at("CacheHit") == true);
      const char* const all =
          R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]})";
      world.call("PutPrincipalPolicy", {{"Principal", "user/x"}, {"PolicyName", "all"}, {"Policy", all}});
      world.caller.principal = "arn:aws:iam::111122223333:user/x";
      CHECK(get().at("CacheHit") == false);
      world.caller.principal = "arn:aws:iam::111122223333:root";
      CHECK(type_of(world.call("RotateKeyOnDemand", {{"KeyId", key}})).empty());
      CHECK(get().at("CacheHit") == false);
    }
    SUBCASE("not to whom GenerateDataKey is denied, nor of a key that is disabled") {
      world.authorizer.denied = {"kms:GenerateDataKey"};
      CHECK(type_of(get()) == "AccessDeniedException");
      world.authorizer.denied.clear();
      world.call("DisableKey", {{"KeyId", key}});
      CHECK(type_of(get()) == "DisabledException");
    }
  }
}
