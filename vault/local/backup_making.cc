// Backups of an opened vault (formats/backup.md). One is written as a whole, from a transaction that reads, before
// anybody is given a byte of it: no client holds the records as they were.
#include <utility>

#include "core/base/text.h"
#include "vault/local/open_vault.h"
#include "vault/sealed/backup_writing.h"
#include "vault/sealed/slot_keys.h"

namespace kms::vault {
namespace {

void require_backup_slots(const BackupSlots& slots) {
  if (!slots.passphrase.empty()) require_credential(SlotKind::kPassphrase, slots.passphrase);
  if (!slots.recovery_code.empty()) require_credential(SlotKind::kRecoveryCode, slots.recovery_code);
  for (const std::string& text : slots.recipients) (void)parse_recipient(text);
}

}  // namespace

BackupFigures OpenVault::make_backup(const BackupSlots& slots, std::string_view owner, Time now) {
  require_backup_slots(slots);
  backups_.require_room(now);
  flush();
  std::optional<OutputFile> file;
  BackupFigures made;
  BackupSummary summary;
  with_texts(directory_, [&] {
    file.emplace(BackupSpool::make(directory_));
    const auto transaction = begin_unfolded(Access::kRead);
    const BackupSource source{
        transaction->txn(),
        transaction->table(),
        *keys_,
        live_section(keys_->epoch()),
        [&](const SegmentPlace& place, const formats::WriteFn& write) { segment_files_.copy(place, write); },
        now};
    summary = write_backup(source, slots, options_, random_, [&](ByteView bytes) {
      file->write(bytes);
      made.bytes += bytes.size();
    });
  });
  made.sequence = summary.sequence;
  made.records = summary.records;
  made.segments = summary.segments;
  made.id = backups_.keep(*std::move(file), made.bytes, owner, now, random_);
  return made;
}

Bytes OpenVault::read_backup(std::string_view id, std::string_view owner, std::uint64_t offset, std::size_t most,
                             Time now) {
  return backups_.read(id, owner, offset, most, now);
}

void OpenVault::end_backup(std::string_view id, std::string_view owner) {
  backups_.end(id, owner);
}

std::string OpenVault::recipient_of(const Transaction& transaction, std::string_view slot_id) const {
  for (const SlotRecord& slot : dynamic_cast<const VaultTransaction&>(transaction).slots()) {
    if (slot_id_text(slot.entry.id) == slot_id) return recipient_text({keys_->id(), slot.entry});
  }
  throw Error(ErrorCode::kNotFound, cat("there is no slot ", slot_id));
}

}  // namespace kms::vault
