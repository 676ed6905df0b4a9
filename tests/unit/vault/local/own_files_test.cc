// Nothing but regular files of the vault's own is opened in its directory, whatever stands under their names.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

namespace {

namespace fs = std::filesystem;

constexpr std::array kFiles = {"vault.hdr", "data.mdb", "lock.mdb", "vault.lock", "journal"};
constexpr unsigned kOwnFilesLimit = 20;

// With each of the credentials, one of which is wrong, as a process that serves and as one that does not.
void check_refused(VaultWorld& world) {
  for (const char fill : {'k', 'w'}) {
    for (const bool remember : {false, true}) {
      world.options.remember = remember;
      CHECK(failure_of([&] { (void)world.open(keyfile(fill)); }) == ErrorCode::kFile);
    }
  }
}

// A vault that has all five.
void create_with_journal(VaultWorld& world) {
  world.create();
  world.options.remember = true;
  (void)world.open();
  for (const auto* name : kFiles) REQUIRE(fs::exists(world.file(name)));
}

}  // namespace

TEST_SUITE("vault/own files") {
  TEST_CASE("a symbolic link in the place of a file is refused, and what it names stays as it is") {
    for (const char* name : kFiles) {
      CAPTURE(name);
      VaultWorld world;
      create_with_journal(world);
      const std::string victim = world.base + "/victim";
      write_file(victim, read_file(world.file(name)));
      fs::resize_file(victim, 100);
      const std::string before = read_file(victim);
      fs::remove(world.file(name));
      fs::create_symlink(victim, world.file(name));
      check_refused(world);
      CHECK(read_file(victim) == before);
      fs::remove(victim);
      check_refused(world);
      CHECK_FALSE(fs::exists(victim));
    }
  }

  TEST_CASE("a file with a second name is refused, and the other name keeps its content") {
    for (const char* name : kFiles) {
      CAPTURE(name);
      VaultWorld world;
      create_with_journal(world);
      const std::string other = world.base + "/other";
      fs::create_hard_link(world.file(name), other);
      const std::string before = read_file(other);
      check_refused(world);
      CHECK(read_file(other) == before);
    }
  }

  TEST_CASE("a pipe or a directory in the place of a file is refused, and nobody waits") {
    for (const char* name : kFiles) {
      CAPTURE(name);
      for (const bool pipe : {false, true}) {
        VaultWorld world;
        create_with_journal(world);
        fs::remove(world.file(name));
        if (pipe) {
          REQUIRE(mkfifo(world.file(name).c_str(), 0600) == 0);
        } else {
          fs::create_directory(world.file(name));
        }
        CHECK(in_process([&] {
                alarm(kOwnFilesLimit);
                return failure_of([&] { (void)world.open(); }) == ErrorCode::kFile ? 0 : 1;
              }) == 0);
      }
    }
  }

  TEST_CASE("a link to the directory is refused, with and without a slash behind it") {
    VaultWorld world;
    world.create();
    const std::string link = world.base + "/link";
    fs::create_symlink(world.path, link);
    for (const char* end : {"", "/", "//"}) {
      CHECK(failure_of([&] { (void)vault::Vault::open(link + end, keyfile('k'), world.random, world.options); }) ==
            ErrorCode::kFile);
      CHECK(failure_of([&] { (void)vault::inspect(link + end); }) == ErrorCode::kFile);
    }
    CHECK_FALSE(
        failure_of([&] { (void)vault::Vault::open(world.path + "/", keyfile('k'), world.random, world.options); }));
  }

  TEST_CASE("an opened vault stays with its directory when another one takes the name") {
    VaultWorld world;
    world.options.remember = true;
    world.create([](Transaction& first) { first.put("c", "item", "value"); });
    const std::string moved = world.base + "/moved";
    {
      const auto vault = world.open();
      fs::rename(world.path, moved);
      fs::create_directory(world.path);
      for (const char* name : kFiles) write_file(world.file(name), "not a vault");
      {
        const auto transaction = vault->begin(Access::kWrite);
        vault->replace(*transaction, vault->unlocking_slot(), raw_key('n'), Time());
        transaction->put("c", "item", "changed");
        commit_now(*transaction);
      }
      CHECK(vault->begin(Access::kRead)->get("c", "item") == "changed");
      CHECK(vault->check().problems.empty());
    }
    for (const char* name : kFiles) CHECK(read_file(world.file(name)) == "not a vault");
    const auto vault = vault::Vault::open(moved, keyfile('n'), world.random, world.options);
    CHECK(vault->begin(Access::kRead)->get("c", "item") == "changed");
  }

  // A process loses its POSIX locks of a file when it closes any descriptor of it. The next process would take LMDB's
  // table of readers and writers for one that nobody uses, make it anew, and write beside this one.
  TEST_CASE("who looks at the files of a vault that this process has open leaves LMDB its locks") {
    VaultWorld world;
    world.create();
    const auto vault = world.open();
    const auto others_see_a_lock = [&] {
      return in_process([&] {
        const UniqueFd fd(open(world.file("lock.mdb").c_str(), O_RDWR | O_CLOEXEC));
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        return fcntl(fd.get(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0;
      });
    };
    REQUIRE(others_see_a_lock() == 1);
    (void)vault::inspect(world.path);
    CHECK(others_see_a_lock() == 1);
    (void)vault::open_slots(world.path, keyfile('k'), world.options);
    CHECK(others_see_a_lock() == 1);
    CHECK(failure_of([&] { (void)world.open(); }) == ErrorCode::kConflict);
    CHECK(others_see_a_lock() == 1);
  }

  TEST_CASE("texts name the vault as its user does") {
    VaultWorld world;
    world.create();
    fs::remove(world.file("lock.mdb"));
    fs::create_symlink("/nowhere", world.file("lock.mdb"));
    std::string text;
    try {
      (void)world.open();
    } catch (const Error& error) {
      text = error.what();
    }
    CHECK(text.find(world.file("lock.mdb")) != std::string::npos);
  }
}
