#pragma once
// Who a caller of the agent is: access keys, which sign requests (AWS Signature Version 4), and users of the operating
// system. Each remembers the unique id of its principal, so that one made anew under the name inherits nothing.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/records/keys.h"
#include "core/store/store.h"

namespace kms {

struct AccessKey {
  std::string id;            // AKIA and 16 characters
  std::string principal;     // ARN of a user or of the root of an account
  std::string principal_id;  // empty for a root
  Time creation_date;
};

// Whether the text has the form of an access key id: of an access key (AKIA) or of a role session (ASIA).
bool is_access_key_id(std::string_view text);
// Nothing for an id that is none. Ids come from callers who are not known yet: one that has not the form of an id is
// looked up nowhere, and one that is not there is not remembered.
std::optional<AccessKey> find_access_key(const Transaction& transaction, std::string_view id);
// The text that signs, 40 characters; null when there is no such key.
SharedSecret access_key_secret(const Transaction& transaction, std::string_view id);
// Makes a key and keeps it.
AccessKey create_access_key(Transaction& transaction, std::string_view principal, Random& random, Time now);
void erase_access_key(Transaction& transaction, const AccessKey& key);
// In the order of their ids.
std::vector<AccessKey> list_access_keys(const Transaction& transaction);

// As whom a user of the operating system calls on the unix socket.
struct UidMapping {
  std::uint32_t uid;
  std::string principal;  // ARN of a user
  std::string principal_id;
};
std::optional<UidMapping> find_uid_mapping(const Transaction& transaction, std::uint32_t uid);
void put_uid_mapping(Transaction& transaction, const UidMapping& mapping);
void erase_uid_mapping(Transaction& transaction, std::uint32_t uid);
std::vector<UidMapping> list_uid_mappings(const Transaction& transaction);

}  // namespace kms
