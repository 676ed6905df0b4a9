#pragma once
// Work on numbered slots by several threads. The owner fills a slot, submits it, and later waits for it; what lies in a
// slot belongs to the worker between the two. The owner is one thread.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kms::formats {

class OrderedWorkers {
 public:
  // `work` is called with the number of a worker below `workers`; calls at one time have different numbers.
  using Work = std::function<void(std::size_t worker, std::size_t slot)>;

  OrderedWorkers(std::size_t workers, std::size_t slots, Work work);
  ~OrderedWorkers();  // drops what was not begun, and waits for the rest
  OrderedWorkers(const OrderedWorkers&) = delete;
  OrderedWorkers& operator=(const OrderedWorkers&) = delete;
  OrderedWorkers(OrderedWorkers&&) = delete;
  OrderedWorkers& operator=(OrderedWorkers&&) = delete;

  // The first slot, and all of them when there is one worker, are worked on here: small files cost no thread.
  void submit(std::size_t slot);
  void wait(std::size_t slot);  // until the work on it ended; throws what it threw

 private:
  struct Slot {
    bool done = true;
    std::exception_ptr error;
  };
  void start_threads();
  void run(std::size_t worker);
  std::exception_ptr attempt(std::size_t worker, std::size_t slot) const;

  const std::size_t workers_;
  const Work work_;
  bool first_ = true;  // of the owner alone
  std::vector<std::thread> threads_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable queued_;
  std::condition_variable ended_;
  std::vector<Slot> slots_;
  std::deque<std::size_t> queue_;
  bool stopping_ = false;
};

}  // namespace kms::formats
