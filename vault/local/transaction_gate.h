#pragma once
// Which threads of the process may have a transaction of one vault open at a time: any number that read, one that
// writes, and nobody beside one that needs the files for itself. Thread-safe.
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "core/store/store.h"

namespace kms::vault {

class TransactionGate {
 public:
  // Waits until there is room. KMSInternalException where a thread would wait for itself. Who waits for kExclusive
  // goes before those that come later.
  void enter(Access access);
  void leave(Access access) noexcept;  // in the thread that entered
  bool holds_several() const;          // this thread

  class Stay {
   public:
    Stay(TransactionGate& gate, Access access) : gate_(gate), access_(access) { gate_.enter(access_); }
    ~Stay() { gate_.leave(access_); }
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    Stay(Stay&&) = delete;
    Stay& operator=(Stay&&) = delete;

   private:
    TransactionGate& gate_;
    Access access_;
  };

 private:
  bool has_room(Access access, bool holds) const;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  struct Holder {
    std::thread::id thread;
    int open = 0;  // transactions
  };
  std::vector<Holder>::iterator holder(std::thread::id thread);
  std::vector<Holder> holders_;  // a handful: threads that have one open
  std::thread::id writer_;
  bool exclusive_ = false;
  int waiting_ = 0;  // for kExclusive
};

}  // namespace kms::vault
