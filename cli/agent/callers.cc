#include "cli/agent/callers.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "cli/agent/protocol.h"
#include "cli/agent/sigv4.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/service/signers.h"

namespace kms::agent {
namespace {

constexpr std::size_t kUserAgentLimit = 1024;

std::string header(const Request& request, std::string_view name) {
  const auto found = request.find(boost::beast::string_view(name.data(), name.size()));
  return found == request.end() ? std::string() : std::string(view_of(found->value()));
}

SignedMessage signed_message(const Request& request) {
  SignedMessage message{view_of(request.method_string()), view_of(request.target()), {}, view_of(request.body())};
  for (const auto& field : request) {
    message.headers.emplace_back(lower_ascii(view_of(field.name_string())), view_of(field.value()));
  }
  return message;
}

Proof proof_of(const Peer& peer, const Request& request) {
  Proof proof;
  proof.user_agent = header(request, "user-agent").substr(0, kUserAgentLimit);
  proof.source_address = peer.address;
  return proof;
}

struct Verified {
  Signature signature;
  Signer signer;
};

Verified verify(const Context& context, const SignedMessage& message, std::string_view service) {
  const auto signature = read_signature(message);
  if (!signature) throw Error(ErrorCode::kMissingToken, "Missing Authentication Token");
  if (signature->service != service) {
    throw Error(ErrorCode::kInvalidRequestSignature,
                cat("Credential should be scoped to correct service: '", service, "'."));
  }
  Signer signer = find_signer(context, signature->access_key_id, signature->session_token);
  verify_signature(*signature, message, *signer.secret, context.clock.now());
  return {*signature, std::move(signer)};
}

}  // namespace

std::uint32_t overflow_uid() {
  constexpr std::uint32_t kUsual = 65534;
  static const std::uint32_t uid = [] {
    std::uint32_t value = kUsual;
    std::ifstream file("/proc/sys/kernel/overflowuid");
    return file >> value ? value : kUsual;
  }();
  return uid;
}

Proof unix_proof(const std::optional<Standing>& standing, const Peer& peer, const Request& request) {
  require_known_uid(peer);
  Proof proof = proof_of(peer, request);
  proof.uid = peer.uid;
  if (standing) {
    proof.principal = standing->principal;
    proof.principal_id = standing->principal_id;
  }
  proof.listener = "unix";
  proof.via_service = header(request, kServiceHeader);
  proof.region = header(request, kRegionHeader);
  proof.session_token = header(request, kTokenHeader);
  return proof;
}

void require_known_uid(const Peer& peer) {
  if (peer.uid != overflow_uid()) return;
  throw Error(ErrorCode::kAccessDenied,
              cat("the kernel does not tell the agent who you are (it sees the user ", std::to_string(peer.uid),
                  ", as all whom its user namespace does not map): run the agent outside of that namespace"));
}

bool is_operator(const Peer& peer) {
  return peer.unix_socket && peer.uid != overflow_uid() && (peer.uid == 0 || peer.uid == geteuid());
}

Proof signed_proof(const Context& context, const Peer& peer, const Request& request, std::string_view service) {
  const auto [signature, signer] = verify(context, signed_message(request), service);
  Proof proof = proof_of(peer, request);
  proof.principal = signer.principal;
  proof.principal_id = signer.principal_id;
  proof.access_key_id = signature.access_key_id;
  proof.session_token = signature.session_token;
  proof.listener = "loopback";
  proof.region = signature.region;
  return proof;
}

void check_signer(const Context& context, const Request& header, std::string_view service) {
  SignedMessage message = signed_message(header);
  message.body.reset();
  (void)verify(context, message, service);
}

}  // namespace kms::agent
