#include "core/upkeep/pruning.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "core/audit/event.h"
#include "core/audit/event_parts.h"
#include "core/audit/stretch_index.h"
#include "core/audit/trail.h"
#include "core/audit/trail_tree.h"
#include "core/base/encoding.h"
#include "core/records/identities.h"
#include "core/records/vault.h"
#include "core/service/service_events.h"
#include "core/store/retry.h"

namespace kms {
namespace {

std::string time_of_event(const Transaction& transaction, std::string_view log, std::uint64_t number) {
  std::string time;
  transaction.read_log(log, number, [&](std::uint64_t /*number*/, std::string_view text) {
    time = EventParts(text).time();
    return false;
  });
  return time;
}

std::vector<AccountRegion> homes_of(const Transaction& transaction) {
  std::vector<AccountRegion> homes;
  const auto regions = find_regions(transaction);
  for (const Account& account : list_accounts(transaction)) {
    for (const std::string& region : regions) homes.push_back({account.id, region});
  }
  return homes;
}

}  // namespace

std::optional<OldEvents> find_older(const Transaction& transaction, const AccountRegion& home, Time before) {
  const Trail trail(transaction, home);
  EventFilter late;
  late.from = iso_seconds(before);
  constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};
  TrailCursor cursor = trail.forward(std::move(late), trail.begin(), kNoLimit);
  const auto first_late = cursor.next();
  OldEvents events;
  events.begin = trail.begin();
  events.end = transaction.prunable(trail.log(), first_late ? first_late->number : trail.head());
  if (events.count() == 0) return std::nullopt;
  events.first_time = time_of_event(transaction, trail.log(), events.begin);
  events.last_time = time_of_event(transaction, trail.log(), events.end - 1);
  events.root = TrailTree(transaction, trail.log()).root(events.end);
  return events;
}

void prune(Transaction& transaction, const AccountRegion& home, const OldEvents& events) {
  const std::string log = audit_log(home);
  (void)transaction.prune(log, events.end);
  erase_indexes(transaction, log, events.begin, events.end);
}

Json told_of(const OldEvents& events) {
  return {{"firstNumber", events.begin},
          {"lastNumber", events.end - 1},
          {"firstTime", events.first_time},
          {"lastTime", events.last_time},
          {"rootHash", encode_base64(events.root)}};
}

std::uint64_t prune_older(const Context& context, Time before) {
  const Time now = context.clock.now();
  const std::vector<AccountRegion> homes = homes_of(*context.store.begin(Access::kRead));
  std::uint64_t pruned = 0;
  for (const AccountRegion& home : homes) {
    std::uint64_t here = 0;
    transact(context.store, [&](Transaction& transaction) {
      here = 0;
      const auto events = find_older(transaction, home, before);
      if (!events) return;
      prune(transaction, home, *events);
      append_vault_event(context, transaction, home, VaultEvent::kPruneAuditTrail, now, told_of(*events));
      here = events->count();
    });
    pruned += here;
  }
  return pruned;
}

}  // namespace kms
