#include "cli/agent/committer.h"

#include <chrono>
#include <exception>
#include <utility>

namespace kms::agent {
namespace {

// The longer, the fewer commits, and the longer a vault that the agent left by a crash takes to open.
constexpr std::chrono::milliseconds kFlushingTime{50};

// So many calls later it is asked whether the trail has grown enough for a segment, which takes a few records.
constexpr std::size_t kCallsBetweenLooks = 4096;

// At once: while the disk works for one, the processor works for another.
constexpr int kCommits = 2;

}  // namespace

Committer::Committer(const Context& context, Metrics& metrics)
    : context_(context), metrics_(metrics), flusher_([this] { flush(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  left_.notify_one();
  flusher_.join();
}

void Committer::submit(Outcome outcome, Done done) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(outcome), std::move(done)});
}

void Committer::commit() {
  std::unique_lock lock(mutex_);
  // What comes while all places are taken is committed together by the next.
  free_.wait(lock, [&] { return committing_ < kCommits || waiting_.empty(); });
  if (waiting_.empty()) return;
  ++committing_;
  std::vector<Waiting> batch = std::exchange(waiting_, {});
  lock.unlock();
  make_durable_all(batch);
  lock.lock();
  --committing_;
  since_look_ += batch.size();
  const bool first = !std::exchange(unflushed_, true);
  lock.unlock();
  free_.notify_all();
  for (Waiting& each : batch) each.done(std::move(each.outcome));
  if (first) left_.notify_one();  // last: nobody waits for that
}

void Committer::make_durable_all(std::vector<Waiting>& batch) {
  std::vector<Outcome*> outcomes;
  outcomes.reserve(batch.size());
  for (Waiting& each : batch) outcomes.push_back(&each.outcome);
  make_durable(context_, outcomes);
  metrics_.committed(batch.size());
}

void Committer::flush() {
  std::unique_lock lock(mutex_);
  for (;;) {
    left_.wait(lock, [&] { return ending_ || unflushed_; });
    left_.wait_for(lock, kFlushingTime, [&] { return ending_; });
    if (ending_) return;  // closing the store does it
    unflushed_ = false;
    const bool look = since_look_ >= kCallsBetweenLooks;
    if (look) since_look_ = 0;
    lock.unlock();
    bool failed = false;
    try {
      context_.store.flush();
      if (look && context_.care != nullptr) (void)context_.care->close_segments();
    } catch (const std::exception&) {  // as on a full disk; what was left is durable all the same
      failed = true;
    }
    lock.lock();
    unflushed_ = unflushed_ || failed;
  }
}

}  // namespace kms::agent
