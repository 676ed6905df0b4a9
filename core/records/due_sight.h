#pragma once
// A first sight (core/model/backing_key.h) as a part of a record.
// A source that includes this also includes <nlohmann/json.hpp>.
#include "core/model/backing_key.h"
#include "core/records/stored_record.h"

namespace kms {

inline DueSight decode_sight(const StoredRecord& record) {
  return {record.time("when"), std::chrono::milliseconds(record.number("since_boot")), record.text("boot")};
}

inline Json encode_sight(const DueSight& sight) {
  return {{"when", milliseconds(sight.when)}, {"since_boot", sight.since_boot.count()}, {"boot", sight.boot_id}};
}

}  // namespace kms
