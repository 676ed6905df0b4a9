#include "core/service/orphaned_material.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/key_use.h"
#include "core/service/service_events.h"
#include "core/store/retry.h"

namespace kms {
namespace {

// Null unless the store of the orphan is connected, and the orphan is there.
const KeyBackend* backend_of(const Context& context, const Orphan& orphan) {
  const auto transaction = context.store.begin(Access::kRead);
  const auto store = find_key_store(*transaction, orphan.home, orphan.key_store_id);
  if (!store || store->state != ConnectionState::kConnected) return nullptr;
  if (!find_orphan(*transaction, orphan.home, orphan.key)) return nullptr;
  return context.keys.find(store->type);
}

void find_left(const Transaction& transaction, Time now, std::vector<Orphan>& found) {
  for (const Account& account : list_accounts(transaction)) {
    for (const std::string& region : find_regions(transaction)) {
      scan_orphans(transaction, {account.id, region}, "", [&](const Orphan& orphan) {
        if (is_left(orphan, now)) found.push_back(orphan);
        return true;
      });
    }
  }
}

}  // namespace

std::shared_ptr<const MadeMaterial> make_for(Call& call, const Key& key) {
  const KeyBackend& backend = call.context.keys.of(key);
  if (!backend.remote()) return std::make_shared<const MadeMaterial>(backend.make(key, call.context.random));
  const Orphan orphan{key.home, key.id, key.custom_key_store_id, call.now()};
  return call.outside.elsewhere<MadeMaterial>(
      cat("make ", key.arn()), [key, orphan, &backend, &context = call.context, &outside = call.outside] {
        transact(context.store, [&](Transaction& transaction) { put_orphan(transaction, orphan); });
        outside.take_back_by([&context, orphan] { (void)destroy_orphan(context, orphan); });
        return backend.make(key, context.random);
      });
}

void keep(Call& call, const Key& key, const MadeMaterial& made) {
  if (!call.context.keys.of(key).remote()) return put_material(call.transaction, key, made.id, made.secret);
  const auto orphan = find_orphan(call.transaction, key.home, key.id);
  if (!orphan) throw Error(ErrorCode::kDependencyTimeout, "The custom key store took too long to make the key.");
  erase_orphan(call.transaction, *orphan);
}

bool destroy_orphan(const Context& context, const Orphan& orphan) {
  try {
    const KeyBackend* const backend = backend_of(context, orphan);
    if (backend == nullptr) return false;
    backend->destroy(orphan);
    transact(context.store, [&](Transaction& transaction) {
      erase_orphan(transaction, orphan);
      append_vault_event(context, transaction, orphan.home, VaultEvent::kDestroyOrphanedKey, context.clock.now(),
                         {{"keyId", orphan.key.str()}, {"customKeyStoreId", orphan.key_store_id}});
    });
    return true;
  } catch (const std::exception&) {
    return false;  // it is listed, and tried again
  }
}

std::int32_t destroy_orphans(const Context& context, Time now) {
  std::vector<Orphan> left;
  find_left(*context.store.begin(Access::kRead), now, left);
  std::int32_t destroyed = 0;
  for (const Orphan& orphan : left) destroyed += destroy_orphan(context, orphan) ? 1 : 0;
  return destroyed;
}

}  // namespace kms
