#pragma once
// What is final is done at a second sight, a day after the first by a clock that nobody sets (core/upkeep/upkeep.h,
// "The clock destroys nothing early").
#include <chrono>

#include "core/base/clock.h"
#include "core/model/backing_key.h"
#include "core/records/vault.h"

namespace kms {

inline constexpr std::chrono::hours kBetweenSights{24};

DueSight sight_at(const Clock& clock, Time now);

// How long until what was first seen at `first` may be done: not above 0 when it may. By CLOCK_BOOTTIME, and across a
// restart by the wall clock.
std::chrono::milliseconds left_until_second_sight(const DueSight& first, const Clock& clock, Time now);

// Whether the clock is behind a time that it has shown, by more than clocks are set by.
bool is_clock_behind(const SeenTime& seen, Time now);

}  // namespace kms
