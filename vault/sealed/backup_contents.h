#pragma once
// What the items of a backup say (formats/backup.md, "Items"). Pure encoding and decoding but for the keys, which are
// sealed once more: all other items are public or sealed under them.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "formats/merkle_tree.h"
#include "vault/sealed/keys.h"
#include "vault/sealed/segment.h"

namespace kms::vault {

// In the order that they stand in; kEntry, and kSegment with its pieces, any number of times. formats::kBackupEnd ends.
enum class BackupPart : std::uint8_t { kSummary = 1, kKeys = 2, kHeader = 3, kEntry = 4, kSegment = 5, kPiece = 6 };

inline constexpr std::size_t kBackupPieceSize = std::size_t{64} << 10U;  // the most of a segment in one item

struct BackupLog {
  std::string name;
  std::uint64_t size = 0;         // entries, with those that were pruned
  formats::MerkleHash root = {};  // of the tree over them
};

struct BackupSummary {
  Time time;
  std::uint32_t epoch = 0;
  std::uint64_t sequence = 0;  // of the last commit
  std::uint64_t records = 0;   // as the state counts them
  std::uint64_t entries = 0;   // of the data file: the records and their tree, the state, the epoch
  std::uint64_t segments = 0;
  std::uint64_t segment_bytes = 0;  // of all of them
  std::string made_by = {};         // version of the program
  std::vector<BackupLog> logs = {};
};
Bytes encode_backup_summary(const BackupSummary& summary);
BackupSummary parse_backup_summary(ByteView bytes);  // all of these: InvalidCiphertextException

Bytes encode_backup_segment(const SegmentPlace& place);  // id, size and digest
SegmentPlace parse_backup_segment(ByteView bytes);       // the same alone

// Front of an entry of the data file: its key with its length.
Bytes encode_entry_front(ByteView key);
std::pair<ByteView, ByteView> parse_entry(ByteView bytes);  // key and value, views into it

Bytes seal_vault_keys(const Keys& keys, const SecretBytes& under, Random& random);
struct VaultKeys {
  SecretBytes root;
  SecretBytes anchor;
};
VaultKeys open_vault_keys(const VaultId& vault, ByteView sealed, const SecretBytes& under);

}  // namespace kms::vault
