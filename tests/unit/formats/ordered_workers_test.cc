#include "formats/ordered_workers.h"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

using namespace kms::formats;

TEST_SUITE("formats/ordered_workers") {
  TEST_CASE("each submitted slot is worked on once, whatever the number of workers") {
    for (const std::size_t workers : std::initializer_list<std::size_t>{1, 2, 4}) {
      std::vector<int> values(5, 0);
      OrderedWorkers pool(workers, values.size(), [&](std::size_t worker, std::size_t slot) {
        if (worker >= workers) throw std::logic_error("no such worker");
        ++values[slot];
      });
      for (int round = 0; round < 200; ++round) {
        for (std::size_t slot = 0; slot < values.size(); ++slot) {
          pool.wait(slot);
          pool.submit(slot);
        }
      }
      for (std::size_t slot = 0; slot < values.size(); ++slot) pool.wait(slot);
      CHECK(values == std::vector<int>(5, 200));
    }
  }

  TEST_CASE("what the work throws comes out where its slot is waited for, once") {
    for (const std::size_t workers : std::initializer_list<std::size_t>{1, 3}) {
      OrderedWorkers pool(workers, 3, [](std::size_t, std::size_t slot) {
        if (slot == 1) throw std::runtime_error("slot 1");
      });
      for (std::size_t slot = 0; slot < 3; ++slot) pool.submit(slot);
      CHECK_NOTHROW(pool.wait(0));
      CHECK_THROWS_WITH(pool.wait(1), "slot 1");
      CHECK_NOTHROW(pool.wait(1));
      CHECK_NOTHROW(pool.wait(2));
    }
  }

  TEST_CASE("an owner that goes away waits for what was begun") {
    std::atomic<int> running = 0;
    {
      OrderedWorkers pool(2, 8, [&](std::size_t, std::size_t) {
        ++running;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        --running;
      });
      for (std::size_t slot = 0; slot < 8; ++slot) pool.submit(slot);
    }
    CHECK(running == 0);
  }
}
