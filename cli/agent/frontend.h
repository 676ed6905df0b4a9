#pragma once
// From a request to its answer: which protocol, who calls, which operation. Transport of the unix socket and of the
// loopback endpoint; dispatch does the rest.
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "cli/agent/answers.h"
#include "cli/agent/callers.h"
#include "cli/agent/http.h"
#include "cli/agent/manager.h"
#include "cli/agent/metrics.h"
#include "cli/agent/status.h"
#include "cli/agent/vault_keeper.h"

namespace kms::agent {

// Thread-safe.
class Frontend {
 public:
  // All of them outlive it. `hosts` are the names that the loopback endpoint answers to, in lower case.
  Frontend(VaultKeeper& keeper, Metrics& metrics, const Clock& clock, Random& random, std::set<std::string> hosts,
           AgentControl control);
  ~Frontend();  // after attempts to unlock that are under way
  Frontend(const Frontend&) = delete;
  Frontend& operator=(const Frontend&) = delete;
  Frontend(Frontend&&) = delete;
  Frontend& operator=(Frontend&&) = delete;

  // Where the answer goes. `send` is called once, before handle() returns or within what `post` was given.
  struct Respond {
    std::function<void(Response)> send;
    std::function<void(std::function<void()>)> post;   // runs it among the connection's own handlers
    std::function<void(std::function<void()>)> defer;  // runs it in a thread for what may take long
  };
  // Does itself what is done in a moment, which is what keys are used for, and defers the rest: nobody waits for
  // somebody else's RSA key. Wipes the body of `request`, which with `peer` lives until the answer.
  void handle(Request& request, const Peer& peer, const Respond& respond);
  // How many bytes of body a request may have whose header is here and whose body is not: or its refusal, where the
  // header is enough for that. Over TCP, what can be verified without the body is.
  std::variant<std::uint64_t, Response> before_body(const Request& header, const Peer& peer);
  // The answer to what is not handled. `request` may be empty.
  Response refuse(const Request& request, const Peer& peer, const Refusal& refusal);
  // Makes the calls durable that wait for that, and so lets their answers go. For each thread that handles requests, as
  // soon as it has no other at hand.
  void commit();

  // Waits for the calls that wait for something elsewhere. None is begun by then.
  void join();

  // As Manager::record_signal() and Manager::lock_when_idle().
  void record_signal(AgentVerb verb, int signal) { manager_.record_signal(verb, signal); }
  void lock_when_idle() { manager_.lock_when_idle(); }

  // When the last call was allowed, by a monotonic clock: who only looks (status, metrics), or is refused, keeps
  // nothing unlocked.
  std::chrono::steady_clock::time_point last_use() const { return last_use_.load(); }

 private:
  struct Route {
    Wire wire = Wire::kJson;
    std::string operation;
    std::optional<Json> query;  // the request, where it is no JSON
    bool quick = false;
    const kms::Operation* row = nullptr;
  };
  Route route_of(const Request& request, const Peer& peer) const;
  void require_vault(const Request& request) const;
  // For what is no call of an operation.
  Response answer_other(Request& request, const Peer& peer);
  void attempt(Request& request, const Peer& peer, const Respond& respond, const std::function<void()>& step);
  void require_host(const Request& request, const Peer& peer) const;
  Response scrape(const Request& request, const Peer& peer);
  Response answer_get(const Request& request, const Peer& peer);
  Response manage(std::string_view name, Request& request, const Peer& peer);
  Status status(const Peer& peer, const Request& request);
  Response show_metrics(const Peer& peer, const Request& request);
  Response text_of(const Metrics::Now& now) const;
  Proof proof_of(const UnlockedVault& vault, const Request& request, const Peer& peer, const kms::Operation& row);
  bool is_unlock(const Request& request) const;
  std::function<void(std::function<void()>)> defer_unlocking();
  struct Underway;
  struct Postponed;
  void finish(Underway& call, Outcome outcome);
  void finish_later(const std::shared_ptr<Underway>& underway, Outcome outcome);
  void submit(const std::shared_ptr<Underway>& underway, Outcome outcome);
  void go_on_elsewhere(std::shared_ptr<Underway> underway, std::shared_ptr<Postponed> postponed);
  void call(Route route, Request& request, const Peer& peer, const Respond& respond);

  VaultKeeper& keeper_;
  Metrics& metrics_;
  const Clock& clock_;
  Random& random_;
  std::set<std::string> hosts_;
  Manager manager_;
  std::atomic<bool> uncommitted_{false};
  std::atomic<std::chrono::steady_clock::time_point> last_use_;
  // Last: they use the others.
  boost::asio::thread_pool unlocking_;
  std::once_flag elsewhere_made_;
  std::optional<boost::asio::thread_pool> elsewhere_;  // from the first call on that needs it
};

}  // namespace kms::agent
