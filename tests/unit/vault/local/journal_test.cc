#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

namespace {

constexpr std::size_t kBlock = 4096;
constexpr std::size_t kJournalSize = std::size_t{8} << 20U;

class JournalWorld : public VaultWorld {
 public:
  JournalWorld() {
    create([](Transaction& records) { records.put_secret("secrets", "one", raw_key('s')); });
    options.remember = true;
  }
  // As a process that has the vault, and is killed then.
  void leave_and_die(const std::vector<std::string>& values) {
    const int status = in_process([&] {
      const auto vault = open();
      for (const std::string& value : values) leave(*vault, value);
      _exit(0);
      return 1;
    });
    REQUIRE(status == 0);
  }
  static void leave(Store& store, const std::string& value) {
    const std::array<SideRecord, 2> records{SideRecord{"log", {}, value}, SideRecord{"notes", "last", value}};
    append_now(store, records);
  }
};

std::vector<std::string> log_of(const Transaction& transaction) {
  std::vector<std::string> values;
  transaction.read_log("log", 0, [&](std::uint64_t /*number*/, std::string_view value) {
    values.emplace_back(value);
    return true;
  });
  // Whoever sees the entries sees the tree over them.
  formats::MerkleFrontier tree;
  for (const std::string& value : values) tree.append(formats::merkle_leaf(as_bytes(value)));
  CHECK(transaction.log_tree("log") == tree);
  return values;
}

using Values = std::vector<std::string>;

}  // namespace

TEST_SUITE("vault/journal") {
  TEST_CASE("what is appended is there for writers at once, for readers once it is flushed") {
    JournalWorld world;
    const auto vault = world.open();
    JournalWorld::leave(*vault, "a");
    CHECK(log_of(*vault->begin(Access::kRead)).empty());
    {
      const auto writing = vault->begin(Access::kWrite);
      CHECK(log_of(*writing) == Values{"a"});
      CHECK(writing->get("notes", "last") == "a");
      writing->append("log", "of a transaction that is rolled back");
    }
    CHECK(log_of(*vault->begin(Access::kRead)).empty());
    JournalWorld::leave(*vault, "b");
    vault->flush();
    CHECK(log_of(*vault->begin(Access::kRead)) == Values{"a", "b"});
    CHECK(vault->begin(Access::kRead)->get("notes", "last") == "b");
    vault->flush();
    CHECK(log_of(*vault->begin(Access::kRead)).size() == 2);
    CHECK(vault->check().problems.empty());
  }

  TEST_CASE("a process that dies has left what it left, once") {
    for (const bool remember : {false, true}) {
      CAPTURE(remember);
      JournalWorld world;
      world.leave_and_die({"a", "b"});
      world.leave_and_die({"c"});
      world.options.remember = remember;
      for (int times = 0; times < 2; ++times) {
        const auto vault = world.open();
        CHECK(log_of(*vault->begin(Access::kRead)) == Values{"a", "b", "c"});
        CHECK(vault->check().problems.empty());
      }
    }
  }

  TEST_CASE("a batch that was torn, and what follows it, was never answered") {
    JournalWorld world;
    world.leave_and_die({"a", "b", "c"});
    std::string journal = read_file(world.file("journal"));
    REQUIRE(journal.size() == kJournalSize);
    journal[kBlock + 100] ^= 1;  // within the second
    write_file(world.file("journal"), journal);
    CHECK(log_of(*world.open()->begin(Access::kRead)) == Values{"a"});
  }

  TEST_CASE("a journal that a later version has left is kept, and the vault not opened") {
    for (const bool remember : {false, true}) {
      CAPTURE(remember);
      JournalWorld world;
      world.leave_and_die({"a", "b"});
      const std::string mine = read_file(world.file("journal"));
      std::string later = mine;
      later[4] = 2;  // the version
      write_file(world.file("journal"), later);
      world.options.remember = remember;
      CHECK(failure_of([&] { (void)world.open(); }) == ErrorCode::kUnsupportedOperation);
      CHECK(read_file(world.file("journal")) == later);
      write_file(world.file("journal"), mine);
      CHECK(log_of(*world.open()->begin(Access::kRead)) == Values{"a", "b"});
    }
  }

  TEST_CASE("a journal of another time or vault adds nothing") {
    JournalWorld world;
    world.leave_and_die({"a", "b"});
    const std::string old = read_file(world.file("journal"));
    CHECK(log_of(*world.open()->begin(Access::kRead)).size() == 2);
    write_file(world.file("journal"), old);
    CHECK(log_of(*world.open()->begin(Access::kRead)).size() == 2);
    JournalWorld other;
    other.leave_and_die({"x"});
    write_file(other.file("journal"), old);
    CHECK(log_of(*other.open()->begin(Access::kRead)).empty());
    std::filesystem::remove(other.file("journal"));
    std::filesystem::create_symlink(world.file("journal"), other.file("journal"));
    CHECK(failure_of([&] { (void)other.open(); }) == ErrorCode::kFile);
  }

  TEST_CASE("more than it holds goes to the records, in order") {
    JournalWorld world;
    world.options.initial_map_bytes = std::size_t{1} << 27U;
    Values expected;
    {
      const auto vault = world.open();
      for (int i = 0; i < 400; ++i) {
        expected.push_back(std::to_string(i) + std::string(60000, 'x'));
        JournalWorld::leave(*vault, expected.back());
        if (i % 90 == 89) vault->flush();
      }
      expected.emplace_back(std::size_t{5} << 20U, 'y');
      JournalWorld::leave(*vault, expected.back());
    }
    const auto vault = world.open();
    CHECK(log_of(*vault->begin(Access::kRead)) == expected);
    CHECK(vault->check().problems.empty());
  }

  TEST_CASE("where the records have no room, writing fails, and nothing is lost") {
    JournalWorld world;  // its map is small
    Values expected;
    {
      const auto vault = world.open();
      for (int i = 0; i < 30; ++i) {
        expected.push_back(std::to_string(i) + std::string(60000, 'x'));
        JournalWorld::leave(*vault, expected.back());
      }
      for (int times = 0; times < 2; ++times) {
        CHECK(failure_of([&] { vault->flush(); }) == ErrorCode::kLimitExceeded);
        CHECK(failure_of([&] { (void)vault->begin(Access::kWrite); }) == ErrorCode::kLimitExceeded);
        CHECK(log_of(*vault->begin(Access::kRead)).empty());
      }
    }
    world.options.initial_map_bytes = std::size_t{1} << 27U;
    CHECK(log_of(*world.open()->begin(Access::kRead)) == expected);
  }

  TEST_CASE("what is pending is kept when the keys of the vault are renewed") {
    JournalWorld world;
    {
      const auto vault = world.open();
      JournalWorld::leave(*vault, "a");
      const auto writing = vault->begin(Access::kWrite);
      writing->destroy("secrets", "one");
      writing->append("log", "b");
      commit_now(*writing);
    }
    world.leave_and_die({"c"});
    const auto vault = world.open();
    CHECK(log_of(*vault->begin(Access::kRead)) == Values{"a", "b", "c"});
    CHECK(vault->check().problems.empty());
  }

  TEST_CASE("who opens a vault that another process has waits for what is in the journal then") {
    JournalWorld world;
    const auto vault = world.open();
    JournalWorld::leave(*vault, "a");
    const pid_t child = start_process([&] {
      VaultWorld here;  // the claim on the vault did not pass through fork, nor did its lock on the journal
      here.options = cheap_options();
      const auto opened = vault::Vault::open(world.path, keyfile('k'), here.random, here.options);
      return log_of(*opened->begin(Access::kRead)) == Values{"a"} ? 0 : 1;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    vault->flush();
    CHECK(end_of_process(child) == 0);
  }

  TEST_CASE("threads that append, write and flush lose nothing") {
    JournalWorld world;
    const auto vault = world.open();
    constexpr int kThreads = 3;
    constexpr int kRounds = 60;
    std::vector<std::thread> threads;
    for (int number = 0; number < kThreads; ++number) {
      threads.emplace_back([&, number] {
        for (int round = 0; round < kRounds; ++round) {
          JournalWorld::leave(*vault, std::to_string(number));
          if (round % 7 == number) vault->flush();
          if (round % 20 != 19) continue;
          const auto writing = vault->begin(Access::kWrite);
          writing->append("log", "w");
          if (number == 0) {
            writing->put_secret("secrets", "one", secret_of("secret"));
            writing->destroy("secrets", "one");
          }
          commit_now(*writing);
        }
      });
    }
    for (std::thread& each : threads) each.join();
    vault->flush();
    CHECK(log_of(*vault->begin(Access::kRead)).size() == kThreads * (kRounds + kRounds / 20));
    CHECK(vault->check().problems.empty());
  }
}
