#pragma once
// One connection of a client: requests one after the other, each answered before the next is read. Nothing here blocks:
// a slow client costs a buffer and a file descriptor.
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

#include "cli/agent/frontend.h"

namespace kms::agent {

class BodyBudget;
class DateField;

class Connection {
 public:
  Connection() = default;
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(Connection&&) = delete;

  virtual void start() = 0;
  // From any thread. Closes the connection when it has been at its present step for longer than that step may take.
  using SteadyTime = std::chrono::steady_clock::time_point;
  virtual void check(SteadyTime now) = 0;
  // From any thread. No further request is read; what is under way is answered.
  virtual void finish() = 0;
  // From any thread. Closes the connection for the sake of another: at once, or with the answer of what it has come to
  // call meanwhile.
  virtual void give_way() = 0;

  // Whether it waits for its client: to send a request or the rest of one, or to take an answer.
  bool waits() const { return waits_.load(std::memory_order_relaxed); }
  // Whether it was answered, since that was last asked, for a caller whose proof holds.
  bool take_known() { return known_.load(std::memory_order_relaxed) && known_.exchange(false); }

 protected:
  std::atomic<bool> waits_{true};
  std::atomic<bool> known_{false};
};

// How long a client may take, as a whole: what it sends in the meantime makes none of them longer.
struct ConnectionLimits {
  std::chrono::seconds header{10};  // of a request, from its first byte; the handshake of TLS, too
  std::chrono::seconds body{30};
  std::chrono::seconds idle{300};  // between requests
  std::chrono::seconds writing{30};
  std::chrono::seconds draining{2};  // what a client that was refused still sends
};

// Runs what may take long, in a thread that no connection waits for.
using Defer = std::function<void(std::function<void()>)>;

// What the connections of one thread share. Outlives them.
struct ConnectionServices {
  Frontend& frontend;
  BodyBudget& bodies;
  DateField& date;
  Defer defer;
  ConnectionLimits limits = {};
};

// The stream is that of an accepted socket, whose handlers run one at a time. `closed` is called once, at the end.
using Closed = std::function<void(const std::shared_ptr<Connection>&)>;

}  // namespace kms::agent
