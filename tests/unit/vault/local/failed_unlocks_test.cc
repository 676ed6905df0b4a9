// unlock.failed: attempts that failed where nothing could be written into the vault.
#include "vault/local/failed_unlocks.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include "core/base/text.h"
#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

namespace {

namespace fs = std::filesystem;

FailedUnlock attempt_at(int second) {
  return {Time(std::chrono::seconds(second)), 1000, SlotKind::kPassphrase, {}, true};
}

struct AttemptWorld : VaultWorld {
  AttemptWorld() { create(); }
  void fail(int second = 1) const { vault::note_failed_unlock(path, attempt_at(second)); }
  std::string notes() const { return file(vault::kFailedUnlocksName); }
  // What the next opening finds; nothing where it is told of nothing.
  std::optional<UnlockNotes> take() {
    std::optional<UnlockNotes> found;
    open()->take_failed_unlocks([&](const UnlockNotes& notes) { found = notes; });
    return found;
  }
};

}  // namespace

TEST_SUITE("vault/failed unlocks") {
  TEST_CASE("each attempt is told once to who opens the vault next, with the slots of its kind, and the file is gone") {
    AttemptWorld world;
    CHECK_FALSE(world.take());
    world.fail(5);
    world.fail(6);
    struct stat info {};
    REQUIRE(stat(world.notes().c_str(), &info) == 0);
    CHECK((info.st_mode & 07777U) == 0600U);
    const auto found = world.take();
    REQUIRE(found);
    REQUIRE(found->attempts.size() == 2);
    const FailedUnlock& first = found->attempts.front();
    CHECK(first.when == Time(std::chrono::seconds(5)));
    CHECK(first.uid == 1000);
    CHECK(first.terminal);
    CHECK(first.slots == vault::slot_ids(world.path, SlotKind::kPassphrase));
    CHECK(first.slots.size() == 1);
    CHECK(found->unreadable == 0);
    CHECK_FALSE(fs::exists(world.notes()));
    CHECK_FALSE(world.take());
  }

  TEST_CASE("what cannot be recorded stays for the next time") {
    AttemptWorld world;
    world.fail();
    const auto full = [](const UnlockNotes&) { throw Error(ErrorCode::kFile, "no room"); };
    CHECK_THROWS_AS(world.open()->take_failed_unlocks(full), Error);
    CHECK(world.take().value().attempts.size() == 1);
  }

  TEST_CASE("however often somebody fails, there are 64 lines and at most 16 KiB, and the last one counts the rest") {
    AttemptWorld world;
    for (int i = 0; i < 1000; ++i) world.fail(i);
    CHECK(fs::file_size(world.notes()) <= vault::kNotesLimit);
    const auto found = world.take();
    REQUIRE(found);
    CHECK(found->attempts.size() == vault::kMostNotes);
    CHECK(found->attempts.back().count == 1000 - vault::kMostNotes + 1);
    CHECK(found->unreadable == 0);
  }

  TEST_CASE("a file that somebody filled is not made larger, nor read beyond its bound") {
    AttemptWorld world;
    write_file(world.notes(), std::string(std::size_t{1} << 20U, 'x'));
    fs::permissions(world.notes(), fs::perms::owner_read | fs::perms::owner_write);
    world.fail();
    CHECK(fs::file_size(world.notes()) == std::size_t{1} << 20U);
    const auto found = world.take();
    REQUIRE(found);
    CHECK(found->attempts.empty());
    CHECK(found->unreadable == 1);
    CHECK_FALSE(fs::exists(world.notes()));
  }

  TEST_CASE("lines that nobody here has written count as unreadable, and harm no others") {
    const std::string good = vault::note_of(attempt_at(7));
    for (const std::string& bad :
         {std::string("\n"), std::string("garbage\n"), cat(" ", good), good.substr(1), cat("+", good),
          cat(good.substr(0, good.size() - 1), " \n"), std::string("\0\n", 2), std::string("\xff\xfe\n"),
          std::string("1970-01-01T00:00:07Z 1000 PASSPHRASE terminal - 0000000000\n"),
          std::string("1970-01-01T00:00:07Z 1000 PASSPHRASE terminal ../../../ 0000000001\n"),
          std::string("1970-01-01T00:00:07Z 99999999999 PASSPHRASE terminal - 0000000001\n"),
          std::string("1970-01-01T00:00:07Z 1000 MAGIC terminal - 0000000001\n")}) {
      CAPTURE(bad);
      const UnlockNotes found = vault::parse_notes(cat(good, bad, good));
      CHECK(found.attempts.size() == 2);
      CHECK(found.unreadable == 1);
    }
    const UnlockNotes cut = vault::parse_notes(cat(good, good.substr(0, good.size() - 1)));
    CHECK(cut.attempts.size() == 1);
    CHECK(cut.unreadable == 1);
    CHECK(vault::parse_notes("").attempts.empty());
    CHECK(vault::parse_notes("").unreadable == 0);
  }

  TEST_CASE("of a vault with many slots a line has the first ones, and stays within its length") {
    FailedUnlock attempt = attempt_at(0);
    attempt.when = Time(std::chrono::seconds(253402300799));  // the end of the year 9999
    attempt.uid = 4294967295U;
    attempt.kind = SlotKind::kRecoveryCode;
    attempt.slots.assign(40, "0123abcd");
    attempt.count = std::numeric_limits<std::uint64_t>::max();
    const std::string line = vault::note_of(attempt);
    CHECK(line.size() <= vault::kLongestNote);
    REQUIRE(vault::parse_notes(line).attempts.size() == 1);
    CHECK(vault::parse_notes(line).attempts[0].slots.size() == vault::kMostNotedSlots);
  }

  TEST_CASE("a link, a pipe or a second name under the name is neither written nor read, and goes away") {
    for (const char* what : {"symlink", "dangling", "pipe", "second name"}) {
      CAPTURE(what);
      AttemptWorld world;
      const std::string victim = world.base + "/victim";
      write_file(victim, "untouched");
      if (what == std::string_view("symlink")) fs::create_symlink(victim, world.notes());
      if (what == std::string_view("dangling")) fs::create_symlink(world.base + "/absent", world.notes());
      if (what == std::string_view("pipe")) REQUIRE(mkfifo(world.notes().c_str(), 0600) == 0);
      if (what == std::string_view("second name")) fs::create_hard_link(victim, world.notes());
      world.fail();
      CHECK(read_file(victim) == "untouched");
      CHECK_FALSE(fs::exists(world.base + "/absent"));
      const auto found = world.take();
      REQUIRE(found);
      CHECK(found->attempts.empty());
      CHECK(found->unreadable == 1);
      CHECK(read_file(victim) == "untouched");
      CHECK_FALSE(fs::exists(fs::symlink_status(world.notes())));
    }
  }

  TEST_CASE("a directory under the name keeps nobody from the vault") {
    AttemptWorld world;
    fs::create_directory(world.notes());
    world.fail();
    CHECK_FALSE(world.take());
    CHECK(fs::is_directory(world.notes()));
  }

  TEST_CASE("where there is no vault, or no room, nothing is noted and nothing thrown") {
    AttemptWorld world;
    vault::note_failed_unlock(world.base + "/absent", attempt_at(1));
    CHECK_FALSE(fs::exists(world.base + "/absent"));
    {
      const NoRoomOnDisk full;
      world.fail();
    }
    const auto found = world.take();
    CHECK((!found || found->attempts.empty()));
  }
}
