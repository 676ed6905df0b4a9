#pragma once
// One connection of a client: requests one after the other, each answered before the next is read. Nothing here blocks:
// a slow client costs a buffer and a file descriptor.
#include <chrono>
#include <memory>

#include "cli/agent/frontend.h"

namespace kms::agent {

class Connection {
 public:
  virtual ~Connection() = default;
  virtual void start() = 0;
  // From any thread. Closes the connection when it has been at its present step for longer than that step may take.
  using SteadyTime = std::chrono::steady_clock::time_point;
  virtual void check(SteadyTime now) = 0;
  // From any thread. No further request is read; what is under way is answered.
  virtual void finish() = 0;
};

struct ConnectionLimits {
  std::chrono::seconds reading{30};  // of a request, from its first byte to its last
  std::chrono::seconds idle{300};    // between requests
  std::chrono::seconds writing{30};
};

// Runs what may take long, in a thread that no connection waits for.
using Defer = std::function<void(std::function<void()>)>;

// The stream is that of an accepted socket, whose handlers run one at a time. `closed` is called once, at the end.
using Closed = std::function<void(const std::shared_ptr<Connection>&)>;

}  // namespace kms::agent
