#include "core/records/trail_sights.h"

#include <nlohmann/json.hpp>

#include "core/records/due_sight.h"

namespace kms {
namespace {

constexpr std::string_view kTrailSights = "trail-sight";

std::string item_of_trail(const AccountRegion& home) {
  return cat(home.account, "/", home.region);
}

}  // namespace

std::optional<TrailSight> find_trail_sight(const Transaction& transaction, const AccountRegion& home) {
  const auto stored = transaction.get(kTrailSights, item_of_trail(home));
  if (!stored) return std::nullopt;
  const StoredRecord record(*stored);
  return TrailSight{static_cast<std::uint64_t>(record.number("end")), record.flag("whole", false),
                    decode_sight(record.record("sight"))};
}

void put_trail_sight(Transaction& transaction, const AccountRegion& home, const TrailSight& sight) {
  transaction.put(kTrailSights, item_of_trail(home),
                  Json{{"end", sight.end}, {"whole", sight.whole}, {"sight", encode_sight(sight.sight)}}.dump());
}

void erase_trail_sight(Transaction& transaction, const AccountRegion& home) {
  transaction.erase(kTrailSights, item_of_trail(home));
}

}  // namespace kms
