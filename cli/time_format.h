#pragma once
// Times as people and scripts are shown them.
#include <string>

#include "core/base/clock.h"

namespace kms::cli {

// As the aws command line prints a time: in the time zone of the process ($TZ, else that of the machine), with
// microseconds only when there is a fraction, and the offset in full.
std::string time_text(Time time);

}  // namespace kms::cli
