#pragma once
// Names of hosts to addresses, by a time. The resolver of the C library cannot be stopped, and may take longer.
#include <string>
#include <vector>

#include "cli/delivery/deadline.h"

namespace kms::delivery {

struct HostAddresses {
  std::vector<std::string> found = {};  // numeric, in the order in which they are to be tried
  std::string failure = {};             // why there are none
};

// An address is itself, and localhost 127.0.0.1 and ::1, whatever the name service says of it. Anything else is looked
// up by a thread that owns all it uses: when the deadline is over, it is left to end by itself. While several of such
// threads still wait, nothing more is looked up. Thread-safe.
HostAddresses addresses_of(const std::string& host, const Deadline& deadline);

}  // namespace kms::delivery
