#pragma once
// Which programs alerts may start: those that nobody can replace but who could replace kmsctl's process anyway.
#include <optional>
#include <string>

namespace kms::delivery {

// Why the program cannot be started for an alert, in half a sentence: it is no absolute path to a regular file that
// this process may execute, or others can change what the path leads to. Each entry on the way there, symbolic links
// too, belongs to root or the effective user, and nobody else can write to it, except to a sticky directory, where
// others cannot replace what is not theirs. Thread-safe.
std::optional<std::string> unfit_program(const std::string& path);

}  // namespace kms::delivery
