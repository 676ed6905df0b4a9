#pragma once
// What a vault knows of itself: its account and regions, its own keys, and the time.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/model/arn.h"
#include "core/store/store.h"

namespace kms {

// The first records of a vault: its home, and its owned keys.
void put_first_records(Transaction& transaction, const AccountRegion& home, Random& random);
AccountRegion find_home(const Transaction& transaction);  // with the region that commands mean when they name none
std::vector<std::string> find_regions(const Transaction& transaction);  // sorted; the home's is among them
void put_regions(Transaction& transaction, const std::vector<std::string>& regions);

// Keys of the vault itself: 32 bytes each, never listed, never addressable.
enum class OwnedKey : std::uint8_t {
  kGrantToken,
  kImportToken,
  kTransport,
  kSessionToken,
  kAuditLog,  // the seed of an Ed25519 key (RFC 8032), which signs checkpoints of the trails
  kWitness,   // likewise, which cosigns those of others
};
SecretBytes owned_key(const Transaction& transaction, OwnedKey which);
void put_missing_owned_keys(Transaction& transaction, Random& random);

// Which rules the records keep: from 2 on there are indexes of keys and grants, from 3 on the keys of a set are
// consistent (core/model/key_set.h) and know the number of its last state, from 4 on there are keys for the trail, from
// 5 on what falls due is indexed by its kind (core/records/due.h), and keys that wait for their deletion are counted.
inline constexpr std::int64_t kCurrentLayout = 5;
std::int64_t find_layout(const Transaction& transaction);
void put_layout(Transaction& transaction, std::int64_t layout);

// When something falls due next: a rotation, an expiration, a deletion. Calls look no further before that.
std::optional<Time> find_next_due(const Transaction& transaction);
void put_next_due(Transaction& transaction, std::optional<Time> when);
void note_due(Transaction& transaction, Time when);  // an earlier time wins

// The latest time that the clock has shown, to within a minute, and whether it was seen to go back since.
struct SeenTime {
  Time latest = {};
  bool went_back = false;
};
SeenTime find_seen_time(const Transaction& transaction);
void put_seen_time(Transaction& transaction, const SeenTime& seen);
// Remembers the latest time, a minute's steps apart.
bool is_time_to_note(const Transaction& transaction, Time now);
void note_time(Transaction& transaction, Time now);

}  // namespace kms
