#pragma once
// Administration of the vault: its regions, and the upkeep of its keys.
#include <string>
#include <string_view>
#include <vector>

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
EmptyResponse add_region(Call& call, const AddRegionRequest& request);

struct RegionDescription {
  std::string region;
  bool is_default = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Region", region, {.help = "Name of the Region"});
    visit("Default", is_default, {.help = "Whether it is meant where none is named"});
  }
};
struct ListRegionsResponse {
  std::vector<RegionDescription> regions;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Regions", regions, {.help = "All of them"});
  }
};
ListRegionsResponse list_regions(Call& call, const EmptyRequest& request);

// Takes the clock's time for the truth again, after it was wrong.
EmptyResponse accept_clock_time(Call& call, const EmptyRequest& request);

}  // namespace kms
