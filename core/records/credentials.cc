#include "core/records/credentials.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/model/principal.h"
#include "core/records/identities.h"
#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kKeys = "access key";
constexpr std::string_view kSecrets = "access key secret";
constexpr std::string_view kUids = "uid";
constexpr Memo<AccessKey> kAccessKey{"access key"};
constexpr Memo<SecretBytes> kAccessKeySecret{"secret of an access key"};
constexpr Memo<UidMapping> kUidMapping{"uid"};
constexpr std::size_t kIdLength = 16;
constexpr std::size_t kSecretLength = 40;

AccessKey decode_access_key(std::string_view stored) {
  const StoredRecord record(stored);
  return {record.text("id"), record.text("principal"), record.text_or_empty("principal_id"), record.time("created")};
}

UidMapping decode_mapping(std::string_view uid, std::string_view stored) {
  const StoredRecord record(stored);
  return {static_cast<std::uint32_t>(std::stoul(std::string(uid))), record.text("principal"),
          record.text("principal_id")};
}

}  // namespace

bool is_access_key_id(std::string_view text) {
  const bool prefix = text.starts_with("AKIA") || text.starts_with("ASIA");
  return prefix && text.size() == kIdLength + 4 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::optional<AccessKey> find_access_key(const Transaction& transaction, std::string_view id) {
  if (!is_access_key_id(id)) return std::nullopt;
  return copy_of(transaction.remembered(kAccessKey, {id}, [&]() -> std::optional<AccessKey> {
    const auto stored = transaction.get(kKeys, id);
    if (!stored) return std::nullopt;
    return decode_access_key(*stored);
  }));
}

SharedSecret access_key_secret(const Transaction& transaction, std::string_view id) {
  if (!is_access_key_id(id)) return nullptr;
  return transaction.remembered(kAccessKeySecret, {id}, [&] { return transaction.get_secret(kSecrets, id); });
}

AccessKey create_access_key(Transaction& transaction, std::string_view principal, Random& random, Time now) {
  AccessKey key{make_credential_id("AKIA", random.bytes(kIdLength)), std::string(principal),
                unique_id_of(transaction, principal), now};
  SecretBytes text = random.secret(kSecretLength);
  make_base64_digits(text.reveal());
  transaction.put(kKeys, key.id,
                  Json{{"id", key.id},
                       {"principal", key.principal},
                       {"principal_id", key.principal_id},
                       {"created", milliseconds(key.creation_date)}}
                      .dump());
  transaction.put_secret(kSecrets, key.id, text);
  return key;
}

void erase_access_key(Transaction& transaction, const AccessKey& key) {
  transaction.erase(kKeys, key.id);
  transaction.erase(kSecrets, key.id);
}

std::vector<AccessKey> list_access_keys(const Transaction& transaction) {
  std::vector<AccessKey> keys;
  transaction.scan(kKeys, "", [&](std::string_view, std::string_view stored) {
    keys.push_back(decode_access_key(stored));
    return true;
  });
  return keys;
}

std::optional<UidMapping> find_uid_mapping(const Transaction& transaction, std::uint32_t uid) {
  const std::string item = std::to_string(uid);
  return copy_of(transaction.remembered(kUidMapping, {item}, [&]() -> std::optional<UidMapping> {
    const auto stored = transaction.get(kUids, item);
    if (!stored) return std::nullopt;
    return decode_mapping(item, *stored);
  }));
}

void put_uid_mapping(Transaction& transaction, const UidMapping& mapping) {
  transaction.put(kUids, std::to_string(mapping.uid),
                  Json{{"principal", mapping.principal}, {"principal_id", mapping.principal_id}}.dump());
}

void erase_uid_mapping(Transaction& transaction, std::uint32_t uid) {
  transaction.erase(kUids, std::to_string(uid));
}

std::vector<UidMapping> list_uid_mappings(const Transaction& transaction) {
  std::vector<UidMapping> mappings;
  transaction.scan(kUids, "", [&](std::string_view uid, std::string_view stored) {
    mappings.push_back(decode_mapping(uid, stored));
    return true;
  });
  std::sort(mappings.begin(), mappings.end(), [](const auto& a, const auto& b) { return a.uid < b.uid; });
  return mappings;
}

}  // namespace kms
