#include "core/upkeep/figures.h"

#include <algorithm>
#include <set>
#include <string>

#include "core/audit/event.h"
#include "core/records/checkpoints.h"
#include "core/records/due.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/store/flushed.h"

namespace kms {
namespace {

constexpr std::int64_t kMostOverdue = 1000;

// Keys past their deletion date, which nothing names any more.
std::int64_t count_gone(const Transaction& transaction, Time now) {
  std::set<std::string> gone;
  const auto look = [&](const AccountRegion& home, const KeyId& id) {
    const auto key = find_key(transaction, home, id);
    if (key && key->is_gone(now)) gone.insert(key->arn());
  };
  scan_due(transaction, DueKind::kDeletion, now, [&](const Due& due) {
    look(due.home, due.key);
    return true;
  });
  scan_waiting(transaction, look);
  return static_cast<std::int64_t>(gone.size());
}

std::int64_t count_overdue(const Transaction& transaction, Time now) {
  std::int64_t count = 0;
  scan_due(transaction, DueKind::kRotation, now, [&](const Due&) { return ++count < kMostOverdue; });
  return count;
}

}  // namespace

VaultFigures read_figures(const Transaction& transaction, Time now) {
  VaultFigures figures;
  for (const Account& account : list_accounts(transaction)) {
    for (const std::string& region : find_regions(transaction)) {
      const AccountRegion home{account.id, region};
      const KeyCounts counts = count_keys(transaction, home);
      figures.keys += static_cast<std::int64_t>(counts.all);
      figures.keys_pending_deletion += static_cast<std::int64_t>(counts.pending_deletion);
      figures.trail_events += static_cast<std::int64_t>(transaction.log_size(audit_log(home)));
      figures.last_checkpoint = std::max(figures.last_checkpoint, find_checkpoint_time(transaction, home));
    }
  }
  figures.keys -= count_gone(transaction, now);
  figures.rotations_overdue = count_overdue(transaction, now);
  figures.next_expiry = find_due_after(transaction, DueKind::kExpiry, now);
  return figures;
}

VaultFigures read_figures(const Context& context) {
  const Time now = context.clock.now();
  return read_flushed(context.store, [&](const Transaction& transaction) { return read_figures(transaction, now); });
}

}  // namespace kms
