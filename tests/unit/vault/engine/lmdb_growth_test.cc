// What several processes and threads do with one data file that grows (vault/engine/lmdb.h).
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/vault/vault_world.h"
#include "vault/engine/lmdb.h"

using namespace kms;
using namespace kms::test;
using namespace kms::vault;

namespace {

constexpr std::size_t kSmallMap = std::size_t{1} << 16U;  // an Env makes it as large as the file, and no larger
constexpr std::size_t kRoom = std::size_t{1} << 20U;

class DataFile {
 public:
  DataFile() {
    std::filesystem::create_directory(world_.path);
    lmdb::Env env(world_.path, kRoom);
    put(env, "first", "value");
  }
  static void put(lmdb::Env& env, std::string_view key, const std::string& value) {
    lmdb::Txn txn(env, Access::kWrite);
    txn.put(as_bytes(key), as_bytes(value));
    if (txn.commit() != Commit::kDone) throw Error(ErrorCode::kInternal);
  }
  const std::string& directory() const { return world_.path; }
  // Another process, which makes the file larger a step at a time.
  pid_t start_growing(int steps) const {
    return start_process([&] {
      lmdb::Env env(directory(), kSmallMap);
      for (int i = 0; i < steps; ++i) {
        env.grow(kRoom);
        put(env, "large " + std::to_string(i), std::string(std::size_t{1} << 16U, 'x'));
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // else it has the writer's lock again before others
      }
      return 0;
    });
  }

 private:
  VaultWorld world_;
};

bool has_ended(pid_t child) {
  siginfo_t state{};
  return waitid(P_PID, static_cast<id_t>(child), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == child;
}

}  // namespace

TEST_SUITE("vault/growth") {
  TEST_CASE("threads that begin transactions follow a file that another process makes larger") {
    const DataFile file;
    const pid_t child = file.start_growing(150);
    std::atomic<int> failures = 0;
    const auto work = [&](lmdb::Env& env, int number) {
      for (int round = 0; round < 30; ++round) {
        const auto failure = failure_of([&] {
          if (number == 0 && round % 10 == 9) DataFile::put(env, "mine", "value");
          if (lmdb::Txn(env, Access::kRead).get(as_bytes("first")) != to_bytes(as_bytes("value")))
            throw Error(ErrorCode::kInternal);
        });
        // A map that is full while others read stays full for that writer.
        if (failure && failure != ErrorCode::kLimitExceeded) ++failures;
      }
    };
    while (!has_ended(child)) {
      lmdb::Env env(file.directory(), kSmallMap);
      std::vector<std::thread> threads;
      for (int number = 0; number < 4; ++number) threads.emplace_back(work, std::ref(env), number);
      for (std::thread& each : threads) each.join();
    }
    CHECK(end_of_process(child) == 0);
    CHECK(failures == 0);
  }

  TEST_CASE("the map stays where it is as long as a transaction is open") {
    const DataFile file;
    lmdb::Env env(file.directory(), kSmallMap);
    auto reading = std::make_unique<lmdb::Txn>(env, Access::kRead);
    REQUIRE(end_of_process(file.start_growing(3)) == 0);
    std::atomic<bool> began = false;
    std::thread other([&] {
      const lmdb::Txn txn(env, Access::kRead);
      began = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK_FALSE(began);
    CHECK(reading->get(as_bytes("first")) == to_bytes(as_bytes("value")));
    reading.reset();
    other.join();
    CHECK(began);
  }

  TEST_CASE("a thread that would wait for its own transaction is told to try again, at once") {
    const DataFile file;
    lmdb::Env env(file.directory(), kSmallMap);
    const lmdb::Txn reading(env, Access::kRead);
    REQUIRE(end_of_process(file.start_growing(3)) == 0);
    const auto start = std::chrono::steady_clock::now();
    CHECK(failure_of([&] { const lmdb::Txn txn(env, Access::kRead); }) == ErrorCode::kConflict);
    CHECK(failure_of([&] { env.grow(kRoom); }) == ErrorCode::kConflict);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
    CHECK(reading.get(as_bytes("first")) == to_bytes(as_bytes("value")));
  }
}
