#include "core/ops/kms/deletion.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/keys.h"
#include "core/records/vault.h"

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

Json schedule_key_deletion(Call& call, const ScheduleKeyDeletionRequest& request) {
  Key& key = call.key.value();
  key.deletion_window_days = request.pending_window_in_days;
  key.due_sight.reset();
  Json answer{{"KeyId", key.arn()}, {"PendingWindowInDays", request.pending_window_in_days}};
  // A primary key waits for the last of its replicas first.
  if (key.is_primary() && key.regions.size() > 1) {
    key.state = KeyState::kPendingReplicaDeletion;
  } else {
    key.state = KeyState::kPendingDeletion;
    key.deletion_date = call.now() + std::chrono::hours(24) * request.pending_window_in_days;
    answer["DeletionDate"] = epoch_seconds(*key.deletion_date);
  }
  put_key(call.transaction, key);
  answer["KeyState"] = to_text(key.state);
  *call.event.response_elements = {{"keyId", key.arn()}, {"keyState", to_text(key.state)}};
  if (key.deletion_date) (*call.event.response_elements)["deletionDate"] = iso_seconds(*key.deletion_date);
  return answer;
}

Json cancel_key_deletion(Call& call, const KeyRequest& /*request*/) {
  Key& key = call.key.value();
  key.deletion_date.reset();
  key.due_sight.reset();
  key.deletion_window_days = 0;
  key.state = key.origin != Origin::kExternal || key.is_complete() ? KeyState::kDisabled : KeyState::kPendingImport;
  put_key(call.transaction, key);
  return {{"KeyId", key.arn()}};
}

}  // namespace kms
