#include "core/ops/kms/usage.h"

#include <nlohmann/json.hpp>

#include "core/records/keys.h"

namespace kms {

// Uses are counted from the creation of a key on: both dates are the same.
Json get_key_last_usage(Call& call, const KeyRequest& /*request*/) {
  const Key& key = call.key.value();
  Json last = Json::object();
  if (const auto use = find_use(call.transaction, key)) {
    last = {{"Operation", use->operation},
            {"Timestamp", epoch_seconds(use->when)},
            {"CloudTrailEventId", use->event_id},
            {"KmsRequestId", use->request_id}};
  }
  return {{"KeyId", key.id.str()},
          {"KeyLastUsage", std::move(last)},
          {"TrackingStartDate", epoch_seconds(key.creation_date)},
          {"KeyCreationDate", epoch_seconds(key.creation_date)}};
}

}  // namespace kms
