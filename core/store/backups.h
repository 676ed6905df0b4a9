#pragma once
// Backups of a vault, as operations see them: made as a whole, then handed out in pieces. vault/ implements it for a
// store that has VaultCare; formats/backup.md is the file.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/secret_bytes.h"
#include "core/store/store.h"

namespace kms {

// What opens a backup.
struct BackupSlots {
  bool of_vault = true;                      // each credential that opens the vault
  SecretBytes passphrase = {};               // none where it is empty
  SecretBytes recovery_code = {};            // likewise; else 32 bytes
  std::vector<std::string> recipients = {};  // texts of slots of other vaults, see BackupMaker::recipient_of()
};

struct BackupFigures {
  std::string id;              // names it to who made it, until it ends
  std::uint64_t bytes = 0;     // of the file
  std::uint64_t sequence = 0;  // of the last commit that is in it
  std::uint64_t records = 0;
  std::uint64_t segments = 0;  // files of the trail
};

// Thread-safe.
class BackupMaker {
 public:
  virtual ~BackupMaker() = default;
  // A file with all that was acknowledged until now, under a name that only `owner` can use: it has none in the file
  // system, and is gone after an hour, or with the process. Others read and write meanwhile. The calling thread has no
  // transaction. ValidationException for slots that are none; LimitExceededException where too many wait to be read;
  // VaultDamagedException; FileException for a full disk; ConflictException where a part was pruned just then.
  virtual BackupFigures make_backup(const BackupSlots& slots, std::string_view owner, Time now) = 0;
  // Up to `most` bytes from `offset` on: fewer at the end alone. NotFoundException, also for somebody else's.
  virtual Bytes read_backup(std::string_view id, std::string_view owner, std::uint64_t offset, std::size_t most,
                            Time now) = 0;
  // Nothing where it is gone already.
  virtual void end_backup(std::string_view id, std::string_view owner) = 0;
  // What backups of other vaults are sealed to for the credential of a slot, which has to be one: public.
  virtual std::string recipient_of(const Transaction& transaction, std::string_view slot_id) const = 0;
};

}  // namespace kms
