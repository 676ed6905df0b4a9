#include "core/upkeep/managed_keys.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/keys/material.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/managed_use.h"
#include "core/service/service_events.h"
#include "core/store/retry.h"

namespace kms {

void provide_managed_key(const Context& context, const Caller& caller, std::string_view reference) {
  const BuiltInService* service = built_in_service(caller.home, reference);
  const std::string alias = cat(kManagedPrefix, service->name);
  const Material material = make_material(service->spec, context.random);
  const Time now = context.clock.now();
  transact(context.store, [&](Transaction& transaction) {
    if (find_alias(transaction, caller.home, alias)) return;  // made meanwhile
    Key key{caller.home, KeyId::generate(context.random, false)};
    key.spec = service->spec;
    key.usage = service->usage;
    key.manager = KeyManager::kAws;
    key.service = service->name;
    key.description = service->description;
    key.creation_date = now;
    key.materials.push_back({make_material_id(key.id, material.secret)});
    key.public_key = material.public_key;
    if (key.spec == KeySpec::kSymmetric) {
      key.rotation = {true, Rotation::kDefaultPeriod, now + std::chrono::hours(24) * Rotation::kDefaultPeriod};
    }
    put_key(transaction, key);
    put_material(transaction, key, key.material_id(), material.secret);
    put_alias(transaction, {caller.home, alias, key.id, now, now});
    append_service_event(context, transaction, key, VaultEvent::kCreateKey, now, {{"keyId", key.id.str()}});
  });
}

}  // namespace kms
