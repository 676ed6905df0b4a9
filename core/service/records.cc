#include "core/service/records.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/text.h"

namespace kms {
namespace {

std::string collection(std::string_view table, const AccountRegion& home) {
  return cat(table, "/", home.account, "/", home.region);
}

std::string material_collection(const Key& key) {
  return cat(collection("material", key.home), "/", key.id.str());
}

std::int64_t milliseconds(Time time) {
  return time.time_since_epoch().count();
}

// Reads the members of one stored record.
class Record {
 public:
  explicit Record(std::string_view stored) : json_(Json::parse(stored, nullptr, /*allow_exceptions=*/false)) {
    require(json_.is_object());
  }
  std::string text(std::string_view name) const {
    require(json_.contains(name) && json_[name].is_string());
    return json_[name].get<std::string>();
  }
  Time time(std::string_view name) const {
    require(json_.contains(name) && json_[name].is_number_integer());
    return Time(std::chrono::milliseconds(json_[name].get<std::int64_t>()));
  }
  KeyId key_id(std::string_view name) const { return present(KeyId::parse(text(name))); }
  template <NamedEnum E>
  E name_of(std::string_view name) const {
    return present(from_text<E>(text(name)));
  }
  Bytes blob(std::string_view name) const {
    const std::string encoded = text(name);
    return encoded.empty() ? Bytes() : present(decode_base64(encoded));
  }
  std::map<std::string, std::string> texts(std::string_view name) const {
    require(json_.contains(name) && json_[name].is_object());
    std::map<std::string, std::string> out;
    for (const auto& [key, value] : json_[name].items()) {
      require(value.is_string());
      out[key] = value.get<std::string>();
    }
    return out;
  }

 private:
  static void require(bool intact) {
    if (!intact) throw Error(ErrorCode::kVaultDamaged, "a stored record cannot be read");
  }
  template <class T>
  static T present(std::optional<T> value) {
    require(value.has_value());
    return *std::move(value);
  }
  Json json_;
};

Alias decode_alias(const AccountRegion& home, std::string_view stored) {
  const Record record(stored);
  return {home, record.text("name"), record.key_id("target"), record.time("created"), record.time("updated")};
}

Key decode_key(const AccountRegion& home, std::string_view id, std::string_view stored) {
  const Record record(stored);
  const auto parsed = KeyId::parse(id);
  if (!parsed) throw Error(ErrorCode::kVaultDamaged, "a stored record cannot be read");
  return {home,
          *parsed,
          record.name_of<KeySpec>("spec"),
          record.name_of<KeyUsage>("usage"),
          record.name_of<KeyState>("state"),
          record.text("description"),
          record.time("created"),
          record.text("material"),
          record.blob("public"),
          record.texts("tags")};
}

}  // namespace

std::optional<Key> find_key(const Transaction& transaction, const AccountRegion& home, const KeyId& id) {
  const auto stored = transaction.get(collection("key", home), id.str());
  if (!stored) return std::nullopt;
  return decode_key(home, id.str(), *stored);
}

void put_key(Transaction& transaction, const Key& key) {
  const Json record{{"spec", to_text(key.spec)},
                    {"usage", to_text(key.usage)},
                    {"state", to_text(key.state)},
                    {"description", key.description},
                    {"created", milliseconds(key.creation_date)},
                    {"material", key.material_id},
                    {"public", encode_base64(key.public_key)},
                    {"tags", key.tags}};
  transaction.put(collection("key", key.home), key.id.str(), record.dump());
}

void scan_keys(const Transaction& transaction, const AccountRegion& home, std::string_view after,
               const std::function<bool(const Key&)>& visit) {
  transaction.scan(collection("key", home), after,
                   [&](std::string_view id, std::string_view stored) { return visit(decode_key(home, id, stored)); });
}

BackingKeyId backing_key_id(std::string_view material_id) {
  const auto bytes = decode_hex(material_id);
  BackingKeyId id{};
  if (!bytes || bytes->size() < id.size()) throw Error(ErrorCode::kVaultDamaged, "a stored record cannot be read");
  std::copy_n(bytes->begin(), id.size(), id.begin());
  return id;
}

void put_material(Transaction& transaction, const Key& key, const SecretBytes& material) {
  transaction.put_secret(material_collection(key), encode_hex(backing_key_id(key.material_id)), material);
}

std::optional<SecretBytes> find_material(const Transaction& transaction, const Key& key, const BackingKeyId& id) {
  return transaction.get_secret(material_collection(key), encode_hex(id));
}

SecretBytes current_material(const Transaction& transaction, const Key& key) {
  auto material = find_material(transaction, key, backing_key_id(key.material_id));
  if (!material) throw Error(ErrorCode::kVaultDamaged, cat("the key material of ", key.arn(), " is missing"));
  return *std::move(material);
}

std::optional<Alias> find_alias(const Transaction& transaction, const AccountRegion& home, std::string_view name) {
  const auto stored = transaction.get(collection("alias", home), name);
  if (!stored) return std::nullopt;
  return decode_alias(home, *stored);
}

void put_alias(Transaction& transaction, const Alias& alias) {
  const Json record{{"name", alias.name},
                    {"target", alias.target.str()},
                    {"created", milliseconds(alias.creation_date)},
                    {"updated", milliseconds(alias.last_updated_date)}};
  transaction.put(collection("alias", alias.home), alias.name, record.dump());
}

void erase_alias(Transaction& transaction, const AccountRegion& home, std::string_view name) {
  transaction.erase(collection("alias", home), name);
}

void scan_aliases(const Transaction& transaction, const AccountRegion& home, std::string_view after,
                  const std::function<bool(const Alias&)>& visit) {
  transaction.scan(collection("alias", home), after,
                   [&](std::string_view, std::string_view stored) { return visit(decode_alias(home, stored)); });
}

void put_home(Transaction& transaction, const AccountRegion& home) {
  transaction.put("vault", "home", Json{{"account", home.account}, {"region", home.region}}.dump());
}

AccountRegion find_home(const Transaction& transaction) {
  const auto stored = transaction.get("vault", "home");
  if (!stored) throw Error(ErrorCode::kVaultDamaged, "the record of the account is missing");
  const Record record(*stored);
  return {record.text("account"), record.text("region")};
}

}  // namespace kms
