// Commits that fail where LMDB makes them valid, in its write of a meta page: what became of them is not known, and
// LMDB begins no transaction any more.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <future>
#include <thread>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/retry.h"
#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

namespace {

constexpr Memo<std::string> kItem{"item"};

constexpr std::size_t kPage = 4096;
constexpr std::size_t kLastPage = 16 + 120;
constexpr std::size_t kTransaction = 16 + 128;

// LMDB writes meta pages through a descriptor of their own, the one with O_DSYNC. It can be read only from here on,
// until the file is opened anew.
void spoil_meta_descriptor(const VaultWorld& world) {
  const std::string data = std::filesystem::canonical(world.file("data.mdb"));
  int spoiled = 0;
  for (int fd = 3; fd < 200; ++fd) {
    std::error_code none;
    const auto target = std::filesystem::read_symlink(cat("/proc/self/fd/", std::to_string(fd)), none);
    if (none || target != data || (fcntl(fd, F_GETFL) & O_DSYNC) == 0) continue;
    const UniqueFd reading(open(data.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(dup3(reading.get(), fd, O_CLOEXEC) == fd);
    ++spoiled;
  }
  REQUIRE(spoiled == 1);
}

// As if the failed write had reached the file: LMDB has put the old number back, behind the new roots.
void let_it_land(const VaultWorld& world) {
  std::string file = read_file(world.file("data.mdb"));
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, file.data() + at, sizeof value);
    return value;
  };
  const std::size_t used = number(kPage + kTransaction) > number(kTransaction) ? kPage : 0;
  const UniqueFd fd(open(world.file("data.mdb").c_str(), O_WRONLY | O_CLOEXEC));
  const std::uint64_t last = file.size() / kPage - 1;
  const std::uint64_t next = number(used + kTransaction) + 1;
  const auto other = static_cast<off_t>(kPage - used);
  REQUIRE(pwrite(fd.get(), &last, sizeof last, other + static_cast<off_t>(kLastPage)) == sizeof last);
  REQUIRE(pwrite(fd.get(), &next, sizeof next, other + static_cast<off_t>(kTransaction)) == sizeof next);
}

void put(vault::Vault& vault, std::string_view value) {
  const auto transaction = vault.begin(Access::kWrite);
  transaction->put("c", "item", value);
  commit_now(*transaction);
}

std::string get(vault::Vault& vault) {
  return vault.begin(Access::kRead)->get("c", "item").value_or("");
}

std::string text_of_failure(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    REQUIRE(error.code() == ErrorCode::kFile);
    return error.what();
  }
  return "";
}

std::uint64_t log_size(vault::Vault& vault) {
  vault.flush();
  return vault.begin(Access::kRead)->log_size("audit");
}

}  // namespace

TEST_SUITE("vault/lost commits") {
  TEST_CASE("a commit of unknown end is told as one, and the vault goes on") {
    for (const bool remember : {false, true}) {
      CAPTURE(remember);
      VaultWorld world;
      world.options.remember = remember;
      world.create();
      const auto vault = world.open();
      put(*vault, "old");
      spoil_meta_descriptor(world);
      const std::string text = text_of_failure([&] { put(*vault, "lost"); });
      CHECK(text.find("not known") != std::string::npos);
      CHECK(get(*vault) == "old");
      put(*vault, "new");
      CHECK(get(*vault) == "new");
      CHECK(vault->check().problems.empty());
    }
  }

  TEST_CASE("what is remembered is that of the records after a commit of unknown end, whether it was made or not") {
    for (const bool landed : {false, true}) {
      CAPTURE(landed);
      VaultWorld world;
      world.options.remember = true;
      world.create();
      const auto vault = world.open();
      const auto remembered = [&] {
        const auto transaction = vault->begin(Access::kRead);
        return *transaction->remembered(kItem, {}, [&] { return transaction->get("c", "item").value_or(""); });
      };
      put(*vault, "old");
      CHECK(remembered() == "old");
      spoil_meta_descriptor(world);
      CHECK_THROWS_AS(put(*vault, "lost"), Error);
      if (landed) let_it_land(world);
      CHECK(remembered() == (landed ? "lost" : "old"));
      put(*vault, "new");
      CHECK(remembered() == "new");
      CHECK(vault->check().problems.empty());
    }
  }

  TEST_CASE("who reads in another thread meanwhile reads on, and nobody waits for himself") {
    VaultWorld world;
    world.options.remember = true;
    world.create();
    const auto vault = world.open();
    put(*vault, "old");
    std::promise<void> reading;
    std::promise<void> failed;
    std::thread reader([&] {
      auto transaction = vault->begin(Access::kRead);
      reading.set_value();
      failed.get_future().wait();
      CHECK(transaction->get("c", "item") == "old");
      // It could only wait for its own transaction.
      CHECK(failure_of([&] { (void)vault->begin(Access::kRead); }) == ErrorCode::kFile);
      CHECK(transaction->get("c", "item") == "old");
    });
    reading.get_future().wait();
    spoil_meta_descriptor(world);
    CHECK_THROWS_AS(put(*vault, "lost"), Error);
    std::thread writer([&] { put(*vault, "new"); });
    failed.set_value();
    writer.join();
    reader.join();
    CHECK(get(*vault) == "new");
  }

  TEST_CASE("what the journal holds is added once, whatever became of the commit that adds it") {
    for (const bool landed : {false, true}) {
      CAPTURE(landed);
      VaultWorld world;
      world.options.remember = true;
      world.create();
      auto vault = world.open();
      REQUIRE(vault->journals());
      for (int i = 0; i < 3; ++i) append_now(*vault, std::vector<SideRecord>{{"audit", "", std::to_string(i)}});
      spoil_meta_descriptor(world);
      CHECK_THROWS_AS(vault->flush(), Error);
      if (landed) let_it_land(world);
      append_now(*vault, std::vector<SideRecord>{{"audit", "", "after"}});
      CHECK(log_size(*vault) == 4);
      CHECK(vault->check().problems.empty());
      vault.reset();
      vault = world.open();
      CHECK(log_size(*vault) == 4);
    }
  }

  TEST_CASE("a renewal of unknown end is decided: one of the credentials opens, and the vault stays open") {
    for (const bool landed : {false, true}) {
      CAPTURE(landed);
      VaultWorld world;
      world.options.remember = true;
      bool armed = true;
      world.options.at_step = [&](std::string_view step) {
        const bool there = step == (landed ? "after records" : "before records");
        if (there && std::exchange(armed, false)) throw Error(ErrorCode::kFile, "the disk failed");
      };
      world.create();
      {
        const auto vault = world.open();
        const auto replace = [&] {
          const auto transaction = vault->begin(Access::kWrite);
          vault->replace(*transaction, vault->unlocking_slot(), raw_key('n'), Time());
          commit_now(*transaction);
        };
        if (landed) {
          replace();
        } else {
          CHECK(failure_of(replace) == ErrorCode::kFile);
        }
        put(*vault, "after");
        CHECK(get(*vault) == "after");
        CHECK(vault->check().problems.empty());
      }
      CHECK(failure_of([&] { (void)world.open(keyfile('k')); }).has_value() == landed);
      CHECK(failure_of([&] { (void)world.open(keyfile('n')); }).has_value() != landed);
      CHECK(world.open(keyfile(landed ? 'n' : 'k'))->check().problems.empty());
    }
  }

  TEST_CASE("a renewal whose data file cannot be opened afterwards is made or not, and the vault goes on with it") {
    for (const std::string_view fails : {"nothing", "before records", "after records"}) {
      CAPTURE(fails);
      VaultWorld world;
      world.options.remember = true;
      const auto hide = [&] { std::filesystem::create_symlink("nowhere", world.file("lock.mdb")); };
      bool armed = true;
      world.options.at_step = [&](std::string_view step) {
        if (step != (fails == "nothing" ? "after records" : fails) || !std::exchange(armed, false)) return;
        std::filesystem::remove(world.file("lock.mdb"));
        hide();  // LMDB's file of readers: the next opening is refused
        if (fails != "nothing") throw Error(ErrorCode::kFile, "the disk failed");
      };
      const bool landed = fails != "before records";
      world.create();
      {
        const auto vault = world.open();
        const std::string text = text_of_failure([&] {
          const auto transaction = vault->begin(Access::kWrite);
          vault->replace(*transaction, vault->unlocking_slot(), raw_key('n'), Time());
          commit_now(*transaction);
        });
        CHECK((text.find("not known") != std::string::npos) == (fails != "nothing"));
        CHECK(text_of_failure([&] { put(*vault, "too early"); }).find("symbolic link") != std::string::npos);
        std::filesystem::remove(world.file("lock.mdb"));
        put(*vault, "after");
        CHECK(get(*vault) == "after");
      }
      CHECK(failure_of([&] { (void)world.open(keyfile('k')); }).has_value() == landed);
      CHECK(world.open(keyfile(landed ? 'n' : 'k'))->check().problems.empty());
    }
  }

  TEST_CASE("two processes that destroy secrets at the same time both go on, with the keys of whoever was first") {
    VaultWorld world;
    constexpr int kSecrets = 6;
    world.create([](Transaction& transaction) {
      for (int i = 0; i < 2 * kSecrets; ++i) {
        transaction.put_secret("material", cat("key", std::to_string(i)), raw_key('s'));
      }
    });
    world.options.remember = true;
    const auto destroy_from = [&](vault::Vault& vault, int first) {
      for (int i = first; i < first + kSecrets; ++i) {
        transact(vault,
                 [&](Transaction& transaction) { transaction.destroy("material", cat("key", std::to_string(i))); });
      }
    };
    const pid_t other = start_process([&] {
      destroy_from(*world.open(), 0);
      return 0;
    });
    {
      const auto vault = world.open();
      CHECK_NOTHROW(destroy_from(*vault, kSecrets));
      put(*vault, "after");
      CHECK(get(*vault) == "after");
    }
    CHECK(end_of_process(other) == 0);
    const auto vault = world.open();
    for (int i = 0; i < 2 * kSecrets; ++i) {
      CHECK_FALSE(vault->begin(Access::kRead)->get_secret("material", cat("key", std::to_string(i))));
    }
    CHECK(vault->check().problems.empty());
  }
}
