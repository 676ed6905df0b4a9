#include "core/ops/vault/orphaned_keys.h"

#include <nlohmann/json.hpp>

#include "core/records/orphans.h"

namespace kms {

Json list_orphaned_keys(Call& call, const ListOrphanedKeysRequest& request) {
  Page page(call, "OrphanedKeys", request.limit, 1000);
  scan_orphans(call.transaction, call.caller.home, page.after(request.marker), [&](const Orphan& orphan) {
    return page.add({{"KeyArn", key_arn(orphan.home, orphan.key)},
                     {"CustomKeyStoreId", orphan.key_store_id},
                     {"Since", epoch_seconds(orphan.since)},
                     {"BeingMade", !is_left(orphan, call.now())}},
                    orphan.key.str());
  });
  return page.answer();
}

}  // namespace kms
