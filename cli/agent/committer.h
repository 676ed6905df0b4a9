#pragma once
// Group commit: calls that only read wait here, and the events of all that wait become durable at once. What that
// leaves in the store is settled a little later.
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/agent/metrics.h"
#include "core/service/dispatch.h"

namespace kms::agent {

// Owns two threads. Thread-safe.
class Committer {
 public:
  Committer(const Context& context, Metrics& metrics);
  ~Committer();  // after everything that was submitted
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;
  Committer(Committer&&) = delete;
  Committer& operator=(Committer&&) = delete;

  // `done` is called once the outcome is durable, in the caller's thread or another. It does not throw.
  using Done = std::function<void(Outcome)>;
  void submit(Outcome outcome, Done done);

 private:
  struct Waiting {
    Outcome outcome;
    Done done;
  };
  void run();
  void settle();
  std::vector<Waiting> next_batch();
  void commit(std::vector<Waiting> batch);
  const Context& context_;
  Metrics& metrics_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> waiting_;
  std::condition_variable left_;
  int lone_batches_ = 0;  // in a row, at the end
  bool busy_ = false;     // somebody commits
  bool unsettled_ = false;
  bool ending_ = false;
  std::thread thread_;  // last: they use the others
  std::thread settler_;
};

}  // namespace kms::agent
