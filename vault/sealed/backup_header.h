#pragma once
// The front of a backup (formats/backup.md, "Header"): which vault it is of, and the slots whose credentials open it.
// Pure encoding and decoding, no key. And the text by which a slot of one vault is named to another, to seal backups
// to.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "formats/stream.h"
#include "vault/sealed/header.h"

namespace kms::vault {

inline constexpr std::uint16_t kBackupVersion = 1;
inline constexpr std::size_t kMostRecipients = 32;

using BackupFileId = std::array<std::uint8_t, 16>;

// A slot of another vault, as its text says it.
struct Recipient {
  VaultId vault{};
  SlotEntry slot;  // its front
};
std::string recipient_text(const Recipient& recipient);
Recipient parse_recipient(std::string_view text);  // ValidationException

struct RecipientSlot {
  Recipient recipient;
  // The key of the backup and ANCHOR, for the public key.
  std::array<std::uint8_t, 2 * kKeySize + crypto::kBoxOverhead> box{};
};

struct BackupHeader {
  VaultId vault{};
  BackupFileId id{};             // random: no two backups have the same
  std::vector<SlotEntry> slots;  // each with ANCHOR, and the key of the backup in the place of ROOT
  std::vector<RecipientSlot> recipients;
};

// LimitExceededException for more than 128 slots or 32 recipients.
Bytes encode_backup_header(const BackupHeader& header);
struct ParsedBackupHeader {
  BackupHeader header;
  Bytes bytes;  // all that was read
};
// Takes what it needs from `read`. InvalidCiphertextException when the file is no backup, or its header is damaged;
// UnsupportedOperationException for a version that this program does not know.
ParsedBackupHeader read_backup_header(const formats::ReadFn& read);

}  // namespace kms::vault
