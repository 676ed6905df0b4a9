#include "cli/agent/committer.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace kms::agent {
namespace {

// The longer, the fewer commits, and the longer a vault that the agent left by a crash takes to open.
constexpr std::chrono::milliseconds kSettlingTime{25};
// So many batches of one in a row: nobody else is calling.
constexpr int kLoneBatches = 8;

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
  std::vector<Waiting> alone;
  {
    const std::lock_guard lock(mutex_);
    // To wake another thread costs a lone caller more than the commit does.
    if (!busy_ && waiting_.empty() && lone_batches_ >= kLoneBatches) {
      busy_ = true;
      alone.push_back({std::move(outcome), std::move(done)});
    } else {
      waiting_.push_back({std::move(outcome), std::move(done)});
      if (busy_ || waiting_.size() > 1) return;
    }
  }
  if (alone.empty()) {
    changed_.notify_one();
  } else {
    commit(std::move(alone));
  }
}

std::vector<Committer::Waiting> Committer::next_batch() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !busy_ && (ending_ || !waiting_.empty()); });
  busy_ = !waiting_.empty();
  return std::exchange(waiting_, {});
}

void Committer::commit(std::vector<Waiting> batch) {
  std::vector<Outcome*> outcomes;
  outcomes.reserve(batch.size());
  for (Waiting& each : batch) outcomes.push_back(&each.outcome);
  make_durable(context_, outcomes);
  metrics_.committed(batch.size());
  bool others_wait = false;
  {
    const std::lock_guard lock(mutex_);
    busy_ = false;
    lone_batches_ = batch.size() > 1 ? 0 : std::min(lone_batches_ + 1, kLoneBatches);
    others_wait = !waiting_.empty() || ending_;
    unsettled_ = true;
  }
  if (others_wait) changed_.notify_one();
  left_.notify_one();
  for (Waiting& each : batch) each.done(std::move(each.outcome));
}

void Committer::run() {
  for (;;) {
    std::vector<Waiting> batch = next_batch();
    if (batch.empty()) return;
    commit(std::move(batch));
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
