#include "core/upkeep/two_sights.h"

namespace kms {

DueSight sight_at(const Clock& clock, Time now) {
  const BootTime boot = clock.boot_time();
  return {now, boot.since_boot, boot.boot_id};
}

std::chrono::milliseconds left_until_second_sight(const DueSight& first, const Clock& clock, Time now) {
  const BootTime boot = clock.boot_time();
  const bool same_boot = first.boot_id == boot.boot_id;
  return kBetweenSights - (same_boot ? boot.since_boot - first.since_boot : now - first.when);
}

bool is_clock_behind(const SeenTime& seen, Time now) {
  constexpr std::chrono::minutes kSlack{5};
  return now + kSlack < seen.latest;
}

}  // namespace kms
