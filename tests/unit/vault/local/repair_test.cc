// A vault that somebody without its keys has moved records about in is used again once they are dropped.
#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>
#include <string>

#include "tests/unit/vault/vault_world.h"
#include "vault/engine/lmdb.h"
#include "vault/sealed/seal.h"

using namespace kms;
using namespace kms::test;

namespace {

using RawRecords = std::map<Bytes, Bytes>;

struct RepairWorld : VaultWorld {
  RepairWorld() {
    create([](Transaction& first) {
      for (int i = 0; i < 60; ++i) first.put("grants", "grant" + std::to_string(i), "old");
      first.put_secret("material", "key", secret_of("secret"));
      first.append("audit", "event");
    });
  }
  RawRecords raw() {
    vault::lmdb::Env env(path, options.initial_map_bytes, "data.mdb");
    const auto txn = env.begin(Access::kRead);
    RawRecords all;
    const auto cursor = txn->cursor();
    for (bool more = cursor->first(); more; more = cursor->next()) all[cursor->key()] = cursor->value();
    return all;
  }
  void edit(const std::function<void(vault::EngineTransaction&)>& change) {
    vault::lmdb::Env env(path, options.initial_map_bytes, "data.mdb");
    const auto txn = env.begin(Access::kWrite);
    change(*txn);
    REQUIRE(txn->commit() == Commit::kDone);
  }
  void put(const std::string& item, std::string_view value) {
    const auto opened = open();
    const auto transaction = opened->begin(Access::kWrite);
    transaction->put("grants", item, value);
    commit_now(*transaction);
  }
  // What a record was and is not any more: of one that changed or was erased.
  std::pair<Bytes, Bytes> changed(const RawRecords& before, const std::function<void()>& change) {
    change();
    const RawRecords after = raw();
    for (const auto& each : before) {
      const auto kind = vault::peek_record(each.second).kind;
      const auto now = after.find(each.first);
      if (kind == vault::RecordKind::kRecord && (now == after.end() || now->second != each.second)) return each;
    }
    throw Error(ErrorCode::kInternal, "nothing changed");
  }
  ErrorCode revoking() {
    try {
      const auto opened = open(passphrase("correct horse"));
      const auto transaction = opened->begin(Access::kWrite);
      const Slot alice = opened->slot_of(keyfile('k'));
      opened->remove(*transaction, alice.id, kRoot);
      commit_now(*transaction);
      return ErrorCode::kUsage;
    } catch (const Error& error) {
      return error.code();
    }
  }
};

RawRecords without_epoch(RawRecords all) {
  all.erase(to_bytes(as_bytes(vault::kEpochKey)));
  return all;
}

}  // namespace

TEST_SUITE("vault/repair") {
  TEST_CASE("what was put back, added or exchanged is dropped, what was erased is forgotten, and a credential can go") {
    RepairWorld world;
    const auto old_one = world.changed(without_epoch(world.raw()), [&] { world.put("grant1", "new"); });
    const auto revoked = world.changed(without_epoch(world.raw()), [&] {
      const auto opened = world.open();
      const auto transaction = opened->begin(Access::kWrite);
      transaction->erase("grants", "grant2");
      commit_now(*transaction);
    });
    const auto gone = world.changed(without_epoch(world.raw()), [&] { world.put("grant3", "new"); });
    world.edit([&](vault::EngineTransaction& txn) {
      txn.put(old_one.first, old_one.second);
      txn.put(revoked.first, revoked.second);
      (void)txn.erase(gone.first);
    });
    CHECK(world.revoking() == ErrorCode::kVaultDamaged);  // renewed, the forgery would be the newest
    {
      const auto opened = world.open();
      CHECK(opened->check().problems.size() >= 3);
      const RepairReport report = opened->repair();
      const std::set<std::string> dropped(report.dropped.begin(), report.dropped.end());
      CHECK(dropped == std::set<std::string>{"grants: grant1", "grants: grant2"});
      CHECK(report.missing == 1);
      CHECK(opened->check().problems.empty());
      const auto transaction = opened->begin(Access::kRead);
      for (const char* item : {"grant1", "grant2", "grant3"}) CHECK_FALSE(transaction->get("grants", item));
      int left = 0;
      transaction->scan("grants", "", [&](std::string_view, std::string_view) { return ++left > 0; });
      CHECK(left == 57);
      CHECK(transaction->get_secret("material", "key").has_value());
    }
    {
      const auto opened = world.open();
      CHECK(opened->repair().dropped.empty());
    }
    CHECK(world.revoking() == ErrorCode::kUsage);
    const auto opened = world.open(passphrase("correct horse"));
    CHECK(opened->check().problems.empty());
    CHECK(opened->begin(Access::kRead)->log_size("audit") == 1);
  }

  TEST_CASE("of a sound vault nothing is written") {
    RepairWorld world;
    (void)world.open();
    const RawRecords before = world.raw();
    CHECK(world.open()->repair().missing == 0);
    CHECK(world.raw() == before);
  }

  TEST_CASE("where the list of records itself was put back, nothing is changed") {
    RepairWorld world;
    const RawRecords before = without_epoch(world.raw());
    world.put("grant1", "new");
    world.edit([&](vault::EngineTransaction& txn) {
      for (const auto& [key, value] : before) {
        if (vault::peek_record(value).kind == vault::RecordKind::kTree) txn.put(key, value);
      }
    });
    const RawRecords forged = world.raw();
    try {
      (void)world.open()->repair();
      FAIL("repaired by a list that was put back");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kVaultDamaged);
    }
    CHECK(world.raw() == forged);
  }
}
