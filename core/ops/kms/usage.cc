#include "core/ops/kms/usage.h"

#include <utility>

#include "core/records/keys.h"

namespace kms {

KeyLastUsage last_usage(const Call& call, const Key& key) {
  auto use = find_use(call.transaction, key);
  if (!use) return {};
  return {std::move(use->operation), use->when, std::move(use->event_id), std::move(use->request_id)};
}

// Uses are counted from the creation of a key on: both dates are the same.
GetKeyLastUsageResponse get_key_last_usage(Call& call, const KeyRequest& /*request*/) {
  const Key& key = call.key.value();
  return {key.id.str(), last_usage(call, key), key.creation_date, key.creation_date};
}

}  // namespace kms
