#pragma once
// What custom key stores may still hold of keys that are not there.
#include <cstdint>
#include <string>

#include "core/ops/kms/fields.h"

namespace kms {

struct ListOrphanedKeysRequest {
  std::int32_t limit = 100;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
  }
};
Json list_orphaned_keys(Call& call, const ListOrphanedKeysRequest& request);

}  // namespace kms
