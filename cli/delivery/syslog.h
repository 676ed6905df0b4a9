#pragma once
// Alerts as messages of syslog, in the form in which syslog(3) of the GNU C library sends them (RFC 3164, without a
// host): facility authpriv, severity warning.
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "cli/delivery/deadline.h"
#include "core/base/clock.h"

namespace kms::delivery {

inline constexpr std::size_t kSyslogLimit = 8192;  // bytes of a message, which is what rsyslog takes

// "<84>Nov 27 21:39:05 kmsctl[42]: alert NAME: NOTICE", in the time of the time zone. Nothing where it would have more
// than kSyslogLimit bytes even without the notice's event, which it goes without where it must.
std::optional<std::string> syslog_message(std::string_view alert, std::string_view notice, Time now, pid_t process);

// Sends the message to the datagram socket. Nothing when it was taken, else why not, in half a sentence.
std::optional<std::string> tell_syslog(const std::string& socket, std::string_view message, const Deadline& deadline);

}  // namespace kms::delivery
