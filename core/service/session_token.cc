#include "core/service/session_token.h"

#include "core/base/encoding.h"
#include "core/crypto/kdf.h"
#include "core/crypto/mac.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"

namespace kms {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kMacSize = 32;

}  // namespace

std::string make_session_token(const Transaction& transaction, const RoleSession& session) {
  const std::string body = Json{
      {"role", session.role_arn},
      {"id", session.role_id},
      {"name", session.name},
      {"source", session.source},
      {"source_id", session.source_id},
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
  return RoleSession{record.text("role"),      record.text("id"),     record.text("name"),    record.text("source"),
                     record.text("source_id"), record.time("issued"), record.time("expires"), record.text("policy")};
}

SessionCredentials session_credentials(const Transaction& transaction, std::string_view token) {
  constexpr std::size_t kIdLength = 16;
  constexpr std::size_t kSecretLength = 40;
  const SecretBytes key = owned_key(transaction, OwnedKey::kSessionToken);
  const auto derive = [&](std::string_view label, std::size_t size) {
    const SecretBytes bound = crypto::hkdf(crypto::Hash::kSha256, key, as_bytes(token), as_bytes(label), kMacSize);
    return crypto::hkdf_expand(crypto::Hash::kSha512, bound, as_bytes(label), size);
  };
  SecretBytes secret = derive("kmsctl session secret", kSecretLength);
  make_base64_digits(secret.reveal());
  const SecretBytes id = derive("kmsctl session id", kIdLength);
  return {make_credential_id("ASIA", id.reveal()), std::move(secret)};
}

}  // namespace kms
