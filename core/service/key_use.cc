#include "core/service/key_use.h"

#include "core/base/error.h"

namespace kms {

KeyStore require_connected(const Call& call, std::string_view key_store_id) {
  auto store = find_key_store(call.transaction, call.caller.home, key_store_id);
  if (!store) {
    throw Error(ErrorCode::kCustomKeyStoreNotFound, cat("Custom key store ", key_store_id, " does not exist."));
  }
  if (store->state != ConnectionState::kConnected) {
    throw Error(ErrorCode::kCustomKeyStoreInvalidState,
                cat("Custom key store ", key_store_id, " has the connection state ", to_text(store->state),
                    ", which is not valid for this operation."));
  }
  return *std::move(store);
}

void require_in_reach(const Call& call, const Key& key) {
  const auto store = find_key_store(call.transaction, key.home, key.custom_key_store_id);
  if (store && store->state == ConnectionState::kConnected) return;
  throw Error(ErrorCode::kInvalidState,
              cat(key.arn(), " is unavailable: its custom key store ", key.custom_key_store_id, " is ",
                  store ? to_text(store->state) : "gone", "."));
}

}  // namespace kms
