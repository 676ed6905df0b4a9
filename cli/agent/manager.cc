#include "cli/agent/manager.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "cli/agent/protocol.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/service/dispatch.h"
#include "core/service/service_events.h"

namespace kms::agent {
namespace {

constexpr std::size_t kCredentialLimit = 4096;  // a peer that nobody knows must not fill the secure heap

SlotKind credential_kind(const std::string& text) {
  const auto kind = from_text<SlotKind>(text);
  if (!kind) throw Error(ErrorCode::kValidation, cat("'", text, "' is no kind of credential"));
  return *kind;
}

vault::Credential take_credential(Request& request) {
  auto& body = request.body();
  if (body.size() > kCredentialLimit) throw Error(ErrorCode::kValidation, "a credential has at most 4096 bytes");
  const SlotKind kind = credential_kind(std::string(view_of(request[kCredentialHeader])));
  vault::Credential credential{kind, SecretBytes::copy_of(as_bytes(view_of(body)))};
  explicit_bzero(body.data(), body.size());
  body.clear();
  return credential;
}

// Of whom the credential is not that of somebody who may: by itself, or because the vault is somebody's already.
bool is_refusal(ErrorCode code) {
  return code == ErrorCode::kWrongPassphrase || code == ErrorCode::kConflict || code == ErrorCode::kAccessDenied;
}

}  // namespace

Manager::Manager(VaultKeeper& keeper, const Clock& clock, AgentControl control)
    : keeper_(keeper), clock_(clock), control_(std::move(control)) {}

void Manager::run(AgentVerb verb, Request& request, const Peer& peer) {
  if (verb == AgentVerb::kUnlock) return unlock(request, peer);
  require_allowed(verb, request, peer);
  if (verb == AgentVerb::kLock) keeper_.lock();
  if (verb == AgentVerb::kReload) control_.reload();
  if (verb == AgentVerb::kStop) control_.stop();
}

// Policies decide who manages the agent. Who could end the process anyway may do it without, and leaves an event of
// the vault's.
void Manager::require_allowed(AgentVerb verb, const Request& request, const Peer& peer) {
  const auto vault = keeper_.enter();
  if (!vault) {
    if (is_operator(peer)) return;
    throw Error(ErrorCode::kAccessDenied, "while the vault is locked, only the user who runs the agent may do that");
  }
  const Json answer = dispatch(vault->context(), unix_proof(vault->standing(peer.uid), peer, request),
                               name_of(keeper_.operations(), verb), Json::object());
  if (!answer.contains("__type")) return;
  if (!is_operator(peer)) throw_if_error(answer);
  record(*vault, verb, Json{{"uid", peer.uid}}.dump());
}

// What is done without a call is not kept from being done where the trail cannot be written.
void Manager::record(UnlockedVault& vault, AgentVerb verb, std::string details) {
  const std::string operation(name_of(keeper_.operations(), verb));
  try {
    const AgentAct act{operation, clock_.now(), std::move(details)};
    record_acts(vault.context(), std::span(&act, 1));
  } catch (const Error& error) {
    control_.log(cat("no event of ", operation, ": ", error.what()));
  }
}

// Of an attempt that came as far as a credential.
void Manager::note_failure(const Peer& peer, const Error& error, SlotKind kind) {
  FailedUnlocks::Failure failure{clock_.now(), error.code(), kind};
  try {
    failure.slots = vault::slot_ids(keeper_.path(), kind);
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): without them it is told all the same
  }
  failed_unlocks_.add(peer.uid, std::move(failure));
  report_failed_unlocks();
}

void Manager::unlock(Request& request, const Peer& peer) {
  require_known_uid(peer);
  UnlockBrake::Attempt attempt(brake_, peer.uid);
  const vault::Credential credential = take_credential(request);
  try {
    const auto unlocked = keeper_.unlock(credential, unix_proof({}, peer, request));
    attempt.succeeded();
    if (!unlocked.warning.empty()) control_.log(unlocked.warning);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kWrongPassphrase) attempt.failed();
    if (is_refusal(error.code())) note_failure(peer, error, credential.kind);
    throw;
  }
  report_failed_unlocks();
}

// They wait until there is a trail, and until it can be written.
void Manager::report_failed_unlocks() {
  const auto vault = keeper_.enter();
  if (!vault) return;
  try {
    failed_unlocks_.report(name_of(keeper_.operations(), AgentVerb::kUnlock),
                           [&](std::span<const AgentAct> acts) { record_acts(vault->context(), acts); });
  } catch (const Error& error) {
    control_.log(cat("no event yet of attempts to unlock that failed: ", error.what()));
  }
}

void Manager::record_signal(AgentVerb verb, int signal) {
  const auto vault = keeper_.enter();
  if (!vault) return;
  record(*vault, verb, Json{{"reason", "signal"}, {"signal", signal}}.dump());
}

void Manager::lock_when_idle() {
  if (const auto vault = keeper_.enter()) {
    record(*vault, AgentVerb::kLock, Json{{"reason", "idle timeout"}}.dump());
  }
  keeper_.lock();
}

}  // namespace kms::agent
