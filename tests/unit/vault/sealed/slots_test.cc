#include <doctest/doctest.h>
#include <lmdb.h>

#include <algorithm>

#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

namespace {

constexpr int kCrashed = 77;
constexpr int kRecords = 40;

void fill_vault(Transaction& first) {
  for (int i = 0; i < kRecords; ++i) first.put("c", "item" + std::to_string(i), "value" + std::to_string(i));
  first.put_secret("material", "key", secret_of("key-bytes"));
  for (int i = 0; i < 5; ++i) first.append("audit", "event" + std::to_string(i));
}

void check_filled(vault::Vault& opened) {
  const auto transaction = opened.begin(Access::kRead);
  for (int i = 0; i < kRecords; ++i) {
    CHECK(transaction->get("c", "item" + std::to_string(i)) == "value" + std::to_string(i));
  }
  CHECK(*transaction->get_secret("material", "key") == secret_of("key-bytes"));
  CHECK(transaction->log_size("audit") >= 5);
}

std::string slot_of(vault::Vault& opened, SlotKind kind) {
  const auto transaction = opened.begin(Access::kRead);
  for (const auto& slot : opened.list(*transaction)) {
    if (slot.kind == kind) return slot.id;
  }
  return {};
}

void replace_keyfile(vault::Vault& opened, const SecretBytes& with) {
  const std::string id = slot_of(opened, SlotKind::kKeyfile);
  const auto transaction = opened.begin(Access::kWrite);
  opened.replace(*transaction, id, with, Time());
  transaction->append("audit", "replaced");
  commit_now(*transaction);
}

// The sealed values as LMDB holds them. The vault must not be open.
std::vector<std::string> sealed_values(VaultWorld& world) {
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  MDB_cursor* cursor = nullptr;
  REQUIRE(mdb_env_create(&env) == 0);
  REQUIRE(mdb_env_open(env, world.path.c_str(), 0, 0600) == 0);
  REQUIRE(mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn) == 0);
  REQUIRE(mdb_dbi_open(txn, nullptr, 0, &dbi) == 0);
  REQUIRE(mdb_cursor_open(txn, dbi, &cursor) == 0);
  std::vector<std::string> values;
  MDB_val key{};
  MDB_val value{};
  while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
    if (value.mv_size > 64) values.emplace_back(static_cast<char*>(value.mv_data), value.mv_size);
  }
  mdb_cursor_close(cursor);
  mdb_txn_abort(txn);
  mdb_env_close(env);
  return values;
}

// Which of the keyfiles 'k' and 'n' opens.
std::string openers(VaultWorld& world) {
  std::string found;
  for (const char fill : {'k', 'n'}) {
    if (!failure_of([&] { (void)world.open(keyfile(fill)); })) found += fill;
  }
  return found;
}

}  // namespace

TEST_SUITE("vault/slots") {
  TEST_CASE("a slot that is added opens the vault as its principal") {
    VaultWorld world;
    world.create(fill_vault);
    const SecretBytes code = raw_key('r');
    std::string id;
    {
      const auto vault = world.open();
      const auto transaction = vault->begin(Access::kWrite);
      const Slot slot = vault->add(*transaction, SlotKind::kRecoveryCode, "arn:aws:iam::111122223333:user/bob", code,
                                   Time(std::chrono::milliseconds(1234)), "in the safe");
      CHECK(slot.label == "in the safe");
      id = slot.id;
      CHECK(vault->list(*transaction).size() == 3);
      transaction->append("audit", "added");
      commit_now(*transaction);
    }
    const auto vault = world.open({SlotKind::kRecoveryCode, raw_key('r')});
    CHECK(vault->principal() == "arn:aws:iam::111122223333:user/bob");
    CHECK(vault->unlocking_slot() == id);
    const auto slots = vault->list(*vault->begin(Access::kRead));
    REQUIRE(slots.size() == 3);
    CHECK(slots[2].created == Time(std::chrono::milliseconds(1234)));
    CHECK(slots[2].label == "in the safe");
    CHECK(slots[0].label.empty());
    check_filled(*vault);
  }

  TEST_CASE("a slot keeps its label when others come and go, and when its credential is replaced") {
    VaultWorld world;
    world.create(fill_vault);
    const auto vault = world.open();
    std::string id;
    {
      const auto transaction = vault->begin(Access::kWrite);
      id = vault->add(*transaction, SlotKind::kKeyfile, kRoot, raw_key('z'), Time(), "laptop").id;
      vault->add(*transaction, SlotKind::kKeyfile, kRoot, raw_key('y'), Time(), {});
      commit_now(*transaction);
    }
    {
      const auto transaction = vault->begin(Access::kWrite);
      vault->replace(*transaction, id, raw_key('n'), Time());
      commit_now(*transaction);
    }
    for (const Slot& slot : vault->list(*vault->begin(Access::kRead))) {
      CHECK(slot.label == (slot.id == id ? "laptop" : ""));
    }
  }

  TEST_CASE("a change of slots that is rolled back changes nothing") {
    VaultWorld world;
    world.create(fill_vault);
    const std::string before = read_file(world.file("vault.hdr"));
    const auto vault = world.open();
    const std::string id = slot_of(*vault, SlotKind::kKeyfile);
    {
      const auto transaction = vault->begin(Access::kWrite);
      vault->replace(*transaction, id, raw_key('n'), Time());
    }
    CHECK(read_file(world.file("vault.hdr")) == before);
    check_filled(*vault);
  }

  TEST_CASE("slots change in a transaction that writes, and an id must be one") {
    VaultWorld world;
    world.create();
    const auto vault = world.open();
    {
      const auto reading = vault->begin(Access::kRead);
      CHECK_THROWS_AS(vault->remove(*reading, "00000000", kRoot), Error);
    }
    const auto transaction = vault->begin(Access::kWrite);
    CHECK(failure_of([&] { vault->remove(*transaction, "00000000", kRoot); }) == ErrorCode::kNotFound);
  }

  TEST_CASE("the last slot of the root principal stays") {
    VaultWorld world;
    world.create();
    const auto vault = world.open();
    const std::string id = slot_of(*vault, SlotKind::kPassphrase);
    const auto transaction = vault->begin(Access::kWrite);
    CHECK(failure_of([&] { vault->remove(*transaction, id, kRoot); }) == ErrorCode::kConflict);
    vault->add(*transaction, SlotKind::kKeyfile, kRoot, raw_key('z'), Time(), {});
    vault->remove(*transaction, id, kRoot);
    commit_now(*transaction);
    CHECK(vault->list(*vault->begin(Access::kRead)).size() == 2);
  }

  TEST_CASE("the owner of another account is no reason to let the last slot of the home's owner go") {
    VaultWorld world;
    world.create();
    const auto vault = world.open();
    const std::string id = slot_of(*vault, SlotKind::kPassphrase);
    const auto transaction = vault->begin(Access::kWrite);
    const Slot other =
        vault->add(*transaction, SlotKind::kKeyfile, "arn:aws:iam::444455556666:root", raw_key('z'), Time(), {});
    CHECK(failure_of([&] { vault->remove(*transaction, id, kRoot); }) == ErrorCode::kConflict);
    vault->remove(*transaction, other.id, kRoot);
    commit_now(*transaction);
    CHECK(vault->list(*vault->begin(Access::kRead)).size() == 2);
  }

  TEST_CASE("a vault with as many credentials as it can hold can revoke each of them, and destroy secrets") {
    const std::string long_name = "arn:aws:iam::111122223333:user/" + std::string(465, 'n');
    for (const std::string& principal : {std::string(kAlice), long_name}) {
      VaultWorld world;
      world.create(fill_vault);
      std::string last;
      const auto vault = world.open();
      {
        const auto transaction = vault->begin(Access::kWrite);
        std::string refusal;
        while (refusal.empty()) {
          try {
            last = vault->add(*transaction, SlotKind::kKeyfile, principal, raw_key('z'), Time(), {}).id;
          } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::kLimitExceeded);
            refusal = error.what();
          }
        }
        CHECK(refusal.find("slot remove") != std::string::npos);
        commit_now(*transaction);
      }
      const std::size_t count = vault->list(*vault->begin(Access::kRead)).size();
      CHECK((principal == long_name ? count > 80 : count == 128));
      const auto revoke = [&](const std::function<void(Transaction&)>& change) {
        const auto transaction = vault->begin(Access::kWrite);
        change(*transaction);
        commit_now(*transaction);
      };
      revoke([&](Transaction& transaction) { vault->replace(transaction, last, raw_key('n'), Time()); });
      revoke([&](Transaction& transaction) { transaction.destroy("material", "key"); });
      revoke([&](Transaction& transaction) { vault->remove(transaction, last, kRoot); });
      CHECK(vault->list(*vault->begin(Access::kRead)).size() == count - 1);
      CHECK(vault->check().problems.empty());
    }
  }

  TEST_CASE("a crash while a vault full of credentials is renewed leaves one that opens") {
    VaultWorld world;
    world.create(fill_vault);
    {
      const auto vault = world.open();
      const auto transaction = vault->begin(Access::kWrite);
      for (int i = 2; i < 128; ++i) vault->add(*transaction, SlotKind::kKeyfile, kAlice, raw_key('z'), Time(), {});
      commit_now(*transaction);
    }
    world.options.at_step = [](std::string_view step) {
      if (step == "after header with both epochs") _exit(kCrashed);
    };
    CHECK(in_process([&] {
            const auto vault = world.open();
            const auto transaction = vault->begin(Access::kWrite);
            vault->remove(*transaction, slot_of(*vault, SlotKind::kKeyfile), kRoot);
            commit_now(*transaction);
            return 0;
          }) == kCrashed);
    world.options.at_step = [](std::string_view) {};
    const auto vault = world.open();
    CHECK(vault->list(*vault->begin(Access::kRead)).size() == 128);
    check_filled(*vault);
    CHECK(vault->check().problems.empty());
  }

  TEST_CASE("a removed slot opens nothing, and the others open without having been there") {
    VaultWorld world;
    world.create(fill_vault);
    {
      const auto vault = world.open(passphrase("correct horse"));
      const std::string id = slot_of(*vault, SlotKind::kKeyfile);
      const auto transaction = vault->begin(Access::kWrite);
      vault->remove(*transaction, id, kRoot);
      commit_now(*transaction);
    }
    CHECK(failure_of([&] { (void)world.open(keyfile('k')); }) == ErrorCode::kWrongPassphrase);
    const auto vault = world.open(passphrase("correct horse"));
    CHECK(vault->list(*vault->begin(Access::kRead)).size() == 1);
    check_filled(*vault);
    const auto report = vault->check();
    CHECK(report.problems == std::vector<std::string>{});
    CHECK(report.records == kRecords + 3);  // the log's page and tree, the secret
    CHECK(report.secrets == 1);
    CHECK(report.log_entries == 5);
  }

  TEST_CASE("a replaced credential keeps the id of its slot, and the vault goes on with the new keys") {
    VaultWorld world;
    world.create(fill_vault);
    const auto vault = world.open();
    const std::string id = slot_of(*vault, SlotKind::kKeyfile);
    replace_keyfile(*vault, raw_key('n'));
    CHECK(slot_of(*vault, SlotKind::kKeyfile) == id);
    {
      const auto transaction = vault->begin(Access::kWrite);
      transaction->put("c", "later", "written");
      commit_now(*transaction);
    }
    check_filled(*vault);
    CHECK(vault->check().problems == std::vector<std::string>{});
  }

  TEST_CASE("the old credential opens neither the old header with the new data, nor the new header with the old data") {
    VaultWorld world;
    world.create(fill_vault);
    const std::string old_header = read_file(world.file("vault.hdr"));
    const std::string old_data = read_file(world.file("data.mdb"));
    replace_keyfile(*world.open(), raw_key('n'));
    const std::string new_header = read_file(world.file("vault.hdr"));
    CHECK(openers(world) == "n");
    write_file(world.file("vault.hdr"), old_header);
    CHECK(failure_of([&] { (void)world.open(keyfile('k')); }) == ErrorCode::kVaultDamaged);
    CHECK(openers(world).empty());
    write_file(world.file("vault.hdr"), new_header);
    write_file(world.file("data.mdb"), old_data);
    CHECK(openers(world).empty());
  }

  TEST_CASE("what was sealed before a renewal is gone from the data file") {
    VaultWorld world;
    world.create(fill_vault);
    const std::vector<std::string> sealed = sealed_values(world);
    REQUIRE(sealed.size() > kRecords + 4);
    const std::string before = read_file(world.file("data.mdb"));
    replace_keyfile(*world.open(), raw_key('n'));
    const std::string after = read_file(world.file("data.mdb"));
    constexpr std::size_t kFront = 10;  // format, kind and version: the same for all
    constexpr std::size_t kNonce = 24;
    for (const auto& value : sealed) {
      for (const std::size_t at : {kFront, kFront + kNonce, value.size() - kNonce}) {
        const std::string piece = value.substr(at, kNonce);
        CHECK(before.find(piece) != std::string::npos);
        CHECK(after.find(piece) == std::string::npos);
      }
    }
  }

  TEST_CASE("destroying a secret renews its key, so that nothing opens its old copies, and keeps the order") {
    VaultWorld world;
    world.create(fill_vault);
    const std::string before = read_file(world.file("vault.hdr"));
    const auto vault = world.open();
    const std::string order = vault->begin(Access::kRead)->order();
    {
      const auto transaction = vault->begin(Access::kWrite);
      transaction->destroy("material", "key");
      transaction->put("c", "item7", "changed");
      transaction->put("c", "new", "value");
      commit_now(*transaction);
    }
    CHECK(vault->begin(Access::kRead)->order() == order);
    CHECK(vault->begin(Access::kRead)->get("c", "new") == "value");
    CHECK_FALSE(vault->begin(Access::kRead)->get_secret("material", "key"));
    CHECK(vault->begin(Access::kRead)->get("c", "item7") == "changed");
    CHECK(read_file(world.file("vault.hdr")).substr(0, 120) != before.substr(0, 120));
    CHECK(vault->check().problems == std::vector<std::string>{});
  }

  TEST_CASE("a crash at any step leaves exactly one of the credentials, and all the data") {
    std::vector<std::string> steps;
    {
      VaultWorld world;
      world.create(fill_vault);
      world.options.at_step = [&](std::string_view step) { steps.emplace_back(step); };
      replace_keyfile(*world.open(), raw_key('n'));
    }
    REQUIRE(steps.size() == 6);
    std::string outcomes;
    for (const auto& crash_at : steps) {
      CAPTURE(crash_at);
      VaultWorld world;
      world.create(fill_vault);
      const int end = in_process([&] {
        world.options.at_step = [&](std::string_view step) {
          if (step == crash_at) _exit(kCrashed);
        };
        replace_keyfile(*world.open(), raw_key('n'));
        return 0;
      });
      CHECK(end == kCrashed);
      const std::string opens = openers(world);
      CHECK(opens.size() == 1);
      outcomes += opens;
      const auto vault = world.open(passphrase("correct horse"));
      check_filled(*vault);
      CHECK(vault->begin(Access::kRead)->log_size("audit") == (opens == "n" ? 6U : 5U));
      CHECK(vault->check().problems == std::vector<std::string>{});
    }
    CHECK(outcomes == "kkknnn");
  }

  TEST_CASE("what a crash interrupted is finished even if the finishing crashes too") {
    VaultWorld world;
    world.create(fill_vault);
    const auto crash_at = [&](std::string_view where, const std::function<void()>& action) {
      CHECK(in_process([&] {
              world.options.at_step = [&](std::string_view step) {
                if (step == where) _exit(kCrashed);
              };
              action();
              return 0;
            }) == kCrashed);
    };
    crash_at("after records", [&] { replace_keyfile(*world.open(), raw_key('n')); });
    for (const auto* step : {"before header with one epoch", "before header with one epoch"}) {
      CAPTURE(step);
      crash_at(step, [&] { (void)world.open(keyfile('n')); });
    }
    const auto vault = world.open(keyfile('n'));
    check_filled(*vault);
    CHECK(vault->check().problems == std::vector<std::string>{});
    for (const auto& entry : std::filesystem::directory_iterator(world.path)) {
      CHECK_FALSE(entry.path().filename().string().starts_with(".kmsctl"));
    }
  }

  TEST_CASE("while others have the vault open, its slots do not change") {
    VaultWorld world;
    world.options.lock_patience = std::chrono::milliseconds(50);
    world.create(fill_vault);
    const auto vault = world.open();
    CHECK(in_process([&] {
            const auto other = world.open();
            const auto failure = failure_of([&] { replace_keyfile(*other, raw_key('z')); });
            if (failure != ErrorCode::kConflict) return 1;
            return other->begin(Access::kRead)->log_size("audit") == 5 ? 0 : 2;  // and it can be used as before
          }) == 0);
    replace_keyfile(*vault, raw_key('n'));
    check_filled(*vault);
  }

  TEST_CASE("a vault whose keys were renewed by another process meanwhile says so") {
    VaultWorld world;
    world.create(fill_vault);
    // Both processes want the exclusive lock; one gets it first, the other finds the epoch changed.
    std::vector<pid_t> children;
    for (const char fill : {'a', 'b', 'c'}) {
      children.push_back(start_process([&world, fill] {
        const auto vault = world.open(passphrase("correct horse"));
        usleep(100000);
        replace_keyfile(*vault, raw_key(fill));
        return 0;
      }));
    }
    std::vector<int> ends;
    ends.reserve(children.size());
    for (const pid_t child : children) ends.push_back(end_of_process(child));
    std::sort(ends.begin(), ends.end());
    CHECK(ends == std::vector<int>{0, exit_code(ErrorCode::kConflict), exit_code(ErrorCode::kConflict)});
    check_filled(*world.open(passphrase("correct horse")));
  }
}
