#pragma once
// Alerts as programs: the notice on standard input, without a shell.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/delivery/deadline.h"

namespace kms::delivery {

inline constexpr std::size_t kKeptOutput = 4096;  // bytes, the last ones

struct ProgramRun {
  std::optional<std::string> failure;  // printable: "exit code 3: no such recipient"
  std::string output;                  // as it came, of both standard streams
};

// Runs the program at `path`, which unfit_program() finds nothing wrong with, and waits for it, not for what it
// started. It is in a session of its own and in "/", with default signals, no descriptors but the standard streams, and
// the environment PATH, HOME, USER, LANG and KMSCTL_ALERT. It keeps what harden_process() set: umask, no core dumps and
// no new privileges, so that setuid bits mean nothing to it. When the deadline is over, its process group is killed.
// The standard streams of this process are open. Thread-safe: no code of this process runs between fork and exec.
ProgramRun run_program(const std::string& path, const std::vector<std::string>& arguments, std::string_view alert,
                       std::string_view notice, const Deadline& deadline);

}  // namespace kms::delivery
