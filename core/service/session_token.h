#pragma once
// The token of a role session: what AssumeRole found, under a MAC of the vault. It is no secret and opens nothing by
// itself: it counts only together with the credential of the principal that assumed the role. The format: base64 of
// version 1, the session as JSON, and HMAC-SHA-256 over both.
#include <optional>
#include <string>
#include <string_view>

#include "core/model/identity.h"
#include "core/service/store.h"

namespace kms {

std::string make_session_token(const Transaction& transaction, const RoleSession& session);
std::optional<RoleSession> read_session_token(const Transaction& transaction, std::string_view token);

}  // namespace kms
