#pragma once
// Reads a backup of a vault (formats/backup.md) from front to end, once.
#include <memory>
#include <optional>
#include <vector>

#include "formats/backup_stream.h"
#include "vault/sealed/backup_contents.h"
#include "vault/sealed/backup_slots.h"
#include "vault/sealed/slot_table.h"

namespace kms::vault {

// Belongs to one thread. All throws InvalidCiphertextException where the file is not as it was written.
class BackupReader {
 public:
  // What comes of it, in order. Bytes are good until the call returns. What they throw is passed on.
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void entry(ByteView key, ByteView value) = 0;
    virtual void begin_segment(const SegmentPlace& place) = 0;
    virtual void piece(ByteView bytes) = 0;
    virtual void end_segment() = 0;
  };

  // Reads what stands in front of the entries. Throws as read_backup_header() and open_backup_header(), too.
  BackupReader(formats::ReadFn read, const Credential& credential, const SlotCosts& costs);
  const VaultId& vault() const { return opened_.header.vault; }
  const BackupSummary& summary() const { return summary_; }
  const SlotId& slot() const { return opened_.slot; }  // that the credential opened
  bool proven() const { return opened_.proven; }       // see OpenedBackupHeader
  // The keys of the vault, with MATERIAL_KEK, and its slots, as they were.
  const std::shared_ptr<Keys>& keys() const { return keys_; }
  const std::vector<SlotRecord>& slots() const { return slots_; }

  // The rest. Until it returns, nothing that was handed over is to be believed to be all.
  void read_all(Sink& sink);

 private:
  ByteView next_of(BackupPart part);
  void read_vault_header(ByteView file);
  void read_segment(const SegmentPlace& place, std::optional<formats::BackupItemView>& item, Sink& sink);
  OpenedBackupHeader opened_;
  formats::BackupStreamReader stream_;
  BackupSummary summary_;
  std::shared_ptr<Keys> keys_;
  std::vector<SlotRecord> slots_;
};

}  // namespace kms::vault
