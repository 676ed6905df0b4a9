// Each damaged file is opened in a process of its own, so that a signal would be seen as one.
#include <doctest/doctest.h>
#include <lmdb.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>

#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif

#include "tests/support/effort.h"
#include "tests/unit/vault/vault_world.h"
#include "vault/engine/damage_guard.h"

using namespace kms;
using namespace kms::test;

namespace {

constexpr int kSound = 0;
constexpr int kReported = 50;  // it opens, and check() lists problems
const int kDamaged = exit_code(ErrorCode::kVaultDamaged);
constexpr unsigned kTimeLimit = 20;

void fill_vault(Transaction& first) {
  for (int i = 0; i < 150; ++i) first.put("c", "item" + std::to_string(i), std::string(100, 'v'));
  for (int i = 0; i < 50; ++i) first.append("audit", "event" + std::to_string(i));
  first.put("large", "one", std::string(20000, 'x'));
  first.put_secret("material", "key", secret_of("key-bytes"));
}

// LMDB believes its pages, and copies with the sizes that it finds there. That ends in a fault, which the vault reports
// as damage; AddressSanitizer sees it a moment before. What it finds anywhere else stays an error.
#ifdef __SANITIZE_ADDRESS__
#define KMS_TEST_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KMS_TEST_ASAN
#endif
#endif
#ifdef KMS_TEST_ASAN
void take_faults_of_lmdb_as_damage() {
  __asan_set_error_report_callback([](const char* report) {
    if (std::strstr(report, " in mdb_") != nullptr) _exit(exit_code(ErrorCode::kVaultDamaged));
  });
}
#else
void take_faults_of_lmdb_as_damage() {}
#endif

void quiet() {
  (void)!freopen("/dev/null", "w", stderr);
  take_faults_of_lmdb_as_damage();
  alarm(kTimeLimit);  // a hang is a signal too
}

int open_and_check(VaultWorld& world) {
  return in_process([&] {
    quiet();
    return world.open()->check().problems.empty() ? kSound : kReported;
  });
}

// Opens and uses the vault as a command would, without check().
int open_and_use(VaultWorld& world) {
  return in_process([&] {
    quiet();
    const auto vault = world.open();
    const auto transaction = vault->begin(Access::kWrite);
    (void)transaction->get("c", "item7");
    (void)transaction->get("large", "one");
    transaction->scan("c", "", [](std::string_view, std::string_view) { return true; });
    transaction->read_log("audit", 0, [](std::uint64_t, std::string_view) { return true; });
    transaction->append("audit", "more");
    transaction->put("c", "new", "value");
    transaction->erase("c", "item8");
    commit_now(*transaction);
    return kSound;
  });
}

void flip(std::string& bytes, std::size_t at, std::size_t bit) {
  bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
}

bool acceptable(int end) {
  return end == kSound || end == kReported || end == kDamaged;
}

using Edit = std::function<void(MDB_txn*, MDB_dbi)>;

// Changes records behind the back of the vault, as somebody without the keys can.
void edit_records(VaultWorld& world, const Edit& edit) {
  CHECK(in_process([&] {
          MDB_env* env = nullptr;
          MDB_txn* txn = nullptr;
          MDB_dbi dbi = 0;
          if (mdb_env_create(&env) != 0 || mdb_env_open(env, world.path.c_str(), 0, 0600) != 0) return 1;
          if (mdb_txn_begin(env, nullptr, 0, &txn) != 0 || mdb_dbi_open(txn, nullptr, 0, &dbi) != 0) return 2;
          edit(txn, dbi);
          return mdb_txn_commit(txn) == 0 ? 0 : 3;
        }) == 0);
}

// The record at a position in the order of the blinded keys, the epoch left out.
std::pair<std::string, std::string> record_at(MDB_txn* txn, MDB_dbi dbi, int position) {
  MDB_cursor* cursor = nullptr;
  MDB_val key{};
  MDB_val value{};
  mdb_cursor_open(txn, dbi, &cursor);
  std::pair<std::string, std::string> found;
  for (int at = -1; at < position && mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0;) {
    if (key.mv_size != 32) continue;
    ++at;
    found = {std::string(static_cast<char*>(key.mv_data), key.mv_size),
             std::string(static_cast<char*>(value.mv_data), value.mv_size)};
  }
  mdb_cursor_close(cursor);
  return found;
}

void put_raw(MDB_txn* txn, MDB_dbi dbi, std::string key, std::string value) {
  MDB_val name{key.size(), key.data()};
  MDB_val data{value.size(), value.data()};
  mdb_put(txn, dbi, &name, &data, 0);
}

void erase_raw(MDB_txn* txn, MDB_dbi dbi, std::string key) {
  MDB_val name{key.size(), key.data()};
  mdb_del(txn, dbi, &name, nullptr);
}

}  // namespace

TEST_SUITE("vault/damage") {
  TEST_CASE("a vault that is whole is found sound") {
    VaultWorld world;
    world.create(fill_vault);
    CHECK(open_and_check(world) == kSound);
    CHECK(open_and_use(world) == kSound);
    CHECK(open_and_check(world) == kSound);
  }

  TEST_CASE("a data file that is cut anywhere is damage, never a signal") {
    VaultWorld world;
    world.create(fill_vault);
    const std::string whole = read_file(world.file("data.mdb"));
    for (std::size_t size = 0; size < whole.size(); size += size < 9000 ? 999 : 4097) {
      CAPTURE(size);
      write_file(world.file("data.mdb"), std::string_view(whole).substr(0, size));
      CHECK(open_and_check(world) == kDamaged);
      write_file(world.file("data.mdb"), std::string_view(whole).substr(0, size));
      CHECK(open_and_use(world) == kDamaged);
    }
    std::filesystem::remove(world.file("data.mdb"));
    CHECK(open_and_check(world) == kDamaged);
  }

  TEST_CASE("flipped bits, and pages that are overwritten or swapped, never end in a signal or a hang") {
    VaultWorld world;
    world.create(fill_vault);
    const std::string whole = read_file(world.file("data.mdb"));
    constexpr std::size_t kPage = 4096;
    unsigned seed = 12345;
    const auto random = [&](std::size_t below) {
      seed = seed * 1664525U + 1013904223U;
      return static_cast<std::size_t>(seed >> 8U) % below;
    };
    for (int round = 0; round < repetitions(300); ++round) {
      CAPTURE(round);
      std::string bytes = whole;
      const std::size_t page = random(bytes.size() / kPage);
      if (round % 3 == 0) {
        flip(bytes, random(bytes.size()), random(8));
      } else if (round % 3 == 1) {  // numbers of a page: header and offsets of nodes
        for (int i = 0; i < 4; ++i) bytes[page * kPage + random(200)] = static_cast<char>(random(256));
      } else {
        const std::size_t other = random(bytes.size() / kPage);
        std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(page * kPage),
                         bytes.begin() + static_cast<std::ptrdiff_t>((page + 1) * kPage),
                         bytes.begin() + static_cast<std::ptrdiff_t>(other * kPage));
      }
      write_file(world.file("data.mdb"), bytes);
      const int checked = open_and_check(world);
      CAPTURE(checked);
      CHECK(acceptable(checked));
      write_file(world.file("data.mdb"), bytes);
      const int used = open_and_use(world);
      CAPTURE(used);
      CHECK(acceptable(used));
    }
  }

  TEST_CASE("records that are swapped, erased, added or put back are found") {
    VaultWorld world;
    world.create(fill_vault);
    const std::string whole = read_file(world.file("data.mdb"));
    std::string old_key;
    std::string old_value;
    const auto remember = [&] {
      MDB_env* env = nullptr;
      MDB_txn* txn = nullptr;
      MDB_dbi dbi = 0;
      REQUIRE(mdb_env_create(&env) == 0);
      REQUIRE(mdb_env_open(env, world.path.c_str(), 0, 0600) == 0);
      REQUIRE(mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn) == 0);
      REQUIRE(mdb_dbi_open(txn, nullptr, 0, &dbi) == 0);
      std::tie(old_key, old_value) = record_at(txn, dbi, 3);
      mdb_txn_abort(txn);
      mdb_env_close(env);
    };
    remember();
    const std::vector<std::pair<const char*, Edit>> edits = {
        {"swapped",
         [](MDB_txn* txn, MDB_dbi dbi) {
           const auto one = record_at(txn, dbi, 1);
           const auto two = record_at(txn, dbi, 2);
           put_raw(txn, dbi, one.first, two.second);
           put_raw(txn, dbi, two.first, one.second);
         }},
        {"erased", [](MDB_txn* txn, MDB_dbi dbi) { erase_raw(txn, dbi, record_at(txn, dbi, 5).first); }},
        {"added",
         [](MDB_txn* txn, MDB_dbi dbi) { put_raw(txn, dbi, std::string(32, 'x'), record_at(txn, dbi, 5).second); }},
        {"changed",
         [](MDB_txn* txn, MDB_dbi dbi) {
           auto [key, value] = record_at(txn, dbi, 5);
           flip(value, value.size() - 1, 0);
           put_raw(txn, dbi, key, value);
         }},
    };
    for (const auto& row : edits) {
      CAPTURE(row.first);
      write_file(world.file("data.mdb"), whole);
      edit_records(world, row.second);
      CHECK(open_and_check(world) == kReported);
      if (row.first != std::string_view("added")) CHECK(open_and_use(world) == kDamaged);  // it would be nobody's
    }
    write_file(world.file("data.mdb"), whole);
    {
      const auto vault = world.open();
      const auto transaction = vault->begin(Access::kWrite);
      for (int i = 0; i < 150; ++i) transaction->put("c", "item" + std::to_string(i), std::string(100, 'w'));
      transaction->put_secret("material", "key", secret_of("new-bytes"));
      transaction->put("large", "one", "small");
      commit_now(*transaction);
    }
    CHECK(open_and_check(world) == kSound);
    edit_records(world, [&](MDB_txn* txn, MDB_dbi dbi) { put_raw(txn, dbi, old_key, old_value); });
    CHECK(open_and_check(world) == kReported);
    CHECK(open_and_use(world) == kDamaged);
  }

  TEST_CASE("a changed header is refused, whichever bit it is") {
    VaultWorld world;
    world.create(fill_vault);
    const std::string whole = read_file(world.file("vault.hdr"));
    for (std::size_t at = 0; at < whole.size(); ++at) {
      CAPTURE(at);
      std::string bytes = whole;
      flip(bytes, at, at % 8);
      write_file(world.file("vault.hdr"), bytes);
      CHECK(failure_of([&] { (void)world.open(); }));
    }
    for (std::size_t size = 0; size < whole.size(); size += 13) {
      write_file(world.file("vault.hdr"), whole.substr(0, size));
      CHECK(failure_of([&] { (void)world.open(); }) == ErrorCode::kVaultDamaged);
    }
    write_file(world.file("vault.hdr"), whole + '\0');
    CHECK(failure_of([&] { (void)world.open(); }) == ErrorCode::kVaultDamaged);
  }

  TEST_CASE("files of two vaults do not mix") {
    VaultWorld one;
    VaultWorld two;
    one.create(fill_vault);
    two.create(fill_vault);
    write_file(one.file("vault.hdr"), read_file(two.file("vault.hdr")));
    CHECK(failure_of([&] { (void)one.open(); }) == ErrorCode::kVaultDamaged);
  }

  TEST_CASE("a fault of memory under a guard ends with the exit code of damage, and without one with its signal") {
    const auto fault = [](bool handled, bool guarded, int signal) {
      return in_process([&] {
        quiet();
        const rlimit no_core{0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        for (const int other : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT}) std::signal(other, SIG_DFL);
        { const vault::DamageGuard over; }
        std::optional<vault::DamageHandling> handling;
        if (handled) {
          handling.emplace();
          { const vault::DamageHandling of_another_vault; }
        }
        if (guarded) {
          const vault::DamageGuard outer;
          { const vault::DamageGuard inner; }
          raise(signal);
        }
        raise(signal);
        return 0;
      });
    };
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT}) {
      CAPTURE(signal);
      for (const bool handled : {false, true}) {
        CAPTURE(handled);
        CHECK(fault(handled, true, signal) == kDamaged);
        CHECK(fault(handled, false, signal) == 1000 + signal);
      }
    }
  }
}
