#include "core/ops/kms/sign.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/crypto/key_pair.h"
#include "core/records/keys.h"

namespace kms {
namespace {

using crypto::SignatureKind;

void require_algorithm(const Key& key, SigningAlgorithm algorithm, std::string_view operation) {
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

void require_length(const SignRequest& request, crypto::SignatureScheme scheme) {
  constexpr std::size_t kMuSize = 64;
  const bool is_mu = request.message_type == MessageType::kExternalMu;
  if (request.message_type == MessageType::kRaw) return;
  if (request.message.size() == (is_mu ? kMuSize : crypto::digest_size(scheme.hash))) return;
  throw Error(ErrorCode::kValidation,
              cat("Digest is invalid length for algorithm ", to_text(request.signing_algorithm), "."));
}

struct Prepared {
  crypto::SignatureScheme scheme;
  std::shared_ptr<const crypto::KeyPair> pair;
  Bytes input;  // what the scheme takes
};

// Ed25519ph hashes what it is given, also a digest, as AWS does.
Prepared prepare(Call& call, const SignRequest& request, std::string_view operation) {
  const Key& key = call.key.value();
  require_algorithm(key, request.signing_algorithm, operation);
  const auto scheme = scheme_of(request);
  require_length(request, scheme);
  const ByteView message = request.message.reveal();
  const bool hash_now = scheme.takes_digest() && request.message_type == MessageType::kRaw;
  return {scheme, key_pair(call.transaction, key), hash_now ? crypto::digest(scheme.hash, message) : to_bytes(message)};
}

}  // namespace

Json sign(Call& call, const SignRequest& request) {
  Prepared prepared = prepare(call, request, "Sign");
  const Bytes signature = prepared.pair->sign(prepared.scheme, prepared.input);
  wipe(prepared.input);
  Json answer;  // member by member: a list of pairs makes an array of each first
  answer["KeyId"] = call.key.value().arn();
  answer["Signature"] = blob(signature);
  answer["SigningAlgorithm"] = to_text(request.signing_algorithm);
  return answer;
}

Json verify(Call& call, const VerifyRequest& request) {
  Prepared prepared = prepare(call, request, "Verify");
  const bool valid = prepared.pair->verify(prepared.scheme, prepared.input, request.signature);
  wipe(prepared.input);
  if (!valid) throw Error(ErrorCode::kInvalidSignature);
  return {{"KeyId", call.key.value().arn()},
          {"SignatureValid", true},
          {"SigningAlgorithm", to_text(request.signing_algorithm)}};
}

}  // namespace kms
