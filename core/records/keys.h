#pragma once
// Keys, their material, aliases and policies as records of the store. A record that cannot be read is reported as
// damage, never skipped.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/secret_bytes.h"
#include "core/model/alias.h"
#include "core/model/key.h"
#include "core/store/store.h"

namespace kms {

// The record of a key, also of one that is gone; and the key, unless it is gone at `now` (Key::is_gone). What a name
// leads to is the second.
std::optional<Key> find_key(const Transaction& transaction, const AccountRegion& home, const KeyId& id);
std::optional<Key> find_key(const Transaction& transaction, const AccountRegion& home, const KeyId& id, Time now);
// Keeps the indexes of keys: when they fall due, how many there are, what stands in a key store.
void put_key(Transaction& transaction, const Key& key);
// Writes the indexes of a key that versions before have put without them.
void index_key(Transaction& transaction, const Key& key);
// The key, its policy, what is known of its use, and all material that is stored of it, whether the key lists it or
// not: its material for good.
void erase_key(Transaction& transaction, const Key& key);
// Records of keys: those that are gone count until they are destroyed.
struct KeyCounts {
  std::uint64_t all = 0;
  std::uint64_t pending_deletion = 0;  // replicas and primaries that wait for theirs are among them
  bool operator==(const KeyCounts&) const = default;
};
KeyCounts count_keys(const Transaction& transaction, const AccountRegion& home);
// For who counts all of them anew, by index_key().
void forget_counts(Transaction& transaction, const AccountRegion& home);
// Those that are gone count as well: a key store is needed until their material in it is destroyed.
bool has_keys_in_store(const Transaction& transaction, const AccountRegion& home, std::string_view key_store);
// In the order of the store, from the first one after `after`, while `visit` returns true.
void scan_keys(const Transaction& transaction, const AccountRegion& home, std::string_view after,
               const std::function<bool(const Key&)>& visit);

// The first 16 bytes of a material id name a backing key inside ciphertext; it is stored under them.
using BackingKeyId = std::array<std::uint8_t, 16>;
BackingKeyId backing_key_id(std::string_view material_id);
void put_material(Transaction& transaction, const Key& key, std::string_view material_id, const SecretBytes& material);
// For good.
void erase_material(Transaction& transaction, const Key& key, std::string_view material_id);
std::optional<SecretBytes> find_material(const Transaction& transaction, const Key& key, const BackingKeyId& id);
// The ids that the secrets of a key are stored under.
std::vector<std::string> stored_material(const Transaction& transaction, const Key& key);
// The same, for use: remembered with the records.
using SharedSecret = std::shared_ptr<const SecretBytes>;
SharedSecret shared_material(const Transaction& transaction, const Key& key, const BackingKeyId& id);  // or null

// The record of an alias, also of a key that is gone: it comes back with its key, unless another key took it. And the
// alias, unless its key is gone at `now`.
std::optional<Alias> find_alias(const Transaction& transaction, const AccountRegion& home, std::string_view name);
std::optional<Alias> find_alias(const Transaction& transaction, const AccountRegion& home, std::string_view name,
                                Time now);
void put_alias(Transaction& transaction, const Alias& alias);
void erase_alias(Transaction& transaction, const AccountRegion& home, std::string_view name);
// In the order of the store, from the first one after `after`, while `visit` returns true: of a Region, or of a key.
void scan_aliases(const Transaction& transaction, const AccountRegion& home, std::string_view after,
                  const std::function<bool(const Alias&)>& visit);
void scan_aliases(const Transaction& transaction, const Key& key, std::string_view after,
                  const std::function<bool(const Alias&)>& visit);

// The names of the aliases of a key, sorted.
std::vector<std::string> aliases_of(const Transaction& transaction, const Key& key);

// The key policy as its author wrote it; nothing while it is the default one.
struct StoredPolicy {
  std::string document;
  std::map<std::string, std::string> principals = {};  // unique ids of the identities that it names, by ARN
};
std::optional<StoredPolicy> find_policy(const Transaction& transaction, const Key& key);
void put_policy(Transaction& transaction, const Key& key, const StoredPolicy& policy);

// The last successful cryptographic operation of a key.
struct KeyUse {
  std::string operation;
  Time when;
  std::string event_id;
  std::string request_id;
};
std::optional<KeyUse> find_use(const Transaction& transaction, const Key& key);
SideRecord use_record(const Key& key, const KeyUse& use);

}  // namespace kms
