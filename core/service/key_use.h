#pragma once
// Using a key, wherever its material is: prepare, use, conclude.
#include <memory>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/keys/backend.h"
#include "core/service/operation.h"

namespace kms {

// The store of a key or of one to be. CustomKeyStoreNotFoundException, CustomKeyStoreInvalidStateException.
KeyStore require_connected(const Call& call, std::string_view key_store_id);
// KMSInvalidStateException, as keys of a store that is not connected answer.
void require_in_reach(const Call& call, const Key& key);

// What `use` makes of the key: a T of a const UsableKey&. Where the material is in the vault that is done at once.
// Elsewhere, it is null in the first run: the handler returns, and the door goes on (outside_effects.h). `name`
// tells the use from others of the same key in the same call. `use` may refer to the request, and owns whatever else it
// needs.
template <class T, class Use>
std::shared_ptr<const T> use_key(Call& call, const Key& key, std::string_view name, Use use) {
  const KeyBackend& backend = call.context.keys.of(key);
  if (!backend.remote()) return std::make_shared<const T>(use(*backend.open(call.transaction, key)));
  require_in_reach(call, key);
  std::shared_ptr<const UsableKey> usable = backend.open(call.transaction, key);
  return call.outside.elsewhere<T>(
      cat(name, " ", key.arn()), [usable = std::move(usable), use = std::move(use)]() mutable { return use(*usable); });
}

}  // namespace kms
