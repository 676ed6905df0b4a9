#pragma once
// When a key was last used.
#include <optional>
#include <string>

#include "core/ops/kms/keys.h"

namespace kms {

struct KeyLastUsage {
  std::optional<std::string> operation;
  std::optional<Time> timestamp;
  std::optional<std::string> cloud_trail_event_id;
  std::optional<std::string> kms_request_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Operation", operation, {.help = "What it was used for"});
    visit("Timestamp", timestamp, {.help = "When"});
    visit("CloudTrailEventId", cloud_trail_event_id, {.help = "Of the audit event"});
    visit("KmsRequestId", kms_request_id, {.help = "Of the request"});
  }
};
struct GetKeyLastUsageResponse {
  std::string key_id;
  KeyLastUsage key_last_usage;
  Time tracking_start_date;
  Time key_creation_date;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, {.help = "Id of the key"});
    visit("KeyLastUsage", key_last_usage, {.help = "Empty when the key was never used"});
    visit("TrackingStartDate", tracking_start_date, {.help = "Since when uses are counted"});
    visit("KeyCreationDate", key_creation_date, {.help = "When the key was made"});
  }
};
KeyLastUsage last_usage(const Call& call, const Key& key);
GetKeyLastUsageResponse get_key_last_usage(Call& call, const KeyRequest& request);

}  // namespace kms
