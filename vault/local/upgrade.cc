// Vaults that a version before the tree of records has written get it when they are opened: all at once, or not at all.
// Their state has a fingerprint of all records, which is verified here. So whoever puts such a state back has to put
// back every record of its time, too: that is a whole old copy.
#include "core/base/error.h"
#include "core/store/retry.h"
#include "vault/local/open_vault.h"

namespace kms::vault {
namespace {

constexpr std::size_t kAtOnce = 2048;

// How many records there are, and the XOR of their prints.
void require_untouched(const EngineTransaction& txn, const Keys& keys, const State& state) {
  const Bytes own = state_key(keys);
  std::uint64_t records = 0;
  std::uint64_t fingerprint = 0;
  const auto cursor = txn.cursor();
  for (bool more = cursor->first(); more; more = cursor->next()) {
    if (as_text(cursor->key()) == kEpochKey || cursor->key() == own) continue;
    ++records;
    fingerprint ^= record_print(keys, cursor->key(), peek_record(cursor->front_of_value(kRecordFrontSize)).version);
  }
  if (records == state.records && fingerprint == state.fingerprint) return;
  throw Error(ErrorCode::kVaultDamaged,
              "records of this vault, which an earlier version wrote, were put back, added or "
              "erased by somebody without the keys: use a backup of it");
}

}  // namespace

void OpenVault::upgrade() {
  {
    const auto txn = env_->begin(Access::kRead);
    if (RecordTable(*txn, *keys_, random_).read_state().tree) return;
  }
  const auto txn = env_->begin(Access::kWrite);
  RecordTable table(*txn, *keys_, random_);
  State state = table.read_state();
  if (state.tree) return;  // by another process, meanwhile
  require_untouched(*txn, *keys_, state);
  TreeBuilder builder(*keys_, random_, state.sequence + 1);
  while (builder.add_records(*txn, kAtOnce)) continue;
  state.tree = builder.finish(*txn);
  table.start_state(state);
  table.write_state();
  if (txn->commit() != Commit::kDone) throw_unknown_outcome();
}

}  // namespace kms::vault
