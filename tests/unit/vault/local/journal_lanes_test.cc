// Of the journal alone: what happens to batches that are on their way at once, and when the disk fails.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <future>
#include <string>
#include <thread>

#include "tests/support/memory_store.h"
#include "tests/unit/vault/vault_world.h"
#include "vault/local/journal.h"

using namespace kms;
using namespace kms::test;

namespace {

// What the disk does: the calls with these numbers wait until they are let go, and those fail.
struct Disk {
  std::atomic<int> calls = 0;
  std::atomic<unsigned> held = 0;  // a bit for each
  std::atomic<int> failing = -1;
};
Disk disk;

int write_through_disk(int fd, ByteView bytes, std::size_t offset) {
  const int call = disk.calls++;
  while ((disk.held >> static_cast<unsigned>(call) & 1U) != 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return disk.failing == call ? EIO : vault::write_durably(fd, bytes, offset);
}

class LanesWorld {
 public:
  LanesWorld() {
    disk.calls = 0;
    disk.held = 0;
    disk.failing = -1;
    std::filesystem::create_directory(place.path);
    std::filesystem::permissions(place.path, std::filesystem::perms::owner_all);
    journal = vault::Journal::open(vault::Directory(place.path), true, write_through_disk);
    REQUIRE(journal->own());
    journal->start(0, random);
  }
  bool write(const std::string& value) {
    const std::array<SideRecord, 1> records{SideRecord{"log", {}, value}};
    return journal->write(keys, records, random);
  }
  // Begins once the calls before it are on their way.
  std::future<bool> start_writing(const std::string& value) {
    const int before = disk.calls;
    auto result = std::async(std::launch::async, [this, value] { return write(value); });
    while (disk.calls == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return result;
  }
  std::string fold() {
    const auto transaction = store.begin(Access::kWrite);
    const std::uint64_t last = journal->fold_into(*transaction);
    std::string all;
    transaction->read_log("log", 0, [&](std::uint64_t, std::string_view value) {
      all += value;
      return true;
    });
    commit_now(*transaction);
    journal->folded(last);
    return all + " " + std::to_string(last);
  }
  std::string in_file(std::uint64_t after) const {
    std::string all;
    for (const auto& batch : journal->read(keys, after)) all += vault::read_records(batch.records).at(0).value;
    return all;
  }

  VaultWorld place;
  SystemRandom random;
  vault::Keys keys{{}, 1, raw_key('r'), raw_key('a')};
  kms::testing::MemoryStore store;
  std::unique_ptr<vault::Journal> journal;
};

ErrorCode failure_of_writing(std::future<bool>& writing) {
  try {
    (void)writing.get();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

}  // namespace

TEST_SUITE("vault/journal lanes") {
  TEST_CASE("a batch is not durable before the one in front of it") {
    LanesWorld world;
    disk.held = 1;
    auto first = world.start_writing("a");
    auto second = world.start_writing("b");
    CHECK(second.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
    CHECK_FALSE(world.journal->pending());
    CHECK(world.fold() == " 0");
    disk.held = 0;
    CHECK(first.get());
    CHECK(second.get());
    CHECK(world.in_file(0) == "ab");
    CHECK(world.journal->pending());
    CHECK(world.fold() == "ab 2");
    CHECK_FALSE(world.journal->pending());
  }

  TEST_CASE("a batch that fails takes with it what is behind it, and the next fold makes a new start") {
    for (const bool fold_early : {false, true}) {
      CAPTURE(fold_early);
      LanesWorld world;
      CHECK(world.write("a"));
      disk.held = 2;
      disk.failing = 1;
      auto first = world.start_writing("b");
      auto second = world.start_writing("c");
      if (fold_early) CHECK(world.fold() == "a 1");
      disk.held = 0;
      CHECK(failure_of_writing(first) == ErrorCode::kFile);
      CHECK(failure_of_writing(second) == ErrorCode::kFile);
      CHECK_FALSE(world.write("d"));
      CHECK(world.journal->pending());
      CHECK(world.fold() == "a 3");
      CHECK_FALSE(world.journal->pending());
      CHECK(world.write("e"));
      CHECK(world.in_file(3) == "e");
      CHECK(world.fold() == "ae 4");
    }
  }

  TEST_CASE("a batch that lands after it was given up is not taken for durable") {
    LanesWorld world;
    disk.held = 3;
    disk.failing = 0;
    auto first = world.start_writing("a");
    auto second = world.start_writing("b");
    disk.held = 2;
    CHECK(failure_of_writing(first) == ErrorCode::kFile);
    CHECK(world.fold() == " 2");
    CHECK_FALSE(world.write("where the second may still come down"));
    CHECK(world.fold() == " 2");
    disk.held = 0;
    CHECK(failure_of_writing(second) == ErrorCode::kFile);
    CHECK(world.write("c"));
    CHECK(world.fold() == "c 3");
  }
}
