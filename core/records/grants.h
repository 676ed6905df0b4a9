#pragma once
// Grants as records of the store, and the tokens that name them.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/model/grant.h"
#include "core/store/store.h"

namespace kms {

std::optional<Grant> find_grant(const Transaction& transaction, const Key& key, std::string_view id);
void put_grant(Transaction& transaction, const Key& key, const Grant& grant);
void erase_grant(Transaction& transaction, const Key& key, const Grant& grant);
void erase_grants(Transaction& transaction, const Key& key);  // all of a key
std::uint64_t count_grants(const Transaction& transaction, const Key& key);
// Writes the indexes of the grants of a key that versions before have put without them.
void index_grants(Transaction& transaction, const Key& key);
// Those of a key that have the name.
std::vector<Grant> find_grants_named(const Transaction& transaction, const Key& key, std::string_view name);
// In the order of the store, from the first one after `after`, while `visit` returns true.
void scan_grants(const Transaction& transaction, const Key& key, std::string_view after,
                 const std::function<bool(const Grant&)>& visit);

// Those of a key that `grantee` (an ARN, or the name of a service) has.
void scan_grants_of(const Transaction& transaction, const Key& key, std::string_view grantee, std::string_view after,
                    const std::function<bool(const Grant&)>& visit);
std::vector<Grant> find_grants_of(const Transaction& transaction, const Key& key, std::string_view grantee);

// Where the grants are that a principal may retire: KEYID:GRANTID, in the order of the store, after `after`.
void scan_retirable(const Transaction& transaction, const AccountRegion& home, std::string_view principal,
                    std::string_view after,
                    const std::function<bool(std::string_view place, const KeyId&, std::string_view grant)>& visit);

// A token names a grant and is no secret; each call makes another. It carries a MAC under a key of the vault, so that
// only what this vault gave out is looked up. The format: version 1, account of the key, key id, mrk flag, grant id, 16
// random bytes, and HMAC-SHA-256 over all of that; in base64.
std::string make_grant_token(const Transaction& transaction, const Key& key, const Grant& grant, Random& random);
struct GrantName {
  std::string account;  // of the key
  KeyId key;
  std::string grant;
};
std::optional<GrantName> read_grant_token(const Transaction& transaction, std::string_view token);

}  // namespace kms
