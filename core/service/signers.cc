#include "core/service/signers.h"

#include <memory>
#include <utility>

#include "core/base/error.h"
#include "core/records/credentials.h"
#include "core/records/identities.h"
#include "core/service/session_token.h"

namespace kms {
namespace {

[[noreturn]] void refuse_signature() {
  throw Error(ErrorCode::kUnrecognizedClient, "The security token included in the request is invalid.");
}

Signer session_signer(const Transaction& transaction, std::string_view access_key_id, std::string_view token) {
  const auto session = read_session_token(transaction, token);
  if (!session) refuse_signature();
  auto credentials = session_credentials(transaction, token);
  if (credentials.access_key_id != access_key_id) refuse_signature();
  return {session->source, session->source_id, std::make_shared<const SecretBytes>(std::move(credentials.secret))};
}

}  // namespace

Signer find_signer(const Context& context, std::string_view access_key_id, std::string_view session_token) {
  if (!is_access_key_id(access_key_id)) refuse_signature();
  const auto transaction = context.store.begin(Access::kRead);
  if (!session_token.empty()) return session_signer(*transaction, access_key_id, session_token);
  const auto key = find_access_key(*transaction, access_key_id);
  auto secret = key ? access_key_secret(*transaction, key->id) : nullptr;
  if (!secret) refuse_signature();
  return {key->principal, key->principal_id, std::move(secret)};
}

std::string present_id_of(const Context& context, std::string_view principal) {
  return unique_id_of(*context.store.begin(Access::kRead), principal);
}

}  // namespace kms
