#include "core/ops/vault/orphaned_keys.h"

#include "core/records/orphans.h"

namespace kms {

ListOrphanedKeysResponse list_orphaned_keys(Call& call, const ListOrphanedKeysRequest& request) {
  EntryPage<OrphanedKey> page(call, request.limit, 1000);
  scan_orphans(call.transaction, call.caller.home, page.after(request.marker), [&](const Orphan& orphan) {
    return page.add({key_arn(orphan.home, orphan.key), orphan.key_store_id, orphan.since, !is_left(orphan, call.now())},
                    orphan.key.str());
  });
  return page.answer<ListOrphanedKeysResponse>();
}

}  // namespace kms
