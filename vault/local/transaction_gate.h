#pragma once
// Which threads of the process may have a transaction of one vault open at a time: any number that read, one that
// writes, and nobody beside who needs the files alone. Thread-safe.
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace kms::vault {

enum class Hold : std::uint8_t { kRead, kWrite, kAlone };

class TransactionGate {
 public:
  // Waits until there is room. KMSInternalException where a thread would wait for itself. Who waits for kAlone goes
  //  before those that come later.
  void enter(Hold hold);
  void leave(Hold hold) noexcept;  // in the thread that entered
  // The one for the other, and nobody that came later gets in between.
  void exchange(Hold from, Hold to);
  bool holds_several() const;  // this thread

  class Held {
   public:
    Held(TransactionGate& gate, Hold hold) : gate_(gate), hold_(hold) { gate_.enter(hold_); }
    ~Held() { gate_.leave(hold_); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    Held(Held&&) = delete;
    Held& operator=(Held&&) = delete;

   private:
    TransactionGate& gate_;
    Hold hold_;
  };

 private:
  using Lock = std::unique_lock<std::mutex>;
  void enter(Hold hold, Lock& lock);
  void leave(Hold hold, const Lock& lock) noexcept;
  bool has_room(Hold hold, bool holds) const;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  struct Holder {
    std::thread::id thread;
    int open = 0;  // transactions
  };
  std::vector<Holder>::iterator holder(std::thread::id thread);
  std::vector<Holder> holders_;  // a handful: threads that have one open
  std::thread::id writer_;
  bool alone_ = false;
  int waiting_ = 0;  // for kAlone
};

}  // namespace kms::vault
