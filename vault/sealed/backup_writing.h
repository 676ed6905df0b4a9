#pragma once
// Writes a backup of a vault: what is in one transaction, as it is sealed, and the segments that its records name.
#include <functional>

#include "core/base/random.h"
#include "core/store/backups.h"
#include "formats/stream.h"
#include "vault/engine/engine.h"
#include "vault/sealed/backup_contents.h"
#include "vault/sealed/backup_slots.h"
#include "vault/sealed/record_table.h"

namespace kms::vault {

struct BackupSource {
  const EngineTransaction& txn;
  const RecordTable& table;  // over the transaction
  const Keys& keys;
  const Section& section;  // of the header, as the transaction finds it
  // Hands over the bytes of a segment, in order; throws where they are not those of the place.
  std::function<void(const SegmentPlace& place, const formats::WriteFn& write)> copy_segment;
  Time now;
};

// Holds a record and a chunk at a time. Answers what the backup begins with. VaultDamagedException where there are not
// as many records as the state counts; what `write` throws is passed on.
BackupSummary write_backup(const BackupSource& source, const BackupSlots& slots, const SlotCosts& costs, Random& random,
                           const formats::WriteFn& write);

}  // namespace kms::vault
