#pragma once
// What a vault remembers of checkpoints (formats/audit_log.md): of its own trails and, as a witness, of others' logs.
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/model/arn.h"
#include "core/store/store.h"

namespace kms {

// The note of the largest checkpoint of the trail that came back with the signatures of others.
std::optional<std::string> find_witnessed_checkpoint(const Transaction& transaction, const AccountRegion& home);
void put_witnessed_checkpoint(Transaction& transaction, const AccountRegion& home, std::string_view note);

// When a checkpoint of the trail was asked for last. What says so is kept as a note of the call, and may get lost.
SideRecord checkpoint_time_record(const AccountRegion& home, Time when);
std::optional<Time> find_checkpoint_time(const Transaction& transaction, const AccountRegion& home);

// A log of somebody else, as a witness saw it last.
struct SeenLog {
  std::string verifier_key;  // by which it was known first
  std::string note;          // the largest checkpoint
};
std::optional<SeenLog> find_seen_log(const Transaction& transaction, std::string_view origin);
void put_seen_log(Transaction& transaction, std::string_view origin, const SeenLog& log);

}  // namespace kms
