#include "core/ops/vault/regions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/vault.h"
#include "core/upkeep/upkeep.h"

namespace kms {

Json add_region(Call& call, const AddRegionRequest& request) {
  std::vector<std::string> regions = find_regions(call.transaction);
  if (std::find(regions.begin(), regions.end(), request.region) != regions.end()) {
    throw Error(ErrorCode::kAlreadyExists, cat("Region ", request.region, " is part of this vault already."));
  }
  regions.push_back(request.region);
  put_regions(call.transaction, regions);
  return Json::object();
}

Json list_regions(Call& call, const EmptyRequest& /*request*/) {
  const std::string home = find_home(call.transaction).region;
  Json regions = Json::array();
  for (const std::string& region : find_regions(call.transaction)) {
    regions.push_back({{"Region", region}, {"Default", region == home}});
  }
  return {{"Regions", std::move(regions)}};
}

Json accept_clock_time(Call& call, const EmptyRequest& /*request*/) {
  accept_clock(call.context, call.transaction, call.now());
  return Json::object();
}

}  // namespace kms
