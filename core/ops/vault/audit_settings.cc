#include "core/ops/vault/audit_settings.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/records/audit_settings.h"
#include "core/records/trail_sights.h"
#include "core/records/vault.h"
#include "core/service/response.h"

namespace kms {
namespace {

Json in_event(const AuditSettings& settings) {
  Json shown{{"recordReads", settings.record_reads}};
  if (settings.keep_days) shown["keepDays"] = *settings.keep_days;
  return shown;
}

AuditSettingsResponse settings_answer(const AuditSettings& settings) {
  return {settings.record_reads, settings.keep_days};
}

// What was seen to be too old by another setting does not count, so nothing goes before a day has passed.
void begin_sights_anew(const Call& call) {
  for (const std::string& region : find_regions(call.transaction)) {
    erase_trail_sight(call.transaction, {call.caller.home.account, region});
  }
  note_due(call.transaction, call.now());
}

}  // namespace

void PutAuditSettingsRequest::check() const {
  if (!record_reads && !keep_days && !keep_forever) {
    throw Error(ErrorCode::kValidation,
                "nothing is to be set: give RecordReads, true or false, KeepDays, or KeepForever true");
  }
  if (keep_days && keep_forever) {
    throw Error(ErrorCode::kValidation, "events are kept for KeepDays or KeepForever: give one of them");
  }
  if (keep_forever == false) {
    throw Error(ErrorCode::kValidation, "KeepForever false says not for how long: give KeepDays");
  }
}

AuditSettingsResponse put_audit_settings(Call& call, const PutAuditSettingsRequest& request) {
  const std::string& account = call.caller.home.account;
  const AuditSettings before = find_audit_settings(call.transaction, account);
  AuditSettings after = before;
  after.record_reads = request.record_reads.value_or(before.record_reads);
  if (request.keep_days) after.keep_days = request.keep_days;
  if (request.keep_forever) after.keep_days.reset();
  put_audit_settings(call.transaction, account, after);
  if (after.keep_days != before.keep_days) begin_sights_anew(call);
  *call.event.additional_data = {{"before", in_event(before)}, {"after", in_event(after)}};
  return settings_answer(after);
}

AuditSettingsResponse get_audit_settings(Call& call, const EmptyRequest& /*request*/) {
  return settings_answer(find_audit_settings(call.transaction, call.caller.home.account));
}

}  // namespace kms
