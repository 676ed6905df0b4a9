#pragma once
// Going on with a vault that is older than what this machine remembers of it: action kmsctl:AcceptRollback.
#include <cstdint>

#include "core/base/clock.h"
#include "core/ops/kms/fields.h"

namespace kms {

struct AcceptRollbackResponse {
  std::int64_t expected_change = 0;
  std::int64_t found_change = 0;
  Time seen;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("ExpectedChange", expected_change, {.help = "Number of the newest change that this machine had seen"});
    visit("FoundChange", found_change, {.help = "Number of the newest change that the vault has"});
    visit("Seen", seen, {.help = "When that was"});
  }
};
// ConflictException where the vault is not older. From its commit on, the vault as it is counts as the newest.
AcceptRollbackResponse accept_rollback(Call& call, const EmptyRequest& request);

}  // namespace kms
