#pragma once
// Administration of the vault: its regions, and the upkeep of its keys.
#include <string>
#include <string_view>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/patterns.h"

namespace kms {

struct AddRegionRequest {
  std::string region;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Region", region,
          {.required = true, .min = 1, .max = 32, .pattern = &kRegionPattern, .help = "as eu-west-1"});
  }
};
Json add_region(Call& call, const AddRegionRequest& request);
Json list_regions(Call& call, const EmptyRequest& request);

// Takes the clock's time for the truth again, after it was wrong.
Json accept_clock_time(Call& call, const EmptyRequest& request);

}  // namespace kms
