#pragma once
// The token of a role session: what AssumeRole found, under a MAC of the vault. It is no secret and opens nothing by
// itself: it counts only together with the credential of the principal that assumed the role, or with the secret that
// AssumeRole gave out beside it. The format: base64 of
// version 2, the session as JSON, and HMAC-SHA-256 over both.
#include <optional>
#include <string>
#include <string_view>

#include "core/base/secret_bytes.h"
#include "core/model/identity.h"
#include "core/store/store.h"

namespace kms {

std::string make_session_token(const Transaction& transaction, const RoleSession& session);
std::optional<RoleSession> read_session_token(const Transaction& transaction, std::string_view token);

// What signs the requests of a session on the loopback endpoint. Both follow from the token, so that nothing is kept.
struct SessionCredentials {
  std::string access_key_id;  // ASIA and 16 characters
  SecretBytes secret;         // the text that signs, 40 characters
};
SessionCredentials session_credentials(const Transaction& transaction, std::string_view token);

}  // namespace kms
