#pragma once
// Backups of the vault: action kmsctl:BackupVault. The first call makes one, the others hand it out and let go of it:
// so nobody holds the records as they were for as long as a client reads slowly.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

inline constexpr std::size_t kMostBackupRecipients = 32;
inline constexpr Rule kBackupIdRule{
    .required = true, .min = 1, .max = 64, .help = "Id of a backup that the same caller made"};

struct BackupVaultRequest {
  SecretBytes passphrase;
  SecretBytes recovery_code;
  std::vector<std::string> recipients;
  bool keep_vault_slots = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Passphrase", passphrase, {.max = 1024, .sensitive = true, .help = "A passphrase that opens the backup"});
    visit("RecoveryCode", recovery_code,
          {.max = 32, .sensitive = true, .help = "The 32 bytes of a recovery code that opens it"});
    visit("Recipients", recipients,
          {.max = kMostBackupRecipients, .help = "Slots of other vaults whose credentials open it"},
          {.min = 1, .max = 256});
    visit("KeepVaultSlots", keep_vault_slots,
          {.help = "Whether what opens the vault opens the backup, too; without any of the others it always does"});
  }
};
struct BackupVaultResponse {
  std::string backup_id;
  std::int64_t size = 0;
  std::int64_t sequence = 0;
  std::int64_t records = 0;
  std::int64_t segments = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("BackupId", backup_id, {.help = "Names the backup to ReadBackup, for an hour"});
    visit("Size", size, {.help = "Of the backup, in bytes"});
    visit("Sequence", sequence, {.help = "Number of the last change of the vault that is in it"});
    visit("Records", records, {.help = "How many records it has"});
    visit("Segments", segments, {.help = "How many files of the audit trail it has"});
  }
};
// The event has the size and the sequence, and is durable before a byte leaves.
BackupVaultResponse backup_vault(Call& call, const BackupVaultRequest& request);

struct ReadBackupRequest {
  std::string backup_id;
  std::int64_t offset = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("BackupId", backup_id, kBackupIdRule);
    visit("Offset", offset, {.min = 0, .help = "Where the piece begins; 0 when left out"});
  }
};
struct ReadBackupResponse {
  Bytes data;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Data", data, {.help = "Up to 1 MiB of it, fewer at its end alone"});
  }
};
ReadBackupResponse read_backup(Call& call, const ReadBackupRequest& request);

struct EndBackupRequest {
  std::string backup_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("BackupId", backup_id, kBackupIdRule);
  }
};
EmptyResponse end_backup(Call& call, const EndBackupRequest& request);

}  // namespace kms
