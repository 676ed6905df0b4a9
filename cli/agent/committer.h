#pragma once
// Group commit: calls that only read wait here, and one commit makes the events of all that wait durable.
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/agent/metrics.h"
#include "core/service/dispatch.h"

namespace kms::agent {

// Owns a thread. Thread-safe.
class Committer {
 public:
  Committer(const Context& context, Metrics& metrics);
  ~Committer();  // after everything that was submitted
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;
  Committer(Committer&&) = delete;
  Committer& operator=(Committer&&) = delete;

  // `done` is called in the committer's thread once the outcome is durable. It does not throw.
  using Done = std::function<void(Outcome)>;
  void submit(Outcome outcome, Done done);

 private:
  struct Waiting {
    Outcome outcome;
    Done done;
  };
  void run();
  std::vector<Waiting> next_batch();
  const Context& context_;
  Metrics& metrics_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> waiting_;
  std::size_t last_batch_ = 0;
  std::size_t expected_ = 1;
  bool ending_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace kms::agent
