#pragma once
// Records as LMDB keeps them: under blinded keys, sealed (vault/vault.md, "Records").
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/random.h"
#include "vault/sealed/keys.h"

namespace kms::vault {

inline constexpr std::size_t kBlindSize = 16;
inline constexpr std::string_view kEpochKey = "epoch";  // the one record that is not sealed

// LMDB keys. Names that differ give keys that differ, and a key tells nothing of its name.
Bytes collection_prefix(const Keys& keys, std::string_view collection);                  // 16 bytes
Bytes record_key(const Keys& keys, std::string_view collection, std::string_view item);  // prefix and 16 bytes
Bytes log_prefix(const Keys& keys, std::string_view log);                                // 16 bytes
Bytes log_key(const Keys& keys, std::string_view log, std::uint64_t number);  // prefix and the number, big-endian
Bytes state_key(const Keys& keys);                                            // 16 bytes
Bytes tree_prefix(const Keys& keys);  // of the pages of the tree of records, with their numbers: 16 bytes
// Names the order that the keys of a collection's records have: it is another one with other keys.
std::string order_name(const Keys& keys);

enum class RecordKind : std::uint8_t { kRecord = 1, kSecret = 2, kLog = 3, kState = 4, kTree = 5 };

struct RecordName {
  RecordKind kind;
  std::string_view collection;  // or the log
  std::string_view item;        // of a log record its number, 8 bytes big-endian
};
Bytes record_key(const Keys& keys, const RecordName& name);  // or a log_key()

struct OpenedRecord {
  RecordKind kind = RecordKind::kRecord;
  std::string collection;
  std::string item;
  Bytes value;         // empty for kSecret
  SecretBytes secret;  // of kSecret
};

// The version stands in clear, and under the seal.
Bytes seal_record(const Keys& keys, ByteView lmdb_key, std::uint64_t version, const RecordName& name, ByteView value,
                  Random& random);
// The same for a plaintext that is laid out already.
Bytes seal_plaintext(const Keys& keys, ByteView lmdb_key, std::uint64_t version, RecordKind kind, ByteView plaintext,
                     Random& random);
// VaultDamagedException when the bytes were not sealed under these keys for this place.
OpenedRecord open_record(const Keys& keys, ByteView lmdb_key, ByteView sealed);

// What can be told without a key of the first bytes, and is not verified.
inline constexpr std::size_t kRecordFrontSize = 1 + 1 + 8;
struct RecordFront {
  RecordKind kind;
  std::uint64_t version;
};
RecordFront peek_record(ByteView sealed);  // VaultDamagedException

// What a record adds to the fingerprint of the vault: 64 bits that only a holder of the keys can compute.
std::uint64_t record_print(const Keys& keys, ByteView lmdb_key, std::uint64_t version);

Bytes number_bytes(std::uint64_t number);                   // big-endian
Bytes numbered_key(ByteView prefix, std::uint64_t number);  // an LMDB key: both in a row
std::uint64_t number_from(ByteView eight_bytes);

}  // namespace kms::vault
