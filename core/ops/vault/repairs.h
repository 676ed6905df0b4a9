#pragma once
// Dropping records that are not as they were written last: action kmsctl:RepairVault.
#include <cstdint>
#include <string>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

struct RepairVaultResponse {
  std::int64_t kept = 0;
  std::int64_t missing = 0;
  std::vector<std::string> dropped;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Kept", kept, {.help = "Records that are as they were written last"});
    visit("Missing", missing, {.help = "Records of which nothing was there"});
    visit("Dropped", dropped, {.help = "What was there in another writing than the last: collection and item of each"});
  }
};
// The answer comes from Call::afterwards.
RepairVaultResponse repair_vault(Call& call, const EmptyRequest& request);

}  // namespace kms
