#include "core/records/keys.h"

#include <algorithm>

#include "core/base/json_text.h"
#include "core/records/due.h"
#include "core/records/due_sight.h"
#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kCounts = "key-count";
constexpr Memo<KeyCounts> kCount{"number of keys"};
constexpr Memo<Key> kKey{"key"};
constexpr Memo<SecretBytes> kMaterial{"material"};
constexpr Memo<Alias> kAlias{"alias"};
constexpr Memo<std::vector<std::string>> kAliasesOfKey{"aliases of a key"};

std::string material_collection(const Key& key) {
  return cat(collection("material", key.home), "/", key.id.str());
}

std::string aliases_by_key(const AccountRegion& home, const KeyId& id) {
  return cat(collection("alias-of", home), "/", id.str());
}

Alias decode_alias(const AccountRegion& home, std::string_view stored) {
  const StoredRecord record(stored);
  return {home, record.text("name"), StoredRecord::present(KeyId::parse(record.text("target"))), record.time("created"),
          record.time("updated")};
}

BackingKey decode_material(const StoredRecord& record) {
  BackingKey material{record.text("id"), record.name_of<MaterialState>("state", MaterialState::kCurrent)};
  material.rotation_date = record.optional_time("rotated");
  if (record.has("rotation")) material.rotation_type = record.name_of<RotationType>("rotation");
  material.present = record.flag("present", true);
  material.valid_to = record.optional_time("valid_to");
  if (record.has("expired")) {
    const StoredRecord expired = record.record("expired");
    material.expired =
        Expiry{expired.time("valid_to"), expired.flag("was_disabled", false), decode_sight(expired.record("sight"))};
  }
  material.description = record.text_or_empty("description");
  return material;
}

// What has its usual value is left out: keys are read in every call.
Json encode_material(const BackingKey& material) {
  Json record{{"id", material.id}};
  if (material.state != MaterialState::kCurrent) record["state"] = to_text(material.state);
  if (material.rotation_date) record["rotated"] = milliseconds(*material.rotation_date);
  if (material.rotation_type) record["rotation"] = to_text(*material.rotation_type);
  if (!material.present) record["present"] = false;
  if (material.valid_to) record["valid_to"] = milliseconds(*material.valid_to);
  if (material.expired) {
    Json& expired = record["expired"];
    expired = {{"valid_to", milliseconds(material.expired->valid_to)},
               {"sight", encode_sight(material.expired->sight)}};
    if (material.expired->was_disabled) expired["was_disabled"] = true;
  }
  if (!material.description.empty()) record["description"] = material.description;
  return record;
}

void decode_lifecycle(const StoredRecord& record, Key& key) {
  if (record.has("period")) {
    key.rotation.enabled = record.flag("rotates", false);
    key.rotation.period_days = record.small_number("period", Rotation::kDefaultPeriod);
    key.rotation.next = record.time("next_rotation");
  }
  key.rotation.on_demand_count = record.small_number("on_demand", 0);
  key.deletion_window_days = record.small_number("window", 0);
  key.deletion_date = record.optional_time("deletion");
  if (record.has("due_sight")) key.due_sight = decode_sight(record.record("due_sight"));
}

void encode_lifecycle(const Key& key, Json& record) {
  if (key.rotation.enabled) {
    record["rotates"] = true;
    record["period"] = key.rotation.period_days;
    record["next_rotation"] = milliseconds(key.rotation.next);
  }
  if (key.rotation.on_demand_count != 0) record["on_demand"] = key.rotation.on_demand_count;
  if (key.deletion_window_days != 0) record["window"] = key.deletion_window_days;
  if (key.deletion_date) record["deletion"] = milliseconds(*key.deletion_date);
  if (key.due_sight) record["due_sight"] = encode_sight(*key.due_sight);
}

Key decode_key(const AccountRegion& home, std::string_view id, std::string_view stored) {
  const StoredRecord record(stored);
  Key key{home, StoredRecord::present(KeyId::parse(id))};
  key.spec = record.name_of<KeySpec>("spec");
  key.usage = record.name_of<KeyUsage>("usage");
  key.state = record.name_of<KeyState>("state");
  key.origin = record.name_of<Origin>("origin", Origin::kAwsKms);
  key.manager = record.name_of<KeyManager>("manager", KeyManager::kCustomer);
  key.description = record.text_or_empty("description");
  key.creation_date = record.time("created");
  for (const StoredRecord& material : record.records("materials")) key.materials.push_back(decode_material(material));
  key.public_key = record.blob("public");
  key.tags = record.texts("tags");
  key.custom_key_store_id = record.text_or_empty("key_store");
  key.service = record.text_or_empty("service");
  key.primary_region = record.text_or_empty("primary");
  key.regions = record.list("regions");
  if (record.has("sequence")) key.sequence = static_cast<std::uint64_t>(record.number("sequence"));
  decode_lifecycle(record, key);
  return key;
}

std::string count_of(const AccountRegion& home) {
  return cat(home.account, "/", home.region);
}

std::string keys_in_store(const AccountRegion& home, std::string_view key_store) {
  return cat(collection("key-of-store", home), "/", key_store);
}

void put_counts(Transaction& transaction, const AccountRegion& home, const KeyCounts& counts) {
  transaction.put(kCounts, count_of(home), Json{{"keys", counts.all}, {"pending", counts.pending_deletion}}.dump());
}

bool is_pending(const Key* key) {
  return key != nullptr && kPendingDeletionOnly.contains(key->state);
}

void count(Transaction& transaction, const Key* before, const Key* after) {
  const AccountRegion& home = after != nullptr ? after->home : before->home;
  const KeyCounts found = count_keys(transaction, home);
  KeyCounts counts = found;
  if (before != nullptr) --counts.all;
  if (after != nullptr) ++counts.all;
  if (is_pending(before)) --counts.pending_deletion;
  if (is_pending(after)) ++counts.pending_deletion;
  if (counts != found) put_counts(transaction, home, counts);
}

// What is found otherwise than by the name of a key.
void index(Transaction& transaction, const Key* before, const Key* after) {
  index_due(transaction, before, after);
  count(transaction, before, after);
  if ((before == nullptr) == (after == nullptr)) return;  // what follows stays for the life of a key
  const Key& key = after != nullptr ? *after : *before;
  if (key.custom_key_store_id.empty()) return;
  if (after != nullptr) transaction.put(keys_in_store(key.home, key.custom_key_store_id), key.id.str(), "");
  if (after == nullptr) transaction.erase(keys_in_store(key.home, key.custom_key_store_id), key.id.str());
}

}  // namespace

std::optional<Key> find_key(const Transaction& transaction, const AccountRegion& home, const KeyId& id) {
  return copy_of(transaction.remembered(kKey, {home.account, home.region, id.str()}, [&]() -> std::optional<Key> {
    const auto stored = transaction.get(collection("key", home), id.str());
    if (!stored) return std::nullopt;
    return decode_key(home, id.str(), *stored);
  }));
}

std::optional<Key> find_key(const Transaction& transaction, const AccountRegion& home, const KeyId& id, Time now) {
  auto key = find_key(transaction, home, id);
  if (key && key->is_gone(now)) return std::nullopt;
  return key;
}

KeyCounts count_keys(const Transaction& transaction, const AccountRegion& home) {
  return *transaction.remembered(kCount, {home.account, home.region}, [&]() -> KeyCounts {
    const auto stored = transaction.get(kCounts, count_of(home));
    if (!stored) return {};
    const StoredRecord record(*stored);
    const auto number = [&](std::string_view name) { return static_cast<std::uint64_t>(record.number(name)); };
    return {number("keys"), record.has("pending") ? number("pending") : 0};
  });
}

void forget_counts(Transaction& transaction, const AccountRegion& home) {
  transaction.erase(kCounts, count_of(home));
}

bool has_keys_in_store(const Transaction& transaction, const AccountRegion& home, std::string_view key_store) {
  bool any = false;
  transaction.scan(keys_in_store(home, key_store), "",
                   [&](std::string_view, std::string_view) { return !(any = true); });
  return any;
}

void index_key(Transaction& transaction, const Key& key) {
  index(transaction, nullptr, &key);
}

void put_key(Transaction& transaction, const Key& key) {
  Json record{{"spec", to_text(key.spec)},
              {"usage", to_text(key.usage)},
              {"state", to_text(key.state)},
              {"created", milliseconds(key.creation_date)}};
  if (key.origin != Origin::kAwsKms) record["origin"] = to_text(key.origin);
  if (key.manager != KeyManager::kCustomer) record["manager"] = to_text(key.manager);
  if (!key.description.empty()) record["description"] = key.description;
  for (const BackingKey& material : key.materials) record["materials"].push_back(encode_material(material));
  if (!key.public_key.empty()) record["public"] = encode_base64(key.public_key);
  if (!key.tags.empty()) record["tags"] = key.tags;
  if (!key.custom_key_store_id.empty()) record["key_store"] = key.custom_key_store_id;
  if (!key.service.empty()) record["service"] = key.service;
  if (key.multi_region()) {
    record["primary"] = key.primary_region;
    record["regions"] = key.regions;
    if (key.sequence != 0) record["sequence"] = key.sequence;
  }
  encode_lifecycle(key, record);
  const auto before = find_key(transaction, key.home, key.id);
  index(transaction, before ? &*before : nullptr, &key);
  transaction.put(collection("key", key.home), key.id.str(), record.dump());
}

void erase_key(Transaction& transaction, const Key& key) {
  for (const std::string& id : stored_material(transaction, key)) {
    transaction.destroy(material_collection(key), id);
  }
  if (const auto before = find_key(transaction, key.home, key.id)) index(transaction, &*before, nullptr);
  for (const char* table : {"key", "policy", "usage"}) transaction.erase(collection(table, key.home), key.id.str());
}

void scan_keys(const Transaction& transaction, const AccountRegion& home, std::string_view after,
               const std::function<bool(const Key&)>& visit) {
  transaction.scan(collection("key", home), after,
                   [&](std::string_view id, std::string_view stored) { return visit(decode_key(home, id, stored)); });
}

BackingKeyId backing_key_id(std::string_view material_id) {
  BackingKeyId id{};
  const auto bytes = decode_hex(material_id.substr(0, 2 * id.size()));
  StoredRecord::require(bytes && bytes->size() == id.size());
  std::copy_n(bytes->begin(), id.size(), id.begin());
  return id;
}

void put_material(Transaction& transaction, const Key& key, std::string_view material_id, const SecretBytes& material) {
  transaction.put_secret(material_collection(key), encode_hex(backing_key_id(material_id)), material);
}

void erase_material(Transaction& transaction, const Key& key, std::string_view material_id) {
  transaction.destroy(material_collection(key), encode_hex(backing_key_id(material_id)));
}

std::optional<SecretBytes> find_material(const Transaction& transaction, const Key& key, const BackingKeyId& id) {
  return transaction.get_secret(material_collection(key), encode_hex(id));
}

std::vector<std::string> stored_material(const Transaction& transaction, const Key& key) {
  std::vector<std::string> ids;
  transaction.scan_secrets(material_collection(key), [&](std::string_view id) { ids.emplace_back(id); });
  return ids;
}

SharedSecret shared_material(const Transaction& transaction, const Key& key, const BackingKeyId& id) {
  return transaction.remembered(kMaterial, {material_collection(key), as_text(id)},
                                [&] { return find_material(transaction, key, id); });
}

std::optional<Alias> find_alias(const Transaction& transaction, const AccountRegion& home, std::string_view name) {
  return copy_of(transaction.remembered(kAlias, {home.account, home.region, name}, [&]() -> std::optional<Alias> {
    const auto stored = transaction.get(collection("alias", home), name);
    if (!stored) return std::nullopt;
    return decode_alias(home, *stored);
  }));
}

std::optional<Alias> find_alias(const Transaction& transaction, const AccountRegion& home, std::string_view name,
                                Time now) {
  auto alias = find_alias(transaction, home, name);
  if (alias && !find_key(transaction, home, alias->target, now)) return std::nullopt;
  return alias;
}

void put_alias(Transaction& transaction, const Alias& alias) {
  const Json record{{"name", alias.name},
                    {"target", alias.target.str()},
                    {"created", milliseconds(alias.creation_date)},
                    {"updated", milliseconds(alias.last_updated_date)}};
  erase_alias(transaction, alias.home, alias.name);  // it may have had another key
  transaction.put(collection("alias", alias.home), alias.name, record.dump());
  transaction.put(aliases_by_key(alias.home, alias.target), alias.name, "");
}

void erase_alias(Transaction& transaction, const AccountRegion& home, std::string_view name) {
  const auto alias = find_alias(transaction, home, name);
  if (!alias) return;
  transaction.erase(aliases_by_key(home, alias->target), name);
  transaction.erase(collection("alias", home), name);
}

std::vector<std::string> aliases_of(const Transaction& transaction, const Key& key) {
  const std::string collection = aliases_by_key(key.home, key.id);
  return *transaction.remembered(kAliasesOfKey, {collection}, [&] {
    std::vector<std::string> names;
    transaction.scan(collection, "", [&](std::string_view name, std::string_view) {
      names.emplace_back(name);
      return true;
    });
    std::sort(names.begin(), names.end());
    return names;
  });
}

void scan_aliases(const Transaction& transaction, const AccountRegion& home, std::string_view after,
                  const std::function<bool(const Alias&)>& visit) {
  transaction.scan(collection("alias", home), after,
                   [&](std::string_view, std::string_view stored) { return visit(decode_alias(home, stored)); });
}

void scan_aliases(const Transaction& transaction, const Key& key, std::string_view after,
                  const std::function<bool(const Alias&)>& visit) {
  transaction.scan(aliases_by_key(key.home, key.id), after, [&](std::string_view name, std::string_view) {
    return visit(StoredRecord::present(find_alias(transaction, key.home, name)));
  });
}

std::optional<StoredPolicy> find_policy(const Transaction& transaction, const Key& key) {
  const auto stored = transaction.get(collection("policy", key.home), key.id.str());
  if (!stored) return std::nullopt;
  const StoredRecord record(*stored);
  return StoredPolicy{record.text("document"), record.texts("principals")};
}

void put_policy(Transaction& transaction, const Key& key, const StoredPolicy& policy) {
  const Json record{{"document", policy.document}, {"principals", policy.principals}};
  transaction.put(collection("policy", key.home), key.id.str(), record.dump());
}

std::optional<KeyUse> find_use(const Transaction& transaction, const Key& key) {
  const auto stored = transaction.get(collection("usage", key.home), key.id.str());
  if (!stored) return std::nullopt;
  const StoredRecord record(*stored);
  return KeyUse{record.text("operation"), record.time("when"), record.text("event"), record.text("request")};
}

SideRecord use_record(const Key& key, const KeyUse& use) {
  std::string record;
  JsonObjectWriter(record)
      .text("operation", use.operation)
      .json("when", milliseconds(use.when))
      .text("event", use.event_id)
      .text("request", use.request_id)
      .end();
  return {collection("usage", key.home), key.id.str(), std::move(record)};
}

}  // namespace kms
