#pragma once
// What happens to keys without a call: scheduled rotations, expirations and deletions. There is no daemon: they take
// effect at the first use of the vault when they are due. The same looks now and then for stretches of the trails that
// have no index yet.
#include <cstdint>

#include "core/model/key_set.h"
#include "core/service/context.h"
#include "core/store/store.h"

namespace kms {

// Makes new material the current one of a set whose material is made here. The caller stores the set.
void rotate_to_new(Transaction& transaction, KeySet& set, Random& random, RotationType type);

struct UpkeepReport {
  std::int32_t rotated = 0;
  std::int32_t expired = 0;
  std::int32_t destroyed = 0;
  std::int32_t orphans = 0;          // what custom key stores have let go of
  std::int32_t segments = 0;         // of logs, which have left the data file
  std::int32_t waiting = 0;          // keys and material to be destroyed, which have to be seen again a day later
  std::uint64_t stretches = 0;       // of trails, which have an index now
  std::uint64_t events_pruned = 0;   // older than their account keeps them (core/upkeep/keeping.h)
  std::uint64_t events_waiting = 0;  // those that are to be seen again a day later
  bool busy = false;                 // others have the vault open: what is to be destroyed waits
  bool clock_went_back = false;
};

enum class UpkeepMode : std::uint8_t {
  kWhenDue,         // as each call does: looks at a few small records unless something is due
  kNow,             // waits for others where something is to be destroyed
  kConfirmDestroy,  // and destroys what is due at the first sight
};

// Belongs outside of any transaction. Destroying needs the vault for itself; while it is not free, kWhenDue leaves that
// for a later call, and the others wait.
//
// The clock destroys nothing early: a key, and imported material, goes when its date has passed at two sights of it, a
// day apart by a clock that nobody sets (CLOCK_BOOTTIME; across a restart, the wall clock), and never while the clock
// is behind a time that it has shown before. Events that an account keeps no longer go likewise. Out of use it is from
// the date on, by whatever the clock says.
UpkeepReport keep_up(const Context& context, UpkeepMode mode);

// Upkeep on request, with the mode kWhenDue.
class UpkeepOnRequest final : public Upkeep {
 public:
  bool is_due(const Transaction& transaction, Time now) const override;
  void do_what_is_due(const Context& context) const override;
  void provide_managed_key(const Context& context, const Caller& caller, std::string_view reference) const override;
};

// After the clock was wrong: takes its time for the truth again, and puts dates that it moved ahead back to where they
// would be: rotations onto their grid, deletions to the end of a whole waiting period.
void accept_clock(const Context& context, Transaction& transaction, Time now);

}  // namespace kms
