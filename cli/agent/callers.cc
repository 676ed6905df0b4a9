#include "cli/agent/callers.h"

#include <algorithm>
#include <cmath>

#include "cli/agent/protocol.h"
#include "cli/agent/sigv4.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/service/credential_records.h"
#include "core/service/identity_records.h"
#include "core/service/session_token.h"
#include "core/service/vault_records.h"

namespace kms::agent {
namespace {

constexpr std::string_view kInvalidToken = "The security token included in the request is invalid.";
constexpr std::size_t kUserAgentLimit = 1024;

std::string header(const Request& request, std::string_view name) {
  const auto found = request.find(boost::beast::string_view(name.data(), name.size()));
  return found == request.end() ? std::string() : std::string(view_of(found->value()));
}

std::string require_region(const Transaction& transaction, std::string region) {
  const auto regions = find_regions(transaction);
  if (std::find(regions.begin(), regions.end(), region) != regions.end()) return region;
  throw Error(ErrorCode::kNotFound,
              cat("Region ", region, " is not part of this vault; add it with: kmsctl region add ", region));
}

// Whether the principal is still the one that the credential was given to.
bool is_current(const Transaction& transaction, std::string_view principal, const std::string& principal_id) {
  if (principal_id.empty()) return principal == root_principal(account_of(principal));
  return unique_id_of(transaction, principal) == principal_id;
}

void become_session(Caller& caller, RoleSession session) {
  caller.home.account = account_of(session.role_arn);
  caller.principal = session.arn();
  caller.principal_id.clear();
  caller.session = std::make_shared<const RoleSession>(std::move(session));
}

SignedMessage signed_message(const Request& request) {
  SignedMessage message{view_of(request.method_string()), view_of(request.target()), {}, view_of(request.body())};
  for (const auto& field : request) {
    message.headers.emplace_back(lower_ascii(view_of(field.name_string())), view_of(field.value()));
  }
  return message;
}

struct Signer {
  std::string principal;
  std::string principal_id;
  SharedSecret secret;
  std::optional<RoleSession> session = {};
};

Signer find_signer(const Transaction& transaction, const Signature& signature) {
  if (!signature.session_token.empty()) {
    auto session = read_session_token(transaction, signature.session_token);
    if (!session) throw Error(ErrorCode::kUnrecognizedClient, std::string(kInvalidToken));
    auto credentials = session_credentials(transaction, signature.session_token);
    if (credentials.access_key_id != signature.access_key_id) {
      throw Error(ErrorCode::kUnrecognizedClient, std::string(kInvalidToken));
    }
    return {
        session->source, {}, std::make_shared<const SecretBytes>(std::move(credentials.secret)), std::move(session)};
  }
  const auto key = find_access_key(transaction, signature.access_key_id);
  if (!key || !is_current(transaction, key->principal, key->principal_id)) {
    throw Error(ErrorCode::kUnrecognizedClient, std::string(kInvalidToken));
  }
  return {key->principal, key->principal_id, access_key_secret(transaction, key->id)};
}

}  // namespace

Caller unix_caller(const UnlockedVault& vault, const Transaction& transaction, std::uint32_t unlocked_by,
                   const Peer& peer, const Request& request) {
  Caller caller{"", vault.home(), header(request, "user-agent").substr(0, kUserAgentLimit), peer.address};
  if (peer.uid == unlocked_by) {
    caller.principal = vault.principal();
    caller.principal_id = unique_id_of(transaction, caller.principal);
  } else if (const auto mapping = find_uid_mapping(transaction, peer.uid);
             mapping && is_current(transaction, mapping->principal, mapping->principal_id)) {
    caller.principal = mapping->principal;
    caller.principal_id = mapping->principal_id;
  } else {
    const std::string uid = std::to_string(peer.uid);
    throw Error(ErrorCode::kAccessDenied,
                cat("the user ", uid, " of this system is nobody in the vault; its owner can change that with: kmsctl ",
                    "principal map-uid ", uid, " user/NAME"));
  }
  caller.listener = "unix";
  caller.home.account = account_of(caller.principal);
  caller.via_service = header(request, kServiceHeader);
  if (std::string region = header(request, kRegionHeader); !region.empty()) {
    caller.home.region = require_region(transaction, std::move(region));
  }
  if (const std::string token = header(request, kTokenHeader); !token.empty()) {
    auto session = read_session_token(transaction, token);
    if (!session || session->source != caller.principal) {
      throw Error(ErrorCode::kAccessDenied,
                  cat("the session token is none that this vault gave to ", caller.principal));
    }
    become_session(caller, *std::move(session));
  }
  return caller;
}

Caller signed_caller(const Transaction& transaction, const Peer& peer, const Request& request, std::string_view service,
                     Time now) {
  const SignedMessage message = signed_message(request);
  const auto signature = read_signature(message);
  if (!signature) throw Error(ErrorCode::kMissingToken, "Missing Authentication Token");
  if (signature->service != service) {
    throw Error(ErrorCode::kInvalidRequestSignature,
                cat("Credential should be scoped to correct service: '", service, "'."));
  }
  Signer signer = find_signer(transaction, *signature);
  verify_signature(*signature, message, *signer.secret, now);
  Caller caller{signer.principal, {}, header(request, "user-agent").substr(0, kUserAgentLimit), peer.address};
  caller.principal_id = signer.principal_id;
  caller.listener = "loopback";
  caller.home.account = account_of(caller.principal);
  if (signer.session) become_session(caller, *std::move(signer.session));
  caller.home.region = require_region(transaction, signature->region);
  return caller;
}

void Backoff::require_patience(const std::string& source) {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(source);
  if (found == sources_.end()) return;
  const auto left = std::chrono::ceil<std::chrono::seconds>(found->second.again - std::chrono::steady_clock::now());
  if (left.count() <= 0) return;
  throw Error(ErrorCode::kThrottling,
              cat("too many failed attempts: try again in ", std::to_string(left.count()), " seconds"));
}

std::chrono::milliseconds Backoff::failed(const std::string& source) {
  constexpr unsigned kFree = 3;
  constexpr unsigned kSteps = 5;
  constexpr std::size_t kMostSources = 10000;
  constexpr std::chrono::minutes kMemory{5};
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (sources_.size() > kMostSources) sources_.clear();
  Failures& failures = sources_[source];
  if (now - failures.last > kMemory) failures.count = 0;
  failures.last = now;
  ++failures.count;
  if (failures.count <= kFree) return {};
  const std::chrono::seconds wait(std::min(30U, 1U << std::min(failures.count - kFree - 1, kSteps)));
  failures.again = now + wait;
  return wait;
}

void Backoff::succeeded(const std::string& source) {
  const std::lock_guard lock(mutex_);
  sources_.erase(source);
}

}  // namespace kms::agent
