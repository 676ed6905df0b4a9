#pragma once
// What the owner of an account wants of the trail, as a record of the store.
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/store/store.h"

namespace kms {

struct AuditSettings {
  // Whether a look at the trail that succeeds leaves an event. One that is refused or fails always does.
  bool record_reads = true;
  // For how many days events stay, before upkeep prunes them (core/upkeep/keeping.h): nothing is for ever.
  std::optional<std::int32_t> keep_days = std::nullopt;
};

AuditSettings find_audit_settings(const Transaction& transaction, std::string_view account);  // remembered
void put_audit_settings(Transaction& transaction, std::string_view account, const AuditSettings& settings);

}  // namespace kms
