#include "core/records/grants.h"

#include "core/crypto/mac.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"

namespace kms {
namespace {

constexpr std::size_t kGrantIdBytes = 32;
constexpr std::size_t kTokenNonce = 16;
constexpr std::size_t kTokenMac = 32;
constexpr std::size_t kAccountDigits = 12;

std::string grants_of(const Key& key) {
  return cat(collection("grant", key.home), "/", key.id.str());
}

std::string granted_to(const Key& key, std::string_view grantee) {
  return cat(collection("granted", key.home), "/", key.id.str(), "/", grantee);
}

std::string retirable_by(const AccountRegion& home, std::string_view principal) {
  return cat(collection("retirable", home), "/", principal);
}

std::string grants_named(const Key& key, std::string_view name) {
  return cat(collection("grant-named", key.home), "/", key.id.str(), "/", name);
}

void put_count(Transaction& transaction, const Key& key, std::uint64_t count) {
  transaction.put(collection("grant-count", key.home), key.id.str(), Json{{"grants", count}}.dump());
}

std::string place_of_grant(const Key& key, const Grant& grant) {
  return cat(key.id.str(), ":", grant.id);
}

constexpr auto kMembers = std::to_array<std::string_view>(
    {"id", "name", "created", "grantee", "grantee_service", "retiring", "retiring_service", "issuer", "grantee_id",
     "retiring_id", "operations", "subset", "equals", "source_arn"});

Grant decode_grant(const KeyId& key, std::string_view stored) {
  const StoredRecord record(stored);
  Grant grant{
      key,
      record.text("id"),
      record.text_or_empty("name"),
      record.time("created"),
      record.text_or_empty("grantee"),
      record.text_or_empty("grantee_service"),
      record.text_or_empty("retiring"),
      record.text_or_empty("retiring_service"),
      record.text("issuer"),
      {},
      {record.texts("subset"), record.texts("equals"), record.text_or_empty("source_arn"), !record.has_only(kMembers)}};
  grant.grantee_id = record.text_or_empty("grantee_id");
  grant.retiring_id = record.text_or_empty("retiring_id");
  for (const std::string& name : record.list("operations")) {
    grant.operations.push_back(StoredRecord::present(from_text<GrantOperation>(name)));
  }
  return grant;
}

}  // namespace

std::optional<Grant> find_grant(const Transaction& transaction, const Key& key, std::string_view id) {
  const auto stored = transaction.get(grants_of(key), id);
  if (!stored) return std::nullopt;
  return decode_grant(key.id, *stored);
}

void put_grant(Transaction& transaction, const Key& key, const Grant& grant) {
  Json operations = Json::array();
  for (const GrantOperation operation : grant.operations) operations.push_back(to_text(operation));
  const Json record{{"id", grant.id},
                    {"name", grant.name},
                    {"created", milliseconds(grant.creation_date)},
                    {"grantee", grant.grantee_principal},
                    {"grantee_service", grant.grantee_service_principal},
                    {"retiring", grant.retiring_principal},
                    {"retiring_service", grant.retiring_service_principal},
                    {"issuer", grant.issuing_account},
                    {"grantee_id", grant.grantee_id},
                    {"retiring_id", grant.retiring_id},
                    {"operations", std::move(operations)},
                    {"subset", grant.constraints.encryption_context_subset},
                    {"equals", grant.constraints.encryption_context_equals},
                    {"source_arn", grant.constraints.source_arn}};
  const bool is_new = !transaction.get(grants_of(key), grant.id);
  transaction.put(grants_of(key), grant.id, record.dump());
  if (is_new) put_count(transaction, key, count_grants(transaction, key) + 1);
  if (!grant.name.empty()) transaction.put(grants_named(key, grant.name), grant.id, "");
  transaction.put(granted_to(key, grant.grantee()), grant.id, "");
  if (!grant.retiring().empty()) {
    transaction.put(retirable_by(key.home, grant.retiring()), place_of_grant(key, grant), grant.id);
  }
}

void erase_grant(Transaction& transaction, const Key& key, const Grant& grant) {
  if (!transaction.get(grants_of(key), grant.id)) return;
  transaction.erase(grants_of(key), grant.id);
  put_count(transaction, key, count_grants(transaction, key) - 1);
  if (!grant.name.empty()) transaction.erase(grants_named(key, grant.name), grant.id);
  transaction.erase(granted_to(key, grant.grantee()), grant.id);
  if (!grant.retiring().empty())
    transaction.erase(retirable_by(key.home, grant.retiring()), place_of_grant(key, grant));
}

void erase_grants(Transaction& transaction, const Key& key) {
  std::vector<Grant> grants;
  scan_grants(transaction, key, "", [&](const Grant& grant) {
    grants.push_back(grant);
    return true;
  });
  for (const Grant& grant : grants) erase_grant(transaction, key, grant);
  transaction.erase(collection("grant-count", key.home), key.id.str());
}

std::uint64_t count_grants(const Transaction& transaction, const Key& key) {
  const auto stored = transaction.get(collection("grant-count", key.home), key.id.str());
  return stored ? static_cast<std::uint64_t>(StoredRecord(*stored).number("grants")) : 0;
}

void index_grants(Transaction& transaction, const Key& key) {
  std::vector<std::pair<std::string, std::string>> names;  // written only after the scan
  scan_grants(transaction, key, "", [&](const Grant& grant) {
    names.emplace_back(grant.name, grant.id);
    return true;
  });
  if (names.empty()) return;
  put_count(transaction, key, names.size());
  for (const auto& [name, id] : names) {
    if (!name.empty()) transaction.put(grants_named(key, name), id, "");
  }
}

std::vector<Grant> find_grants_named(const Transaction& transaction, const Key& key, std::string_view name) {
  std::vector<Grant> grants;
  transaction.scan(grants_named(key, name), "", [&](std::string_view id, std::string_view) {
    grants.push_back(StoredRecord::present(find_grant(transaction, key, id)));
    return true;
  });
  return grants;
}

void scan_grants(const Transaction& transaction, const Key& key, std::string_view after,
                 const std::function<bool(const Grant&)>& visit) {
  transaction.scan(grants_of(key), after,
                   [&](std::string_view, std::string_view stored) { return visit(decode_grant(key.id, stored)); });
}

void scan_grants_of(const Transaction& transaction, const Key& key, std::string_view grantee, std::string_view after,
                    const std::function<bool(const Grant&)>& visit) {
  transaction.scan(granted_to(key, grantee), after, [&](std::string_view id, std::string_view) {
    return visit(StoredRecord::present(find_grant(transaction, key, id)));
  });
}

std::vector<Grant> find_grants_of(const Transaction& transaction, const Key& key, std::string_view grantee) {
  std::vector<Grant> grants;
  scan_grants_of(transaction, key, grantee, "", [&](const Grant& grant) {
    grants.push_back(grant);
    return true;
  });
  return grants;
}

void scan_retirable(const Transaction& transaction, const AccountRegion& home, std::string_view principal,
                    std::string_view after,
                    const std::function<bool(std::string_view place, const KeyId&, std::string_view grant)>& visit) {
  transaction.scan(retirable_by(home, principal), after, [&](std::string_view place, std::string_view grant) {
    const KeyId key = StoredRecord::present(KeyId::parse(place.substr(0, place.find(':'))));
    return visit(place, key, grant);
  });
}

std::string make_grant_token(const Transaction& transaction, const Key& key, const Grant& grant, Random& random) {
  Bytes token;
  ByteWriter(token)
      .u8(1)
      .text(key.home.account)
      .bytes(key.id.raw())
      .u8(key.multi_region() ? 1 : 0)
      .bytes(StoredRecord::present(decode_hex(grant.id)))
      .bytes(random.bytes(kTokenNonce));
  const Bytes mac = crypto::hmac_sha256(owned_key(transaction, OwnedKey::kGrantToken), token);
  ByteWriter(token).bytes(mac);
  return encode_base64(token);
}

std::optional<GrantName> read_grant_token(const Transaction& transaction, std::string_view token) {
  constexpr std::size_t kSize = 1 + kAccountDigits + sizeof(KeyId::Raw) + 1 + kGrantIdBytes + kTokenNonce + kTokenMac;
  const auto bytes = decode_base64(token);
  if (!bytes || bytes->size() != kSize) return std::nullopt;
  const ByteView body = ByteView(*bytes).first(kSize - kTokenMac);
  const Bytes mac = crypto::hmac_sha256(owned_key(transaction, OwnedKey::kGrantToken), body);
  if (!equal_secrets(mac, ByteView(*bytes).last(kTokenMac))) return std::nullopt;
  ByteReader in(body, ErrorCode::kInvalidGrantToken, "The grant token is not valid.");
  if (in.u8() != 1) return std::nullopt;
  std::string account(as_text(in.take(kAccountDigits)));
  KeyId::Raw raw{};
  const ByteView id = in.take(raw.size());
  std::copy(id.begin(), id.end(), raw.begin());
  const bool multi_region = in.u8() == 1;
  return GrantName{std::move(account), KeyId::from_raw(raw, multi_region), encode_hex(in.take(kGrantIdBytes))};
}

}  // namespace kms
