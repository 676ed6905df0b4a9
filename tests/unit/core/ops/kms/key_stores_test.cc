#include "core/ops/kms/key_stores.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/records/key_stores.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

Json hsm(const char* name = "hsm", const char* cluster = "cluster-abcdefghijk") {
  return {{"CustomKeyStoreName", name},
          {"CloudHsmClusterId", cluster},
          {"KeyStorePassword", "kmsPswd1"},
          {"TrustAnchorCertificate", "certificate"}};
}

Json proxy(const char* name = "xks") {
  return {{"CustomKeyStoreName", name},
          {"CustomKeyStoreType", "EXTERNAL_KEY_STORE"},
          {"XksProxyConnectivity", "PUBLIC_ENDPOINT"},
          {"XksProxyUriEndpoint", "https://proxy.example.com"},
          {"XksProxyUriPath", "/prefix/kms/xks/v1"},
          {"XksProxyAuthenticationCredential",
           {{"AccessKeyId", "ABCDEFGHIJKLMNOPQRST"}, {"RawSecretAccessKey", std::string(43, 'a')}}}};
}

Json describe(World& world, const Json& id) {
  return world.call("DescribeCustomKeyStores", {{"CustomKeyStoreId", id}})["CustomKeyStores"][0];
}

}  // namespace

TEST_SUITE("ops/key_stores") {
  TEST_CASE("a store is described as it was made, without its secret") {
    World world;
    const Json id = world.call("CreateCustomKeyStore", hsm())["CustomKeyStoreId"];
    CHECK(id.get<std::string>().starts_with("cks-"));
    CHECK(id.get<std::string>().size() == 21);
    CHECK(describe(world, id) == Json{{"CustomKeyStoreId", id},
                                      {"CustomKeyStoreName", "hsm"},
                                      {"ConnectionState", "DISCONNECTED"},
                                      {"CreationDate", epoch_seconds(world.clock.time)},
                                      {"CustomKeyStoreType", "AWS_CLOUDHSM"},
                                      {"CloudHsmClusterId", "cluster-abcdefghijk"},
                                      {"TrustAnchorCertificate", "certificate"}});
    const Json other = world.call("CreateCustomKeyStore", proxy())["CustomKeyStoreId"];
    CHECK(describe(world, other)["XksProxyConfiguration"] == Json{{"AccessKeyId", "ABCDEFGHIJKLMNOPQRST"},
                                                                  {"UriEndpoint", "https://proxy.example.com"},
                                                                  {"UriPath", "/prefix/kms/xks/v1"},
                                                                  {"Connectivity", "PUBLIC_ENDPOINT"}});
    for (const auto& log : world.store.records.logs) {
      for (const std::string& event : log.second) {
        CHECK(event.find("kmsPswd1") == std::string::npos);
        CHECK(event.find(std::string(43, 'a')) == std::string::npos);
      }
    }
    for (const auto& value : world.store.records.values) CHECK(value.second.find("kmsPswd1") == std::string::npos);
  }

  TEST_CASE(
      "the states: a connection fails here, a failed one is disconnected first, and only then changed or deleted") {
    World world;
    const Json request{{"CustomKeyStoreId", world.call("CreateCustomKeyStore", hsm())["CustomKeyStoreId"]}};
    const auto call = [&](const char* operation) {
      return world.call(operation, request).value("__type", std::string("ok"));
    };
    constexpr const char* kState = "CustomKeyStoreInvalidStateException";
    Json password = request;
    password["KeyStorePassword"] = "another1";
    Json name = request;
    name["NewCustomKeyStoreName"] = "renamed";
    CHECK(call("DisconnectCustomKeyStore") == kState);
    CHECK(call("ConnectCustomKeyStore") == "ok");
    CHECK(describe(world, request["CustomKeyStoreId"])["ConnectionState"] == "FAILED");
    CHECK(describe(world, request["CustomKeyStoreId"])["ConnectionErrorCode"] == "CLUSTER_NOT_FOUND");
    CHECK(call("ConnectCustomKeyStore") == kState);
    CHECK(call("DeleteCustomKeyStore") == kState);
    CHECK(world.call("UpdateCustomKeyStore", password)["__type"] == kState);
    CHECK(world.call("UpdateCustomKeyStore", name) == Json::object());
    CHECK(world.call("CreateKey", {{"Origin", "AWS_CLOUDHSM"},
                                   {"CustomKeyStoreId", request["CustomKeyStoreId"]}})["__type"] == kState);
    CHECK(world.call("GenerateRandom",
                     {{"NumberOfBytes", 8}, {"CustomKeyStoreId", request["CustomKeyStoreId"]}})["__type"] == kState);
    CHECK(call("DisconnectCustomKeyStore") == "ok");
    CHECK_FALSE(describe(world, request["CustomKeyStoreId"]).contains("ConnectionErrorCode"));
    CHECK(world.call("UpdateCustomKeyStore", password) == Json::object());
    CHECK(call("DeleteCustomKeyStore") == "ok");
    CHECK(call("DeleteCustomKeyStore") == "CustomKeyStoreNotFoundException");
    CHECK(world.call("DescribeCustomKeyStores", request)["__type"] == "CustomKeyStoreNotFoundException");
  }

  TEST_CASE("nothing is made here in the place of a store that is connected") {
    World world;
    const std::string hsm_id = world.call("CreateCustomKeyStore", hsm())["CustomKeyStoreId"];
    const std::string proxy_id = world.call("CreateCustomKeyStore", proxy())["CustomKeyStoreId"];
    {
      const auto transaction = world.store.begin(Access::kWrite);
      for (const std::string& id : {hsm_id, proxy_id}) {
        KeyStore store = find_key_store(*transaction, world.caller.home, id).value();
        store.state = ConnectionState::kConnected;
        put_key_store(*transaction, store);
      }
      commit_now(*transaction);
    }
    const auto before = world.data();
    CHECK(world.call("CreateKey", {{"Origin", "AWS_CLOUDHSM"}, {"CustomKeyStoreId", hsm_id}})["__type"] ==
          "UnsupportedOperationException");
    CHECK(world.call("CreateKey",
                     {{"Origin", "EXTERNAL_KEY_STORE"}, {"CustomKeyStoreId", proxy_id}, {"XksKeyId", "k"}})["__type"] ==
          "UnsupportedOperationException");
    CHECK(world.call("GenerateRandom", {{"NumberOfBytes", 8}, {"CustomKeyStoreId", hsm_id}})["__type"] ==
          "UnsupportedOperationException");
    CHECK(world.data() == before);
  }

  TEST_CASE("names, clusters and proxies belong to one store") {
    World world;
    world.call("CreateCustomKeyStore", hsm());
    world.call("CreateCustomKeyStore", proxy());
    const auto error = [&](const Json& request) { return world.call("CreateCustomKeyStore", request)["__type"]; };
    CHECK(error(hsm("hsm", "cluster-zzzzzzzzzzz")) == "CustomKeyStoreNameInUseException");
    CHECK(error(hsm("other")) == "CloudHsmClusterInUseException");
    CHECK(error(proxy("other")) == "XksProxyUriInUseException");
    Json incomplete = hsm("third", "cluster-yyyyyyyyyyy");
    incomplete.erase("TrustAnchorCertificate");
    CHECK(error(incomplete) == "ValidationException");
    Json mixed = proxy("third");
    mixed["CloudHsmClusterId"] = "cluster-yyyyyyyyyyy";
    CHECK(error(mixed) == "ValidationException");
  }

  TEST_CASE("a region has ten at most") {
    World world;
    for (char c = 'a'; c < 'k'; ++c) {
      CHECK(world
                .call("CreateCustomKeyStore",
                      hsm(std::string(1, c).c_str(), cat("cluster-abcdefghij", std::string(1, c)).c_str()))
                .contains("CustomKeyStoreId"));
    }
    CHECK(world.call("CreateCustomKeyStore", hsm("k", "cluster-abcdefghijk"))["__type"] == "LimitExceededException");
  }
}
