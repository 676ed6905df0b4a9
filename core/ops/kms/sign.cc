#include "core/ops/kms/sign.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/service/key_use.h"

namespace kms {
namespace {

using crypto::SignatureKind;

void require_signing_algorithm(const Key& key, SigningAlgorithm algorithm, std::string_view operation) {
  require_usage(key, KeyUsage::kSignVerify, operation);
  const auto allowed = signing_algorithms(key.spec, key.usage);
  if (std::find(allowed.begin(), allowed.end(), algorithm) != allowed.end()) return;
  throw Error(ErrorCode::kInvalidKeyUsage,
              cat("Algorithm ", to_text(algorithm), " is incompatible with key spec ", to_text(key.spec), "."));
}

// The scheme for a message of this type; each algorithm takes some.
crypto::SignatureScheme scheme_of(const SignRequest& request) {
  auto scheme = signature_scheme(request.signing_algorithm);
  const MessageType type = request.message_type;
  bool fits = type != MessageType::kExternalMu;
  if (scheme.kind == SignatureKind::kEd25519) {
    fits = type == MessageType::kRaw;
  } else if (scheme.kind == SignatureKind::kEd25519Ph) {
    fits = type == MessageType::kDigest;
  } else if (scheme.kind == SignatureKind::kMlDsa) {
    fits = type != MessageType::kDigest;
    if (type == MessageType::kExternalMu) scheme.kind = SignatureKind::kMlDsaMu;
  } else if (scheme.kind == SignatureKind::kSm2Message && type == MessageType::kDigest) {
    scheme.kind = SignatureKind::kSm2;
  }
  if (fits) return scheme;
  throw Error(ErrorCode::kValidation, cat("MessageType ", to_text(type), " is not valid for algorithm ",
                                          to_text(request.signing_algorithm), "."));
}

void require_digest_length(const SignRequest& request, crypto::SignatureScheme scheme) {
  constexpr std::size_t kMuSize = 64;
  const bool is_mu = request.message_type == MessageType::kExternalMu;
  if (request.message_type == MessageType::kRaw) return;
  if (request.message.size() == (is_mu ? kMuSize : crypto::digest_size(scheme.hash))) return;
  throw Error(ErrorCode::kValidation,
              cat("Digest is invalid length for algorithm ", to_text(request.signing_algorithm), "."));
}

// The scheme, once all is checked that needs no key.
crypto::SignatureScheme prepare(const Call& call, const SignRequest& request, std::string_view operation) {
  require_signing_algorithm(call.key.value(), request.signing_algorithm, operation);
  const auto scheme = scheme_of(request);
  require_digest_length(request, scheme);
  return scheme;
}

// What `act` answers to what the scheme takes of the message. Ed25519ph hashes what it is given, also a digest, as AWS
// does.
template <class Act>
auto with_input(crypto::SignatureScheme scheme, const SignRequest& request, const Act& act) {
  const ByteView message = request.message.reveal();
  if (!scheme.takes_digest() || request.message_type != MessageType::kRaw) return act(message);
  Bytes digest = crypto::digest(scheme.hash, message);
  auto result = act(ByteView(digest));
  wipe(digest);
  return result;
}

}  // namespace

SignResponse sign(Call& call, const SignRequest& request) {
  const auto scheme = prepare(call, request, "Sign");
  const auto signature = use_key<Bytes>(call, call.key.value(), "sign", [scheme, &request](const UsableKey& key) {
    return with_input(scheme, request, [&](ByteView input) { return key.signer()->sign(scheme, input); });
  });
  if (!signature) return {};
  return {call.key->arn(), *signature, request.signing_algorithm};
}

VerifyResponse verify(Call& call, const VerifyRequest& request) {
  const auto scheme = prepare(call, request, "Verify");
  const auto valid = use_key<bool>(call, call.key.value(), "verify", [scheme, &request](const UsableKey& key) {
    return with_input(scheme, request,
                      [&](ByteView input) { return key.signer()->verify(scheme, input, request.signature); });
  });
  if (!valid) return {};
  if (!*valid) throw Error(ErrorCode::kInvalidSignature);
  return {call.key->arn(), true, request.signing_algorithm};
}

}  // namespace kms
