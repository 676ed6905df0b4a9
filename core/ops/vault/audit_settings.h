#pragma once
// What the trail of an account keeps: actions kmsctl:PutAuditSettings and kmsctl:GetAuditSettings. Nothing but looks at
// the trail itself can be left out, and each change leaves an event that says what it was and what it is.
#include <optional>

#include "core/ops/kms/fields.h"

namespace kms {

// Of what is left out, each stays as it is.
struct PutAuditSettingsRequest {
  std::optional<bool> record_reads;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("RecordReads", record_reads,
          {.help = "Whether who looks at the trail and is let leaves an event. Who is refused always does"});
  }
  void check() const;  // ValidationException where nothing is given
};

struct AuditSettingsResponse {
  bool record_reads = true;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("RecordReads", record_reads, {.help = "Whether who looks at the trail and is let leaves an event"});
  }
};

AuditSettingsResponse put_audit_settings(Call& call, const PutAuditSettingsRequest& request);
AuditSettingsResponse get_audit_settings(Call& call, const EmptyRequest& request);

}  // namespace kms
