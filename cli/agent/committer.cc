#include "cli/agent/committer.h"

#include <chrono>
#include <exception>
#include <utility>

namespace kms::agent {
namespace {

// The longer, the fewer commits, and the longer a vault that the agent left by a crash takes to open.
constexpr std::chrono::milliseconds kSettlingTime{25};

}  // namespace

Committer::Committer(const Context& context, Metrics& metrics)
    : context_(context), metrics_(metrics), thread_([this] { run(); }), settler_([this] { settle(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  left_.notify_one();
  thread_.join();
  settler_.join();
}

void Committer::submit(Outcome outcome, Done done) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(outcome), std::move(done)});
    wake = waiting_.size() == 1;
  }
  if (wake) changed_.notify_one();
}

std::vector<Committer::Waiting> Committer::next_batch() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
  return std::exchange(waiting_, {});
}

void Committer::run() {
  for (;;) {
    std::vector<Waiting> batch = next_batch();
    if (batch.empty()) return;
    std::vector<Outcome*> outcomes;
    outcomes.reserve(batch.size());
    for (Waiting& each : batch) outcomes.push_back(&each.outcome);
    make_durable(context_, outcomes);
    metrics_.committed(batch.size());
    {
      const std::lock_guard lock(mutex_);
      unsettled_ = true;
    }
    left_.notify_one();
    for (Waiting& each : batch) each.done(std::move(each.outcome));
  }
}

void Committer::settle() {
  std::unique_lock lock(mutex_);
  for (;;) {
    left_.wait(lock, [&] { return ending_ || unsettled_; });
    left_.wait_for(lock, kSettlingTime, [&] { return ending_; });
    if (ending_) return;  // closing the store settles it
    unsettled_ = false;
    lock.unlock();
    bool failed = false;
    try {
      context_.store.settle();
    } catch (const std::exception&) {  // as on a full disk; what was left is durable all the same
      failed = true;
    }
    lock.lock();
    unsettled_ = unsettled_ || failed;
  }
}

}  // namespace kms::agent
