#include "formats/ordered_workers.h"

#include <system_error>
#include <utility>

namespace kms::formats {

OrderedWorkers::OrderedWorkers(std::size_t workers, std::size_t slots, Work work)
    : workers_(workers), work_(std::move(work)), slots_(slots) {}

OrderedWorkers::~OrderedWorkers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  queued_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void OrderedWorkers::submit(std::size_t slot) {
  if (!std::exchange(first_, false) && workers_ > 1) start_threads();
  if (threads_.empty()) {
    const std::exception_ptr error = attempt(0, slot);
    const std::lock_guard lock(mutex_);
    slots_.at(slot) = {true, error};
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    slots_.at(slot) = {false, nullptr};
    queue_.push_back(slot);
  }
  queued_.notify_one();
}

void OrderedWorkers::wait(std::size_t slot) {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return slots_.at(slot).done; });
  if (const std::exception_ptr error = std::exchange(slots_.at(slot).error, nullptr)) std::rethrow_exception(error);
}

// Where the system gives no thread, fewer do the work, or the owner alone.
void OrderedWorkers::start_threads() {
  if (!threads_.empty()) return;
  threads_.reserve(workers_);
  try {
    for (std::size_t worker = 0; worker < workers_; ++worker) {
      threads_.emplace_back([this, worker] { run(worker); });
    }
  } catch (const std::system_error&) {
    return;
  }
}

void OrderedWorkers::run(std::size_t worker) {
  std::unique_lock lock(mutex_);
  while (true) {
    queued_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const std::size_t slot = queue_.front();
    queue_.pop_front();
    lock.unlock();
    const std::exception_ptr error = attempt(worker, slot);
    lock.lock();
    slots_.at(slot) = {true, error};
    ended_.notify_one();
  }
}

std::exception_ptr OrderedWorkers::attempt(std::size_t worker, std::size_t slot) const {
  try {
    work_(worker, slot);
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace kms::formats
