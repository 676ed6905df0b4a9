#pragma once
// Commands that are refused.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/cli/commands/command_line.h"

namespace kms::test {

// Whether the command ends with `status` and says `text`, and then has printed and changed nothing.
inline bool refuses(CommandLine& line, std::vector<std::string> words, int status, std::string_view text) {
  const auto before = line.world.data();
  const int ended = line.run(std::move(words));
  const bool as_wanted = ended == status && line.err.find(text) != std::string::npos;
  const bool undone = line.out.empty() && line.world.data() == before;
  if (!as_wanted || !undone)
    MESSAGE("exit code ", ended, std::string(undone ? "" : ", and something was done"), ": ", line.err);
  return as_wanted && undone;
}

}  // namespace kms::test
