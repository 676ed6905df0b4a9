#include "cli/agent/crew.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <functional>
#include <thread>

namespace kms::agent {
namespace {

constexpr std::size_t kWorkers = 2;  // of each crew

}  // namespace

Crew::Crew(Frontend& frontend, std::size_t body_bytes, const Clock& clock)
    : workers(kWorkers), frontend_(frontend), bodies_(body_bytes) {
  const Defer defer = [this](std::function<void()> work) { boost::asio::post(workers, std::move(work)); };
  loops.resize(std::max(2U, std::thread::hardware_concurrency()));
  for (auto& loop : loops) loop = std::make_unique<Loop>(frontend, bodies_, clock, defer);
}

Loop& Crew::idlest() {
  return **std::min_element(loops.begin(), loops.end(),
                            [](const auto& a, const auto& b) { return a->connections < b->connections; });
}

void Crew::run(boost::asio::io_context& io) {
  constexpr int kTurn = 128;
  while (!io.stopped()) {
    int handled = 0;
    while (handled < kTurn && io.poll_one() > 0) {
      if (handled++ == 0) ++busy_;
    }
    if (handled == 0 || --busy_ == 0 || !leave_commit()) commit();
    if (handled < kTurn) io.run_one();
  }
}

// To a thread of the crew that still handles what it has at hand: one write to the disk for both instead of two. Not
// twice without a commit between, so that nobody waits longer than for one such turn.
bool Crew::leave_commit() {
  return !left_.exchange(true);
}

void Crew::commit() {
  left_ = false;
  frontend_.commit();
}

}  // namespace kms::agent
