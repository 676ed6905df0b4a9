#include "core/ops/vault/regions.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/vault.h"
#include "core/service/response.h"
#include "core/upkeep/upkeep.h"

namespace kms {

EmptyResponse add_region(Call& call, const AddRegionRequest& request) {
  std::vector<std::string> regions = find_regions(call.transaction);
  if (std::find(regions.begin(), regions.end(), request.region) != regions.end()) {
    throw Error(ErrorCode::kAlreadyExists, cat("Region ", request.region, " is part of this vault already."));
  }
  regions.push_back(request.region);
  put_regions(call.transaction, regions);
  return {};
}

ListRegionsResponse list_regions(Call& call, const EmptyRequest& /*request*/) {
  const std::string home = find_home(call.transaction).region;
  ListRegionsResponse answer;
  for (const std::string& region : find_regions(call.transaction)) answer.regions.push_back({region, region == home});
  return answer;
}

EmptyResponse accept_clock_time(Call& call, const EmptyRequest& /*request*/) {
  accept_clock(call.context, call.transaction, call.now());
  return {};
}

}  // namespace kms
