#pragma once
// What the trail of an account keeps: actions kmsctl:PutAuditSettings and kmsctl:GetAuditSettings. Nothing but looks at
// the trail itself can be left out, and each change leaves an event that says what it was and what it is. Events may go
// once they are old: upkeep prunes them at its second look, a day after the first (core/upkeep/keeping.h).
#include <cstdint>
#include <optional>

#include "core/ops/kms/fields.h"

namespace kms {

inline constexpr std::int32_t kShortestKeep = 7;      // days
inline constexpr std::int32_t kLongestKeep = 36'500;  // likewise

// Of what is left out, each stays as it is.
struct PutAuditSettingsRequest {
  std::optional<bool> record_reads;
  std::optional<std::int32_t> keep_days;
  std::optional<bool> keep_forever;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("RecordReads", record_reads,
          {.help = "Whether who looks at the trail and is let leaves an event. Who is refused always does"});
    visit("KeepDays", keep_days,
          {.min = kShortestKeep,
           .max = kLongestKeep,
           .help = "For how many days events stay. Upkeep prunes older ones, at the earliest a day after this is set"});
    visit("KeepForever", keep_forever, {.help = "In place of KeepDays: events stay until somebody prunes them"});
  }
  void check() const;  // ValidationException where nothing is given, or KeepDays and KeepForever
};

struct AuditSettingsResponse {
  bool record_reads = true;
  std::optional<std::int32_t> keep_days;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("RecordReads", record_reads, {.help = "Whether who looks at the trail and is let leaves an event"});
    visit("KeepDays", keep_days,
          {.help = "For how many days events stay, before upkeep prunes them; absent when that is for ever"});
  }
};

AuditSettingsResponse put_audit_settings(Call& call, const PutAuditSettingsRequest& request);
AuditSettingsResponse get_audit_settings(Call& call, const EmptyRequest& request);

}  // namespace kms
