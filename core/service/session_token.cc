#include "core/service/session_token.h"

#include "core/crypto/mac.h"
#include "core/service/stored_record.h"
#include "core/service/vault_records.h"

namespace kms {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMacSize = 32;

}  // namespace

std::string make_session_token(const Transaction& transaction, const RoleSession& session) {
  const std::string body = Json{
      {"role", session.role_arn},
      {"id", session.role_id},
      {"name", session.name},
      {"source", session.source},
      {"issued", milliseconds(session.issued)},
      {"expires", milliseconds(session.expires)},
      {"policy",
       session.policy}}.dump();
  Bytes token;
  ByteWriter(token).u8(kVersion).bytes(as_bytes(body));
  const Bytes mac = crypto::hmac_sha256(owned_key(transaction, OwnedKey::kSessionToken), token);
  ByteWriter(token).bytes(mac);
  return encode_base64(token);
}

std::optional<RoleSession> read_session_token(const Transaction& transaction, std::string_view token) {
  const auto bytes = decode_base64(token);
  if (!bytes || bytes->size() <= kMacSize + 1) return std::nullopt;
  const ByteView body = ByteView(*bytes).first(bytes->size() - kMacSize);
  const Bytes mac = crypto::hmac_sha256(owned_key(transaction, OwnedKey::kSessionToken), body);
  if (!equal_secrets(mac, ByteView(*bytes).last(kMacSize)) || body.front() != kVersion) return std::nullopt;
  const StoredRecord record(as_text(body.subspan(1)));
  return RoleSession{record.text("role"),   record.text("id"),      record.text("name"),  record.text("source"),
                     record.time("issued"), record.time("expires"), record.text("policy")};
}

}  // namespace kms
