#pragma once
// What custom key stores may still hold of keys that are not there.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
struct OrphanedKey {
  std::string key_arn;
  std::string custom_key_store_id;
  Time since;
  bool being_made = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyArn", key_arn, {.help = "ARN of the key that is not there"});
    visit("CustomKeyStoreId", custom_key_store_id, {.help = "Of the store that may hold its material"});
    visit("Since", since, {.help = "Since when the material may be there"});
    visit("BeingMade", being_made, {.help = "Whether somebody may still be making the key"});
  }
};
struct ListOrphanedKeysResponse {
  std::vector<OrphanedKey> orphaned_keys;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("OrphanedKeys", orphaned_keys, {.help = "Those of the account and Region"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListOrphanedKeysResponse list_orphaned_keys(Call& call, const ListOrphanedKeysRequest& request);

}  // namespace kms
