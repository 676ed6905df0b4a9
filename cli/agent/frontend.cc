#include "cli/agent/frontend.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/agent/protocol.h"
#include "core/base/text.h"
#include "core/service/identity_records.h"
#include "core/service/lifecycle.h"
#include "core/service/records.h"
#include "core/service/vault_records.h"

namespace kms::agent {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string header(const Request& request, http::field name) {
  return std::string(view_of(request[name]));
}

constexpr const char* kTargetHeader = "x-amz-target";
constexpr std::string_view kQueryStart = "/?";
constexpr std::size_t kCredentialLimit = 4096;  // a peer that nobody knows must not fill the secure heap

constexpr Memo<std::uint64_t> kNumberOfKeys{"number of keys"};

struct MeantForAnother : std::exception {};

const kms::Operation* find_row(std::span<const kms::Operation> rows, std::string_view name, bool of_kms) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const kms::Operation& o) { return o.name == name; });
  return row != rows.end() && row->of_aws_kms == of_kms ? &*row : nullptr;
}

// Neither waits for the disk nor makes a key of RSA.
bool is_quick(const kms::Operation& row) {
  if (row.access != Access::kRead || row.name.starts_with("GenerateDataKeyPair")) return false;
  return row.tracks_use || row.name == "DescribeKey" || row.name == "GetPublicKey" || row.name == "GenerateRandom";
}

// Whether the request calls an operation. Presigned requests to STS are GET.
bool is_call(const Request& request) {
  if (request.method() == http::verb::get) return view_of(request.target()).starts_with(kQueryStart);
  return !view_of(request[kTargetHeader]).starts_with(kAgentTarget);
}

bool is_about_signature(ErrorCode code) {
  return code == ErrorCode::kUnrecognizedClient || code == ErrorCode::kInvalidRequestSignature;
}

Json parse_body(BodyText& body) {
  if (body.empty()) return Json::object();
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

// A call on its way through dispatch and commit.
struct Underway {
  VaultKeeper::Lease lease;
  Caller caller;
  std::string operation;
  Wire wire;
  SteadyClock::time_point start;
  Frontend::Respond respond;
};

void finish(Underway& call, Outcome outcome, Metrics& metrics) {
  const std::string request_id = outcome.request_id();
  Json answer = outcome.take_answer();
  const auto type = answer.find("__type");
  const std::string error = type == answer.end() ? std::string() : type->get<std::string>();
  Response response = answer_of(call.wire, call.operation, answer, request_id);
  metrics.answered(call.operation, error, SteadyClock::now() - call.start);
  call.respond.send(std::move(response));
}

SlotKind credential_kind(const std::string& text) {
  const auto kind = from_text<SlotKind>(text);
  if (!kind) throw Error(ErrorCode::kValidation, cat("'", text, "' is no kind of credential"));
  return *kind;
}

}  // namespace

Frontend::Frontend(VaultKeeper& keeper, Metrics& metrics, const Clock& clock, Random& random,
                   std::set<std::string> hosts, AgentControl control)
    : keeper_(keeper),
      metrics_(metrics),
      clock_(clock),
      random_(random),
      hosts_(std::move(hosts)),
      control_(std::move(control)),
      last_use_(SteadyClock::now()) {}

// A page in a browser can reach a loopback port under any name that resolves to it (DNS rebinding), and sends Origin
// with what it posts. No client of AWS does either.
void Frontend::require_host(const Request& request) const {
  std::string host = lower_ascii(header(request, http::field::host));
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) host.erase(colon);
  if (!hosts_.contains(host))
    throw Error(ErrorCode::kAccessDenied, cat("this endpoint does not go by the name ", host));
  if (request.count(http::field::origin) != 0) {
    throw Error(ErrorCode::kAccessDenied, "requests from pages in a browser are not served");
  }
}

void Frontend::require_manager(const Peer& peer) const {
  const bool unlocker = keeper_.unlocked() && peer.uid == keeper_.unlocked_by();
  if (peer.unix_socket && (unlocker || peer.uid == 0 || peer.uid == geteuid())) return;
  throw Error(ErrorCode::kAccessDenied, "only the user who runs the agent or unlocked it may do that");
}

void Frontend::unlock(Request& request, const Peer& peer) {
  const std::string source = cat("uid ", std::to_string(peer.uid));
  unlocking_.require_patience(source);
  const auto kind = view_of(request[kCredentialHeader]);
  if (request.body().size() > kCredentialLimit) {
    throw Error(ErrorCode::kValidation, "a credential has at most 4096 bytes");
  }
  vault::Credential credential{credential_kind(std::string(kind)),
                               SecretBytes::copy_of(as_bytes(view_of(request.body())))};
  wipe_text(request.body());
  try {
    keeper_.unlock(credential, peer.uid);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kWrongPassphrase) unlocking_.failed(source);
    throw;
  }
  unlocking_.succeeded(source);
  if (const auto vault = keeper_.enter(); vault && !vault->journals()) {
    control_.log(cat(keeper_.path(), ": its journal cannot be had (the disk is full, or another agent has it): ",
                     "every call waits for the data file until the vault is locked and unlocked again"));
  }
  last_use_ = SteadyClock::now();
}

Response Frontend::manage(std::string_view action, Request& request, const Peer& peer) {
  if (!peer.unix_socket) throw Error(ErrorCode::kUnknownOperation, "the operation does not exist");
  Json answer = Json::object();
  if (action == "Unlock") {
    unlock(request, peer);
  } else if (action == "Lock") {
    require_manager(peer);
    keeper_.lock();
  } else if (action == "Stop") {
    require_manager(peer);
    control_.stop();
  } else if (action == "Reload") {
    require_manager(peer);
    control_.reload();
  } else if (action == "Maintain") {
    require_manager(peer);
    const auto vault = keeper_.enter();
    if (!vault) throw Error(ErrorCode::kVaultLocked, "the agent is locked: kmsctl unlock");
    const bool confirmed = parse_body(request.body()).value("ConfirmDestroy", false);
    const UpkeepReport report = keep_up(vault->context(), confirmed ? UpkeepMode::kConfirmDestroy : UpkeepMode::kNow);
    answer = as_json(report);
  } else {
    throw Error(ErrorCode::kUnknownOperation, "the operation does not exist");
  }
  return answer_of(Wire::kJson, action, answer, make_uuid(random_));
}

Json Frontend::status(const Peer& peer, const Request& request) {
  Json answer{{"Vault", keeper_.path()}, {"State", "LOCKED"}, {"Pid", getpid()}, {"Version", KMSCTL_VERSION}};
  const auto vault = keeper_.enter();
  if (!vault) return answer;
  answer["State"] = "UNLOCKED";
  answer["VaultId"] = vault->id();
  answer["Mode"] = kEnforcedMode;
  answer["Journaling"] = vault->journals();
  const auto transaction = vault->context().store.begin(Access::kRead);
  const Caller caller = unix_caller(*vault, *transaction, keeper_.unlocked_by(), peer, request);
  answer["Principal"] = caller.principal;
  answer["AccountId"] = caller.home.account;
  answer["Region"] = caller.home.region;
  return answer;
}

std::uint64_t Frontend::count_keys() {
  const auto vault = keeper_.enter();
  if (!vault) return 0;
  const auto transaction = vault->context().store.begin(Access::kRead);
  return *transaction->remembered(kNumberOfKeys, {}, [&] {
    std::uint64_t count = 0;
    for (const Account& account : list_accounts(*transaction)) {
      for (const std::string& region : find_regions(*transaction)) {
        scan_keys(*transaction, {account.id, region}, "", [&](const Key&) { return ++count != 0; });
      }
    }
    return count;
  });
}

Response Frontend::answer_get(const Request& request, const Peer& peer) {
  const std::string_view path = view_of(request.target());
  if (peer.unix_socket && path == kStatusPath) {
    Json answer = status(peer, request);
    return answer_of(Wire::kJson, "Status", answer, make_uuid(random_));
  }
  if (peer.unix_socket && path == kMetricsPath) {
    Response response;
    response.content_type = "text/plain; version=0.0.4";
    const std::string text = metrics_.text({keeper_.unlocked(), count_keys()});
    response.body.assign(text.data(), text.size());
    return response;
  }
  throw Error(ErrorCode::kUnknownOperation, "there is nothing at this path");
}

Caller Frontend::caller_of(const UnlockedVault& vault, const Request& request, const Peer& peer, Wire wire) {
  const auto transaction = vault.context().store.begin(Access::kRead);
  if (peer.unix_socket) return unix_caller(vault, *transaction, keeper_.unlocked_by(), peer, request);
  return signed_caller(*transaction, peer, request, wire == Wire::kQuery ? "sts" : "kms", clock_.now());
}

void Frontend::call(Route route, Request& request, const Peer& peer, const Respond& respond) {
  last_use_ = SteadyClock::now();
  auto lease = keeper_.enter();
  if (!lease) throw Error(ErrorCode::kVaultLocked, "the agent is locked: kmsctl unlock");
  UnlockedVault& vault = *lease;
  auto underway = std::make_shared<Underway>(Underway{std::move(lease), caller_of(vault, request, peer, route.wire),
                                                      route.operation, route.wire, SteadyClock::now(), respond});
  Json json = route.query ? *std::move(route.query) : parse_body(request.body());
  wipe_text(request.body());
  Outcome outcome = perform(vault.context(), underway->caller, route.operation, json);
  wipe(json);
  if (outcome.durable()) return finish(*underway, std::move(outcome), metrics_);
  vault.committer().submit(std::move(outcome), [this, underway](Outcome done) {
    underway->respond.post([this, underway, held = std::make_shared<Outcome>(std::move(done))] {
      finish(*underway, std::move(*held), metrics_);
    });
  });
  uncommitted_ = true;
}

Frontend::Route Frontend::route_of(const Request& request, const Peer& peer) const {
  Route route;
  const std::string_view target = view_of(request[kTargetHeader]);
  bool of_kms = false;
  bool reachable = false;
  if (target.empty()) {
    route.wire = Wire::kQuery;
    const bool get = request.method() == http::verb::get;
    route.query = Json::object();
    route.operation = read_query_request(
        get ? view_of(request.target()).substr(kQueryStart.size()) : view_of(request.body()), *route.query);
    reachable = route.operation == "GetCallerIdentity" || route.operation == "AssumeRole";
  } else {
    of_kms = target.starts_with(kKmsTarget);
    reachable = of_kms || (peer.unix_socket && target.starts_with(kAdministrationTarget));
    route.operation = target.substr(target.find('.') + 1);
  }
  const kms::Operation* row = reachable ? find_row(keeper_.operations(), route.operation, of_kms) : nullptr;
  if (row == nullptr) throw Error(ErrorCode::kUnknownOperation, "the operation does not exist");
  route.quick = is_quick(*row);
  return route;
}

void Frontend::require_vault(const Request& request) const {
  const std::string_view wanted = view_of(request[kVaultHeader]);
  if (!wanted.empty() && wanted != directory_identity(keeper_.path())) throw MeantForAnother();
}

Response Frontend::answer_other(Request& request, const Peer& peer) {
  if (request.method() == http::verb::get) return answer_get(request, peer);
  return manage(view_of(request[kTargetHeader]).substr(kAgentTarget.size()), request, peer);
}

// Where a failure of the request becomes its answer.
void Frontend::attempt(Request& request, const Peer& peer, const Respond& respond, const std::function<void()>& step) {
  const Wire wire = request.count(kTargetHeader) == 0 ? Wire::kQuery : Wire::kJson;
  const auto fail = [&](const Error& error, unsigned status = 0) {
    metrics_.refused(wire_name(error.code()));
    Response response = failure_of(wire, error, make_uuid(random_));
    if (status != 0) response.status = status;
    if (!peer.unix_socket && is_about_signature(error.code())) response.delay = signing_.failed(peer.address);
    wipe_text(request.body());
    respond.send(std::move(response));
  };
  try {
    step();
  } catch (const MeantForAnother&) {
    fail(Error(ErrorCode::kNotFound, "this agent serves another vault"), kOtherVaultStatus);
  } catch (const Error& error) {
    fail(error);
  } catch (const std::exception&) {  // the text may quote input
    fail(Error(ErrorCode::kInternal, "internal error"));
  }
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
      require_host(request);
    }
    const bool get = request.method() == http::verb::get;
    if (!get && request.method() != http::verb::post) {
      throw Error(ErrorCode::kUnknownOperation, "requests are sent with POST");
    }
    std::shared_ptr<Route> route = is_call(request) ? std::make_shared<Route>(route_of(request, peer)) : nullptr;
    if (route && route->quick) return call(std::move(*route), request, peer, respond);
    respond.defer([this, &request, &peer, route = std::move(route), respond] {
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
