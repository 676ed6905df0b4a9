#include "cli/agent/frontend.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/agent/body_limit.h"
#include "cli/agent/libraries.h"
#include "cli/agent/protocol.h"
#include "core/base/clock.h"
#include "core/base/json_text.h"
#include "core/base/text.h"
#include "core/service/dispatch.h"
#include "core/service/response.h"

namespace kms::agent {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string field_of(const Request& request, http::field name) {
  return std::string(view_of(request[name]));
}

constexpr unsigned kNoPathStatus = 404;
constexpr std::string_view kQueryStart = "/?";
constexpr std::size_t kThreadsElsewhere = 16;  // as many calls wait for custom key stores at a time
constexpr std::size_t kUnlockingThreads = 5;   // one more than UnlockBrake lets derive at a time

struct MeantForAnother : std::exception {};

const kms::Operation* find_row(std::span<const kms::Operation> rows, std::string_view name) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const kms::Operation& o) { return o.name == name; });
  return row != rows.end() ? &*row : nullptr;
}

// As a Host field has it.
bool is_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  (void)boost::asio::ip::make_address(std::string(host), error);
  return !error;
}

bool is_reachable(const kms::Operation& row, Wire wire, std::string_view target, const Peer& peer) {
  if (wire == Wire::kQuery) return row.service == &kStsService;
  return wire == Wire::kJson && target == cat(row.service->target_prefix, row.name) &&
         (peer.unix_socket || row.of_aws_json());
}

// Whether the request calls an operation. Presigned requests to STS are GET.
bool is_call(const Request& request) {
  if (reads_only(request)) return view_of(request.target()).starts_with(kQueryStart);
  return !view_of(request[kTargetHeader]).starts_with(kAgentTarget);
}

Json parse_body(BodyText& body) {
  if (body.empty()) return Json::object();
  if (!is_within(view_of(body), JsonLimits{})) {
    throw Error(ErrorCode::kSerialization, "the body of the request is nested too deeply, or has too many values");
  }
  Json json = Json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    wipe(json);
    throw Error(ErrorCode::kSerialization, "the body of the request is no JSON object");
  }
  return json;
}

void wipe_text(BodyText& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace

// A call on its way through dispatch and commit.
struct Frontend::Underway {
  VaultKeeper::Lease lease;
  std::string operation;
  Wire wire;
  const kms::Operation& row;
  SteadyClock::time_point start;
  Respond respond;
};

// What a call that waits for something elsewhere goes on with.
struct Frontend::Postponed {
  Postponed(Proof by, Json of, Outcome begun)
      : proof(std::move(by)), request(std::move(of)), outcome(std::move(begun)) {}
  Postponed(const Postponed&) = delete;
  Postponed& operator=(const Postponed&) = delete;
  Postponed(Postponed&&) = delete;
  Postponed& operator=(Postponed&&) = delete;
  ~Postponed() { wipe(request); }
  Proof proof;
  Json request;
  Outcome outcome;
};

void Frontend::finish(Underway& call, Outcome outcome) {
  const std::string request_id = outcome.request_id();
  if (!outcome.failed()) last_use_ = SteadyClock::now();
  const bool refused = outcome.refused();
  Json answer = outcome.take_answer();
  const auto type = answer.find("__type");
  const std::string error = type == answer.end() ? std::string() : type->get<std::string>();
  if (call.wire == Wire::kQuery) spell_times(answer, call.row.answer(), iso_seconds);
  Response response = answer_of(call.wire, call.operation, answer, request_id);
  response.known = !refused;
  if (refused) {
    metrics_.refused(error);
  } else {
    metrics_.answered(call.operation, error, SteadyClock::now() - call.start);
  }
  call.respond.send(std::move(response));
}

Frontend::Frontend(VaultKeeper& keeper, Metrics& metrics, const Clock& clock, Random& random,
                   std::set<std::string> hosts, AgentControl control)
    : keeper_(keeper),
      metrics_(metrics),
      clock_(clock),
      random_(random),
      hosts_(std::move(hosts)),
      manager_(keeper, clock, std::move(control)),
      last_use_(SteadyClock::now()),
      unlocking_(kUnlockingThreads) {}

Frontend::~Frontend() {
  unlocking_.join();
  join();
}

void Frontend::join() {
  if (elsewhere_) elsewhere_->join();
}

// A key derivation takes long, and must not take the threads that others need.
bool Frontend::is_unlock(const Request& request) const {
  return view_of(request[kTargetHeader]) ==
         cat(kAgentService.target_prefix, name_of(keeper_.operations(), AgentVerb::kUnlock));
}

std::function<void(std::function<void()>)> Frontend::defer_unlocking() {
  return [this](std::function<void()> work) { boost::asio::post(unlocking_, std::move(work)); };
}

// A page in a browser can reach a loopback port under any name that resolves to it (DNS rebinding), and sends Origin
// with what it posts. No client of AWS does either.
void Frontend::require_host(const Request& request, const Peer& peer) const {
  std::string host = lower_ascii(field_of(request, http::field::host));
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) host.erase(colon);
  // Prometheus may ask by any address. What a browser was led to by a name of others has that name here.
  if (!hosts_.contains(host) && (peer.scrape == Scrape::kNo || !is_address(host)))
    throw Error(ErrorCode::kAccessDenied, cat("this endpoint does not go by the name ", host));
  if (request.count(http::field::origin) != 0) {
    throw Error(ErrorCode::kAccessDenied, "requests from pages in a browser are not served");
  }
}

Response Frontend::manage(std::string_view name, Request& request, const Peer& peer) {
  const kms::Operation* row = find_row(keeper_.operations(), name);
  if (!peer.unix_socket || row == nullptr || row->service != &kAgentService) {
    throw Error(ErrorCode::kUnknownOperation, "the operation does not exist");
  }
  manager_.run(row->verb, request, peer);
  if (row->verb == AgentVerb::kUnlock) last_use_ = SteadyClock::now();
  Json answer = Json::object();
  return answer_of(Wire::kJson, name, answer, make_uuid(random_));
}

// Whether it is locked is for everybody; the rest for whoever is somebody in the vault, or runs the agent.
Status Frontend::status(const Peer& peer, const Request& request) {
  Status status;
  status.version = KMSCTL_VERSION;
  const auto vault = keeper_.enter();
  if (vault || is_operator(peer)) {
    status.vault = keeper_.path();
    status.pid = getpid();
    status.libraries = libraries();
  }
  if (!vault) return status;
  status.state = LockState::kUnlocked;
  const Caller caller = identify(vault->context(), unix_proof(vault->standing(peer.uid), peer, request));
  status.vault_id = vault->id();
  status.mode = peer.unix_socket && peer.uid == geteuid() ? kOwnAgentMode : kEnforcedMode;
  status.journaling = vault->journals();
  status.principal = caller.principal;
  status.account_id = caller.home.account;
  status.region = caller.home.region;
  return status;
}

Response Frontend::answer_get(const Request& request, const Peer& peer) {
  const std::string_view path = view_of(request.target());
  if (peer.unix_socket && path == kStatusPath) {
    Json answer = write_response(status(peer, request));
    return answer_of(Wire::kJson, "Status", answer, make_uuid(random_));
  }
  if (peer.unix_socket && path == kMetricsPath) return show_metrics(peer, request);
  throw Error(ErrorCode::kUnknownOperation, "there is nothing at this path");
}

Proof Frontend::proof_of(const UnlockedVault& vault, const Request& request, const Peer& peer, const Operation& row) {
  if (peer.unix_socket) return unix_proof(vault.standing(peer.uid), peer, request);
  return signed_proof(vault.context(), peer, request, row.service->signing_name);
}

void Frontend::call(Route route, Request& request, const Peer& peer, const Respond& respond) {
  auto lease = keeper_.enter();
  if (!lease) throw_locked();
  UnlockedVault& vault = *lease;
  const Proof proof = proof_of(vault, request, peer, *route.row);
  auto underway = std::make_shared<Underway>(
      Underway{std::move(lease), route.operation, route.wire, *route.row, SteadyClock::now(), respond});
  Json json = route.query ? *std::move(route.query) : parse_body(request.body());
  wipe_text(request.body());
  Outcome outcome = perform(vault.context(), proof, route.operation, json, Pace::kQuick);
  if (outcome.postponed()) {
    return go_on_elsewhere(std::move(underway),
                           std::make_shared<Postponed>(proof, std::move(json), std::move(outcome)));
  }
  wipe(json);
  if (outcome.durable()) return finish(*underway, std::move(outcome));
  submit(underway, std::move(outcome));
}

void Frontend::submit(const std::shared_ptr<Underway>& underway, Outcome outcome) {
  underway->lease->committer().submit(std::move(outcome),
                                      [this, underway](Outcome done) { finish_later(underway, std::move(done)); });
  uncommitted_ = true;
}

void Frontend::finish_later(const std::shared_ptr<Underway>& underway, Outcome outcome) {
  underway->respond.post(
      [this, underway, held = std::make_shared<Outcome>(std::move(outcome))] { finish(*underway, std::move(*held)); });
}

// Who waits for a token holds up nobody, not even who waits for an RSA key.
void Frontend::go_on_elsewhere(std::shared_ptr<Underway> underway, std::shared_ptr<Postponed> postponed) {
  std::call_once(elsewhere_made_, [&] { elsewhere_.emplace(kThreadsElsewhere); });
  boost::asio::post(*elsewhere_, [this, underway = std::move(underway), postponed = std::move(postponed)] {
    go_on(underway->lease->context(), postponed->proof, postponed->request, postponed->outcome);
    if (postponed->outcome.durable()) return finish_later(underway, std::move(postponed->outcome));
    submit(underway, std::move(postponed->outcome));
    commit();
  });
}

Frontend::Route Frontend::route_of(const Request& request, const Peer& peer) const {
  Route route;
  const std::string_view target = view_of(request[kTargetHeader]);
  route.wire = wire_of(request, peer.unix_socket);
  if (route.wire == Wire::kQuery) {
    route.query = Json::object();
    route.operation = read_query_request(form_of(request), *route.query);
  } else {
    route.operation = target.substr(target.rfind('.') + 1);
  }
  const kms::Operation* row = find_row(keeper_.operations(), route.operation);
  if (row == nullptr || !is_reachable(*row, route.wire, target, peer)) {
    throw Error(ErrorCode::kUnknownOperation, "the operation does not exist");
  }
  route.quick = row->quick;
  route.row = row;
  return route;
}

void Frontend::require_vault(const Request& request) const {
  const std::string_view wanted = view_of(request[kVaultHeader]);
  if (!wanted.empty() && wanted != directory_identity(keeper_.path())) throw MeantForAnother();
}

Response Frontend::answer_other(Request& request, const Peer& peer) {
  if (reads_only(request)) return answer_get(request, peer);
  return manage(view_of(request[kTargetHeader]).substr(kAgentTarget.size()), request, peer);
}

// Where a failure of the request becomes its answer.
void Frontend::attempt(Request& request, const Peer& peer, const Respond& respond, const std::function<void()>& step) {
  const Wire wire = wire_of(request, peer.unix_socket);
  const auto fail = [&](const Error& error, unsigned status = 0) {
    metrics_.refused(wire_name(error.code()));
    Response response = failure_of(wire, error, make_uuid(random_));
    if (status != 0) response.status = status;
    wipe_text(request.body());
    respond.send(std::move(response));
  };
  try {
    step();
  } catch (const MeantForAnother&) {
    fail(Error(ErrorCode::kNotFound, "this agent serves another vault"), kOtherVaultStatus);
  } catch (const Error& error) {
    const bool no_path = error.code() == ErrorCode::kUnknownOperation && reads_only(request) && !is_call(request);
    fail(error, no_path ? kNoPathStatus : 0);
  } catch (const std::exception&) {  // the text may quote input
    fail(Error(ErrorCode::kInternal, "internal error"));
  }
}

std::variant<std::uint64_t, Response> Frontend::before_body(const Request& header, const Peer& peer) {
  std::optional<Error> failure;
  try {
    if (peer.unix_socket) return kBodyLimit;  // the kernel says who it is
    require_host(header, peer);
    if (peer.scrape != Scrape::kNo) throw Error(ErrorCode::kUnknownOperation, "there is nothing here but GET /metrics");
    const bool form = wire_of(header, peer.unix_socket) == Wire::kQuery;
    const Operation* const row = form ? nullptr : route_of(header, peer).row;
    const std::uint64_t limit = form ? kSmallBodyLimit : body_limit(row->fields());
    const auto lease = keeper_.enter();
    if (!lease) throw_locked();
    check_signer(lease->context(), header, (form ? kStsService : *row->service).signing_name);
    return limit;
  } catch (const Error& error) {
    failure = error;
  } catch (const std::exception&) {
    failure = Error(ErrorCode::kInternal, "internal error");
  }
  metrics_.refused(wire_name(failure->code()));
  return failure_of(wire_of(header, peer.unix_socket), *failure, make_uuid(random_));
}

Response Frontend::refuse(const Request& request, const Peer& peer, const Refusal& refusal) {
  metrics_.refused(wire_name(refusal.code));
  const bool empty = request.begin() == request.end();
  return refusal_of(empty ? Wire::kJson : wire_of(request, peer.unix_socket), refusal, make_uuid(random_));
}

void Frontend::commit() {
  if (!uncommitted_.exchange(false)) return;
  if (const auto vault = keeper_.enter_again()) vault->committer().commit();
}

void Frontend::handle(Request& request, const Peer& peer, const Respond& respond) {
  attempt(request, peer, respond, [&] {
    if (peer.unix_socket) {
      require_vault(request);
    } else {
      require_host(request, peer);
    }
    if (peer.scrape != Scrape::kNo) return respond.send(scrape(request, peer));
    if (!reads_only(request) && request.method() != http::verb::post) {
      throw Error(ErrorCode::kUnknownOperation, "requests are sent with POST");
    }
    std::shared_ptr<Route> route = is_call(request) ? std::make_shared<Route>(route_of(request, peer)) : nullptr;
    if (route && route->quick) return call(std::move(*route), request, peer, respond);
    const auto defer = is_unlock(request) ? defer_unlocking() : respond.defer;
    defer([this, &request, &peer, route = std::move(route), respond] {
      const Respond later{[respond](Response response) {
                            respond.post([respond, held = std::make_shared<Response>(std::move(response))] {
                              respond.send(std::move(*held));
                            });
                          },
                          respond.post, respond.defer};
      attempt(request, peer, later, [&] {
        if (route) return call(std::move(*route), request, peer, later);
        later.send(answer_other(request, peer));
      });
      commit();
    });
  });
}

}  // namespace kms::agent
