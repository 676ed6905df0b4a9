#include "core/store/scope.h"

#include <doctest/doctest.h>

#include <set>

using namespace kms;

TEST_SUITE("store/scope") {
  TEST_CASE("a key with all that is its own is one scope, and no other key's") {
    const auto of_key = [](const std::string& id) {
      std::set<Scope> scopes;
      for (const char* table : {"key", "policy", "usage", "grant-count"}) {
        scopes.insert(scope_of(std::string(table) + "/111122223333/eu-west-1", id));
      }
      for (const char* table : {"material", "alias-of", "grant", "grant-named"}) {
        scopes.insert(scope_of(std::string(table) + "/111122223333/eu-west-1/" + id, "item"));
      }
      scopes.insert(scope_of("granted/111122223333/eu-west-1/" + id + "/arn:aws:iam::1:user/a/b", "item"));
      return scopes;
    };
    CHECK(of_key("one").size() == 1);
    CHECK(of_key("one") != of_key("two"));
    CHECK(scope_name("grant/111122223333/eu-west-1/one", "g") == "key/111122223333/eu-west-1/one");
  }

  TEST_CASE("aliases belong to their Region, identities to their account, other tables to the vault") {
    CHECK(scope_name("alias/111122223333/eu-west-1", "alias/a") == "home/111122223333/eu-west-1");
    CHECK(scope_of("alias/111122223333/eu-west-1", "alias/a") == scope_of("alias/111122223333/eu-west-1", "alias/b"));
    CHECK(scope_of("alias/111122223333/eu-west-1", "alias/a") != scope_of("alias/111122223333/eu-west-2", "alias/a"));
    CHECK(scope_name("identity/111122223333", "user/a") == "home/111122223333");
    CHECK(scope_of("identity/111122223333", "user/a") != scope_of("identity/444455556666", "user/a"));
    CHECK(scope_name("quota", "* *") == "quota");
    CHECK(scope_of("clock", "time") != scope_of("vault", "time"));
  }

  TEST_CASE("who looked at all records of a collection hears of a change of any") {
    const Scope all = scope_of_all("key/111122223333/eu-west-1");
    CHECK(enclosing_scope("key/111122223333/eu-west-1", "one") == all);
    CHECK(all != scope_of("key/111122223333/eu-west-1", "one"));
    CHECK(all != scope_of_all("key/111122223333/eu-west-2"));
    CHECK(scope_of_all("grant/111122223333/eu-west-1/one") == scope_of("key/111122223333/eu-west-1", "one"));
    CHECK(scope_of_all("quota") == scope_of("quota", "any"));
  }
}
