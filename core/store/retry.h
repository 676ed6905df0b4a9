#pragma once
// Running a transaction again where its commit says so. The door does that by itself, since a call has to be admitted
// only once (core/service/attempt.h).
#include <string_view>

#include "core/store/store.h"

namespace kms {

// A store that many share may let somebody else win each time.
inline constexpr int kMostRuns = 10;
[[noreturn]] void throw_too_many_conflicts();
[[noreturn]] void throw_unknown_outcome(std::string_view why = "the disk failed in the last moment of a change");

// Runs `work` in a transaction that writes, and commits: kDone or kUnknown. ThrottlingException when it conflicted too
// often.
template <class Work>
[[nodiscard]] Commit commit_again(Store& store, const Work& work, Patience patience = Patience::kWait) {
  for (int run = 0; run < kMostRuns; ++run) {
    const auto transaction = store.begin(Access::kWrite);
    work(*transaction);
    const Commit outcome = transaction->commit(patience);
    if (outcome == Commit::kDone || outcome == Commit::kUnknown) return outcome;
  }
  throw_too_many_conflicts();
}

// The same for who has nobody to tell that it is not known.
template <class Work>
void transact(Store& store, const Work& work, Patience patience = Patience::kWait) {
  if (commit_again(store, work, patience) == Commit::kUnknown) throw_unknown_outcome();
}

}  // namespace kms
