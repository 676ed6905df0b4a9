#pragma once
// Ending the life of a key, after a time to think again.
#include <optional>
#include <string>
#include <string_view>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/keys.h"

namespace kms {

struct ScheduleKeyDeletionRequest {
  std::string key_id;
  std::int32_t pending_window_in_days = 30;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("PendingWindowInDays", pending_window_in_days,
          {.min = 1,
           .max = 365,
           .help = "Days until the key is destroyed, 7 to 30; 30 when left out",
           .condition = value_of("kms:ScheduleKeyDeletionPendingWindowInDays")});
  }
  void check() const;
  std::string_view key_reference() const { return key_id; }
};
struct ScheduleKeyDeletionResponse {
  std::string key_id;
  std::optional<Time> deletion_date;
  KeyState key_state = KeyState::kPendingDeletion;
  std::int32_t pending_window_in_days = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("DeletionDate", deletion_date,
          {.help = "When the key is destroyed; absent for a primary key that waits for its replicas"});
    visit("KeyState", key_state, {.help = "PendingDeletion, or PendingReplicaDeletion while there are replicas"});
    visit("PendingWindowInDays", pending_window_in_days, {.help = "Days that the key waits"});
  }
};
ScheduleKeyDeletionResponse schedule_key_deletion(Call& call, const ScheduleKeyDeletionRequest& request);
KeyArnResponse cancel_key_deletion(Call& call, const KeyRequest& request);

}  // namespace kms
