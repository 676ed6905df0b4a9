#pragma once
// Pieces of a stream worked on by threads and handed on in order. Internal to formats.
#include <future>
#include <vector>

#include "core/base/bytes.h"

namespace kms::formats {

inline constexpr std::size_t kPieceSize = std::size_t{1} << 20U;

// A ring of slots. Slot has work() (run on a thread) and finish() (run on the caller's, in order). A slot is given out
// again only when it was finished. What either throws comes out of next(), drain() or run().
template <class Slot>
class Pipeline {
 public:
  template <class Make>
  Pipeline(unsigned threads, const Make& make) {
    for (unsigned i = 0; i <= threads; ++i) slots_.push_back(make());
    pending_.resize(slots_.size());
  }
  ~Pipeline() {
    for (auto& pending : pending_) {
      if (pending.valid()) pending.wait();
    }
  }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  Slot& next() {
    settle(position_);
    return slots_[position_];
  }
  void start() {  // the slot that next() gave out
    Slot* slot = &slots_[position_];
    pending_[position_] = std::async(std::launch::async, [slot] { slot->work(); });
    position_ = (position_ + 1) % slots_.size();
  }
  void drain() {
    for (std::size_t i = 0; i < slots_.size(); ++i) settle((position_ + i) % slots_.size());
  }
  void run() {  // the last piece, on this thread
    Slot& slot = slots_[position_];
    slot.work();
    drain();
    slot.finish();
  }

 private:
  void settle(std::size_t index) {
    if (!pending_[index].valid()) return;
    pending_[index].get();
    slots_[index].finish();
  }
  std::vector<Slot> slots_;
  std::vector<std::future<void>> pending_;
  std::size_t position_ = 0;
};

}  // namespace kms::formats
