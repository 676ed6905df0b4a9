#include "cli/agent/committer.h"

#include <chrono>
#include <utility>

namespace kms::agent {
namespace {

// A commit costs two or three of these, and to have missed it costs a caller as much.
constexpr std::chrono::microseconds kPatience{60};

}  // namespace

Committer::Committer(const Context& context, Metrics& metrics)
    : context_(context), metrics_(metrics), thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Committer::submit(Outcome outcome, Done done) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(outcome), std::move(done)});
    wake = waiting_.size() == 1 || waiting_.size() >= expected_;
  }
  if (wake) changed_.notify_one();
}

std::vector<Committer::Waiting> Committer::next_batch() {
  std::unique_lock lock(mutex_);
  // Who was answered just now and who came meanwhile make one batch, when there is a little patience.
  expected_ = last_batch_ + waiting_.size();
  changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
  changed_.wait_for(lock, kPatience, [&] { return ending_ || waiting_.size() >= expected_; });
  last_batch_ = waiting_.size();
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
    for (Waiting& each : batch) each.done(std::move(each.outcome));
  }
}

}  // namespace kms::agent
