#pragma once
// Every text that says a time is read here, so that all agree on what is a day and what is too late. Strict: a text is
// all of one form, or none.
#include <optional>
#include <string_view>

#include "core/base/clock.h"

namespace kms {

// AWS JSON gives a time as seconds since 1970. Nothing when that is before 1970 or after the year 9999.
std::optional<Time> time_of_epoch_seconds(double seconds);

// A time as people and scripts give it: 2026-11-23, 2026-11-23T22:30[:00[.5]] with Z or an offset (UTC without one), or
// seconds since 1970.
std::optional<Time> parse_time(std::string_view text);

// The basic format of ISO 8601, as SigV4 has it: 20261124T101500Z.
std::optional<Time> parse_basic_time(std::string_view text);

// The profile of the W3C (NOTE-datetime), as policies have it: a date, or a date and time with its zone. In seconds
// since 1970, with every digit of a fraction: who compares times may mean less than a millisecond. Second 60 is one.
std::optional<long double> parse_w3c_time(std::string_view text);

// As C writes a time in its own locale, with its zone: Fri Apr  3 12:29:32 2026 UTC. The day of the week may be any.
std::optional<Time> parse_c_time(std::string_view text);

}  // namespace kms
