#pragma once
// Commits of tests.
#include "core/base/error.h"
#include "core/store/retry.h"

namespace kms {

// For tests in which nobody else is there: throws where the commit is not kDone.
inline void commit_now(Transaction& transaction) {
  const Commit outcome = transaction.commit();
  if (outcome == Commit::kUnknown) throw_unknown_outcome();
  if (outcome != Commit::kDone) throw Error(ErrorCode::kConflict, "others changed the same thing");
}

inline void append_now(Store& store, std::span<const SideRecord> records) {
  if (store.append_durably(records, {}) != Commit::kDone) throw_unknown_outcome();
}

}  // namespace kms
