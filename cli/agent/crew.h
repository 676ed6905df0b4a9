#pragma once
// The threads that serve connections: a crew for each group of callers, a loop for each of its threads.
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "cli/agent/body_budget.h"
#include "cli/agent/connection.h"
#include "cli/agent/http_request.h"

namespace kms::agent {

// The connections of one thread. Each stays in its own, so that nothing of it is locked.
struct Loop {
  Loop(Frontend& frontend, BodyBudget& bodies, const Clock& clock, Defer defer)
      : date(clock), services{frontend, bodies, date, std::move(defer)} {}
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> kept{io.get_executor()};
  DateField date;
  const ConnectionServices services;
  std::atomic<std::size_t> connections{0};
};

// What serves the connections of one group. Each has threads of its own: whatever the network asks for, there is one
// that does nothing else than to serve those who manage the agent. Threads without work cost nothing. The workers run
// from the start; a loop runs in the thread that calls run() for it. `frontend` and `clock` outlive the crew.
class Crew {
 public:
  Crew(Frontend& frontend, std::size_t body_bytes, const Clock& clock);

  // Until the io_context of that loop is stopped: what is at hand, then one commit for all of it; then it waits for
  // more.
  void run(boost::asio::io_context& io);
  // The loop that has least to do: the first one where they are equal, so that a command which finds the agent idle
  // waits for no other thread to wake up.
  Loop& idlest();

 private:
  bool leave_commit();
  void commit();

 public:
  boost::asio::thread_pool workers;
  std::vector<std::unique_ptr<Loop>> loops;

 private:
  Frontend& frontend_;
  BodyBudget bodies_;         // goes before the loops: it may hold their connections
  std::atomic<int> busy_{0};  // threads that handle what is at hand
  std::atomic<bool> left_{false};
};

}  // namespace kms::agent
