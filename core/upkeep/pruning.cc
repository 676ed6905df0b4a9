#include "core/upkeep/pruning.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/audit/event.h"
#include "core/audit/event_parts.h"
#include "core/audit/stretch_index.h"
#include "core/audit/trail.h"
#include "core/audit/trail_tree.h"
#include "core/base/encoding.h"

namespace kms {
std::string time_of_event(const Transaction& transaction, std::string_view log, std::uint64_t number) {
  std::string time;
  transaction.read_log(log, number, [&](std::uint64_t found, std::string_view text) {
    if (found == number) time = EventParts(text).time();
    return false;
  });
  return time;
}

OldPart find_old_part(const Transaction& transaction, const AccountRegion& home, Time before, std::uint64_t from,
                      std::uint64_t most) {
  EventFilter late;
  late.from = iso_seconds(before);
  TrailCursor cursor = Trail(transaction, home).forward(std::move(late), from, most);
  if (const auto first_late = cursor.next()) return {first_late->number, false};
  return {cursor.position(), !cursor.at_end()};
}

std::optional<OldEvents> old_events(const Transaction& transaction, const AccountRegion& home, std::uint64_t end) {
  const Trail trail(transaction, home);
  OldEvents events;
  events.begin = trail.begin();
  events.end = transaction.prunable(trail.log(), end);
  if (events.count() == 0) return std::nullopt;
  events.first_time = time_of_event(transaction, trail.log(), events.begin);
  events.last_time = time_of_event(transaction, trail.log(), events.end - 1);
  events.root = TrailTree(transaction, trail.log()).root(events.end);
  return events;
}

std::optional<OldEvents> find_older(const Transaction& transaction, const AccountRegion& home, Time before) {
  constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};
  return old_events(transaction, home, find_old_part(transaction, home, before, 0, kNoLimit).end);
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

}  // namespace kms
