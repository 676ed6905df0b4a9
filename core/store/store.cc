#include "core/store/store.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/retry.h"

namespace kms {

void throw_too_many_conflicts() {
  throw Error(ErrorCode::kThrottling, "Too many others change the same thing. Try again in a moment.");
}

void throw_unknown_outcome(std::string_view why) {
  throw Error(ErrorCode::kFile, cat(why, ": whether the change was made is not known; the trail tells (audit list)"));
}

Commit Transaction::commit(Patience patience) {
  Commit outcome = Commit::kUnknown;
  try {
    outcome = commit_changes(patience);
  } catch (...) {
    tell(Commit::kUnknown);
    throw;
  }
  if (outcome == Commit::kDone || outcome == Commit::kUnknown) tell(outcome);
  return outcome;
}

void Transaction::tell(Commit outcome) {
  for (const auto& told : std::exchange(told_, {})) told(outcome);
}

void add(Transaction& transaction, const SideRecordView& record) {
  if (record.item.empty()) {
    transaction.append(record.collection, record.value);
  } else {
    transaction.put_unremembered(record.collection, record.item, record.value);
  }
}

Commit Store::append_durably(std::span<const SideRecord> records, const Seen& /*seen*/) {
  return commit_again(*this, [&](Transaction& transaction) {
    for (const SideRecord& record : records) add(transaction, record);
  });
}

}  // namespace kms
