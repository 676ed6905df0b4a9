// Every list: pages of the size that was asked for, each entry once, and no confusion by what changes meanwhile.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr int kCount = 7;
constexpr const char* kGrantee = "arn:aws:iam::111122223333:user/x";

struct List {
  const char* operation;
  const char* member;
  const char* name;                  // of an entry
  std::function<Json(World&)> fill;  // makes kCount entries, answers the request
};

std::string make_alias(World& world, const std::string& key, const std::string& name) {
  world.call("CreateAlias", {{"AliasName", name}, {"TargetKeyId", key}});
  return name;
}

void make_grant(World& world, const std::string& key) {
  world.call(
      "CreateGrant",
      {{"KeyId", key}, {"GranteePrincipal", kGrantee}, {"RetiringPrincipal", kGrantee}, {"Operations", {"Encrypt"}}});
}

const List kLists[] = {
    {"ListKeys", "Keys", "KeyId",
     [](World& world) {
       for (int i = 0; i < kCount; ++i) world.create_key();
       return Json::object();
     }},
    {"ListAliases", "Aliases", "AliasName",
     [](World& world) {
       const std::string key = world.create_key();
       for (int i = 0; i < kCount; ++i) make_alias(world, key, cat("alias/", std::to_string(i)));
       return Json::object();
     }},
    {"ListKeyDetails", "Keys", "KeyId",
     [](World& world) {
       for (int i = 0; i < kCount; ++i) world.create_key();
       return Json::object();
     }},
    {"ListResourceTags", "Tags", "TagKey",
     [](World& world) {
       const std::string key = world.create_key();
       for (int i = 0; i < kCount; ++i) {
         world.call("TagResource",
                    {{"KeyId", key}, {"Tags", {{{"TagKey", cat("t", std::to_string(i))}, {"TagValue", ""}}}}});
       }
       return Json{{"KeyId", key}};
     }},
    {"ListGrants", "Grants", "GrantId",
     [](World& world) {
       const std::string key = world.create_key();
       for (int i = 0; i < kCount; ++i) make_grant(world, key);
       return Json{{"KeyId", key}};
     }},
    {"ListRetirableGrants", "Grants", "GrantId",
     [](World& world) {
       for (int i = 0; i < kCount; ++i) make_grant(world, world.create_key());
       return Json{{"RetiringPrincipal", kGrantee}};
     }},
    {"ListKeyRotations", "Rotations", "KeyMaterialId",
     [](World& world) {
       const std::string key = world.create_key();
       for (int i = 0; i < kCount; ++i) world.call("RotateKeyOnDemand", {{"KeyId", key}});
       return Json{{"KeyId", key}};
     }},
    {"DescribeCustomKeyStores", "CustomKeyStores", "CustomKeyStoreId",
     [](World& world) {
       for (int i = 0; i < kCount; ++i) {
         world.call("CreateCustomKeyStore",
                    {{"CustomKeyStoreName", cat("s", std::to_string(i))},
                     {"CloudHsmClusterId", cat("cluster-abcdefghij", std::string(1, static_cast<char>('a' + i)))},
                     {"KeyStorePassword", "kmsPswd1"},
                     {"TrustAnchorCertificate", "certificate"}});
       }
       return Json::object();
     }},
};

}  // namespace

TEST_SUITE("ops/pagination") {
  TEST_CASE("pages of any size hold each entry once") {
    for (const List& list : kLists) {
      World world;
      const Json request = list.fill(world);
      for (int limit = 1; limit <= kCount + 1; ++limit) {
        CAPTURE(std::string(list.operation));
        CAPTURE(limit);
        std::set<std::string> seen;
        Json next = request;
        next["Limit"] = limit;
        for (;;) {
          const Json page = world.call(list.operation, next);
          REQUIRE(page.contains(list.member));
          CHECK(page[list.member].size() <= static_cast<std::size_t>(limit));
          for (const Json& entry : page[list.member]) CHECK(seen.insert(entry[list.name]).second);
          CHECK(page["Truncated"].get<bool>() == page.contains("NextMarker"));
          if (!page["Truncated"].get<bool>()) break;
          next["Marker"] = page["NextMarker"];
        }
        CHECK(seen.size() == kCount);
      }
    }
  }

  TEST_CASE("limits of zero and above 1000 are refused, and so is a marker that no page had") {
    for (const List& list : kLists) {
      CAPTURE(std::string(list.operation));
      World world;
      Json request = list.fill(world);
      request["Limit"] = 0;
      CHECK(world.call(list.operation, request)["__type"] == "ValidationException");
      request["Limit"] = 1001;
      CHECK(world.call(list.operation, request)["__type"] == "ValidationException");
      request["Limit"] = 1;
      request["Marker"] = "not a marker!";
      CHECK(world.call(list.operation, request)["__type"] == "InvalidMarkerException");
    }
  }

  TEST_CASE("what is added or removed between two pages neither repeats nor hides another entry") {
    World world;
    const std::string key = world.create_key();
    for (const char* name : {"alias/b", "alias/d", "alias/f", "alias/h"}) make_alias(world, key, name);
    const auto names = [](const Json& page) {
      std::vector<std::string> found;
      for (const Json& alias : page["Aliases"]) found.push_back(alias["AliasName"]);
      return found;
    };
    const Json first = world.call("ListAliases", {{"Limit", 2}});
    std::vector<std::string> seen = names(first);
    make_alias(world, key, "alias/a");
    make_alias(world, key, "alias/e");
    world.call("DeleteAlias", {{"AliasName", seen[1]}});
    const auto rest = names(world.call("ListAliases", {{"Limit", 10}, {"Marker", first["NextMarker"]}}));
    seen.insert(seen.end(), rest.begin(), rest.end());
    for (const char* name : {"alias/b", "alias/d", "alias/f", "alias/h"}) {
      CHECK(std::count(seen.begin(), seen.end(), name) == 1);  // whatever was added or removed beside them
    }
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == seen.size());
  }

  TEST_CASE("a key policy has one name") {
    World world;
    const Json page = world.call("ListKeyPolicies", {{"KeyId", world.create_key()}, {"Limit", 1}});
    CHECK(page == Json{{"PolicyNames", {"default"}}, {"Truncated", false}});
  }
}
