#pragma once
// Group commit: calls that only read wait here, and the events of all that wait become durable at once. The store
// is flushed a little later, and what its logs have too much of moved to files of their own.
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/agent/metrics.h"
#include "core/service/dispatch.h"

namespace kms::agent {

// Thread-safe. The threads that bring outcomes commit them, once they have nothing else to do: no other has to be woken
// for that, which would cost more than the commit. Owns the thread that flushes.
class Committer {
 public:
  Committer(const Context& context, Metrics& metrics);
  ~Committer();  // after everything that was submitted
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;
  Committer(Committer&&) = delete;
  Committer& operator=(Committer&&) = delete;

  // `done` is called once the outcome is durable, in the thread that commits. It does not throw.
  using Done = std::function<void(Outcome)>;
  void submit(Outcome outcome, Done done);
  // All that was submitted before is durable when it returns, or another thread is about to make it so.
  void commit();

 private:
  struct Waiting {
    Outcome outcome;
    Done done;
  };
  void make_durable_all(std::vector<Waiting>& batch);
  void flush();
  const Context& context_;
  Metrics& metrics_;
  std::mutex mutex_;  // guards these
  std::vector<Waiting> waiting_;
  int committing_ = 0;          // threads that do
  std::size_t since_look_ = 0;  // calls, since it was last seen whether a segment of the trail is to be closed
  bool unflushed_ = false;
  bool ending_ = false;
  std::condition_variable free_;
  std::condition_variable left_;
  std::thread flusher_;  // last: it uses the others
};

}  // namespace kms::agent
