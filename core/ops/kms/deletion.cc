#include "core/ops/kms/deletion.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/keys.h"
#include "core/upkeep/key_sets.h"

namespace kms {

// The model's bounds are wider than what the service takes.
void ScheduleKeyDeletionRequest::check() const {
  constexpr std::int32_t kFewest = 7;
  constexpr std::int32_t kMost = 30;
  if (pending_window_in_days >= kFewest && pending_window_in_days <= kMost) return;
  const bool too_few = pending_window_in_days < kFewest;
  throw Error(ErrorCode::kValidation,
              cat("1 validation error detected: Value '", std::to_string(pending_window_in_days),
                  "' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value ",
                  too_few ? "greater than or equal to 7" : "less than or equal to 30"));
}

ScheduleKeyDeletionResponse schedule_key_deletion(Call& call, const ScheduleKeyDeletionRequest& request) {
  KeySet set = load_set(call.transaction, call.key.value(), call.now());
  const std::string& region = call.key->home.region;
  set.schedule_deletion(region, request.pending_window_in_days);
  store_set(call.context, call.transaction, set, region, call.now());
  const Key& key = set.in(region);
  *call.event.response_elements = {{"keyId", key.arn()}, {"keyState", to_text(key.state)}};
  if (key.deletion_date) (*call.event.response_elements)["deletionDate"] = iso_seconds(*key.deletion_date);
  // Who reads the trail sees that somebody may miss the key.
  if (const auto use = find_use(call.transaction, key)) {
    *call.event.additional_data = {{"lastUsage", iso_seconds(use->when)}};
  }
  return {key.arn(), key.deletion_date, key.state, request.pending_window_in_days};
}

KeyArnResponse cancel_key_deletion(Call& call, const KeyRequest& /*request*/) {
  const Key& key = call.key.value();
  KeySet set = load_set(call.transaction, key, call.now());
  set.cancel_deletion(key.home.region);
  store_set(call.context, call.transaction, set, key.home.region, call.now());
  return {key.arn()};
}

}  // namespace kms
