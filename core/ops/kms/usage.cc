#include "core/ops/kms/usage.h"

#include <utility>

#include "core/records/keys.h"

namespace kms {

// Uses are counted from the creation of a key on: both dates are the same.
GetKeyLastUsageResponse get_key_last_usage(Call& call, const KeyRequest& /*request*/) {
  const Key& key = call.key.value();
  KeyLastUsage last;
  if (auto use = find_use(call.transaction, key)) {
    last = {std::move(use->operation), use->when, std::move(use->event_id), std::move(use->request_id)};
  }
  return {key.id.str(), std::move(last), key.creation_date, key.creation_date};
}

}  // namespace kms
