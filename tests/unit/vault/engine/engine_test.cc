// What a vault asks of an engine, of LMDB and of the one in memory.
#include "vault/engine/engine.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <utility>

#include "tests/unit/vault/vault_world.h"
#include "vault/engine/lmdb.h"
#include "vault/engine/memory_engine.h"
#include "vault/sealed/sealed_store.h"

using namespace kms;
using namespace kms::test;
using vault::Cursor;
using vault::Engine;

namespace {

using Model = std::map<std::string, std::string>;

void with_engines(const std::function<void(Engine&)>& test) {
  {
    VaultWorld world;
    std::filesystem::create_directory(world.path);
    vault::lmdb::Env env(world.path, std::size_t{1} << 28U);
    INFO("LMDB");
    test(env);
  }
  vault::MemoryEngine memory;
  INFO("memory");
  test(memory);
}

Model read_all(const vault::EngineTransaction& transaction) {
  Model found;
  const auto cursor = transaction.cursor();
  for (bool more = cursor->first(); more; more = cursor->next()) {
    found[std::string(as_text(cursor->key()))] = std::string(as_text(cursor->value()));
  }
  return found;
}

void check_cursor(const vault::EngineTransaction& transaction, const Model& model, const std::string& key) {
  const auto cursor = transaction.cursor();
  const auto expected = model.lower_bound(key);
  REQUIRE(cursor->seek(as_bytes(key)) == (expected != model.end()));
  if (expected == model.end()) {
    REQUIRE(cursor->last() == !model.empty());
    if (!model.empty()) CHECK(as_text(cursor->key()) == model.rbegin()->first);
    return;
  }
  CHECK(as_text(cursor->key()) == expected->first);
  const bool is_first = expected == model.begin();
  REQUIRE(cursor->previous() == !is_first);
  if (!is_first) CHECK(as_text(cursor->key()) == std::prev(expected)->first);
}

// Lets `meanwhile` happen once, behind the view of the transaction that begins.
class RacedEngine final : public Engine {
 public:
  RacedEngine(Engine& engine, std::function<void()> meanwhile) : engine_(engine), meanwhile_(std::move(meanwhile)) {}
  std::unique_ptr<vault::EngineTransaction> begin(Access access) override {
    auto transaction = engine_.begin(access);
    if (const auto once = std::exchange(meanwhile_, nullptr)) once();
    return transaction;
  }

 private:
  Engine& engine_;
  std::function<void()> meanwhile_;
};

std::shared_ptr<const vault::Keys> some_keys(Random& random) {
  auto keys = std::make_shared<vault::Keys>(vault::VaultId{}, 1, random.secret(32), random.secret(32));
  keys->new_material(random);
  return keys;
}

}  // namespace

TEST_SUITE("vault/engine") {
  TEST_CASE("an engine keeps what a map keeps, through commits and rollbacks") {
    with_engines([](Engine& engine) {
      std::mt19937 chance(11);
      const auto up_to = [&](int most) { return std::uniform_int_distribution<int>(0, most)(chance); };
      Model committed;
      for (int round = 0; round < 60; ++round) {
        Model model = committed;
        const auto transaction = engine.begin(Access::kWrite);
        for (int step = 0; step < 20; ++step) {
          const std::string key = std::to_string(up_to(50));
          const std::string value = std::to_string(chance());
          const int kind = up_to(3);
          if (kind == 0)
            CHECK(transaction->insert(as_bytes(key), as_bytes(value)) == model.try_emplace(key, value).second);
          if (kind == 1) CHECK(transaction->erase(as_bytes(key)) == (model.erase(key) > 0));
          if (kind > 1) {
            transaction->put(as_bytes(key), as_bytes(value));
            model[key] = value;
          }
        }
        CHECK(read_all(*transaction) == model);
        check_cursor(*transaction, model, std::to_string(up_to(60)));
        if (up_to(2) == 0) {
          transaction->abort();
        } else {
          CHECK(transaction->commit() == Commit::kDone);
          committed = model;
        }
        CHECK(read_all(*engine.begin(Access::kRead)) == committed);
      }
    });
  }

  TEST_CASE("who reads sees one state, whose number rises with each commit") {
    with_engines([](Engine& engine) {
      const auto put = [&](const char* value) {
        const auto transaction = engine.begin(Access::kWrite);
        transaction->put(as_bytes("k"), as_bytes(value));
        CHECK(transaction->commit() == Commit::kDone);
      };
      put("1");
      const auto before = engine.begin(Access::kRead);
      put("2");
      CHECK(as_text(*before->get(as_bytes("k"))) == "1");
      const auto after = engine.begin(Access::kRead);
      CHECK(as_text(*after->get(as_bytes("k"))) == "2");
      CHECK(after->snapshot() == before->snapshot() + 1);
      CHECK(engine.begin(Access::kWrite)->snapshot() == after->snapshot());
    });
  }

  TEST_CASE("sealed records are kept, scanned and remembered over either engine") {
    with_engines([](Engine& engine) {
      SystemRandom random;
      vault::SealedStore store(engine, some_keys(random), random);
      transact(store, [](Transaction& transaction) {
        for (int i = 0; i < 30; ++i) transaction.put("letters", std::to_string(i), "v");
        transaction.put_secret("material", "one", secret_of("secret"));
        transaction.append("log", "event");
      });
      const auto reading = store.begin(Access::kRead);
      int seen = 0;
      reading->scan("letters", "", [&](std::string_view, std::string_view) { return ++seen > 0; });
      CHECK(seen == 30);
      CHECK(*reading->get_secret("material", "one") == secret_of("secret"));
      CHECK(reading->log_size("log") == 1);
      for (const auto& [key, value] : read_all(*engine.begin(Access::kRead))) {
        CHECK(value.find("secret") == std::string::npos);
        CHECK(key.find("letters") == std::string::npos);
      }
      transact(store, [](Transaction& transaction) { transaction.destroy("material", "one"); });
      CHECK_FALSE(store.begin(Access::kRead)->get_secret("material", "one"));
    });
  }

  TEST_CASE("what could not be read again is not written") {
    with_engines([](Engine& engine) {
      SystemRandom random;
      vault::SealedStore store(engine, some_keys(random), random);
      const std::string huge(vault::kMostValueBytes, 'x');
      CHECK(failure_of([&] {
              transact(store, [&](Transaction& transaction) { transaction.put("c", "item", huge); });
            }) == ErrorCode::kLimitExceeded);
      CHECK_FALSE(store.begin(Access::kRead)->get("c", "item"));
    });
  }

  TEST_CASE("of two stores that find an engine empty at once both open it") {
    vault::MemoryEngine engine;
    SystemRandom random;
    const auto keys = some_keys(random);
    RacedEngine raced(engine, [&] {
      vault::SealedStore first(engine, keys, random);
      transact(first, [](Transaction& transaction) { transaction.put("c", "i", "one"); });
    });
    vault::SealedStore second(raced, keys, random);
    CHECK(second.begin(Access::kRead)->get("c", "i") == "one");
  }

  TEST_CASE("of two who write at once over the engine in memory one is told to run again") {
    vault::MemoryEngine engine;
    SystemRandom random;
    vault::SealedStore store(engine, some_keys(random), random);
    const auto one = store.begin(Access::kWrite);
    const auto two = store.begin(Access::kWrite);
    one->put("c", "i", "one");
    two->put("c", "i", "two");
    CHECK(one->commit() == Commit::kDone);
    CHECK(two->commit() == Commit::kConflict);
    int runs = 0;
    transact(store, [&](Transaction& transaction) {
      if (++runs == 1) transact(store, [](Transaction& other) { other.put("c", "other", "x"); });
      transaction.put("c", "i", transaction.get("c", "i").value() + "+");
    });
    CHECK(runs == 2);
    CHECK(store.begin(Access::kRead)->get("c", "i") == "one+");
  }
}
