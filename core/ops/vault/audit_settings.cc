#include "core/ops/vault/audit_settings.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/records/audit_settings.h"
#include "core/service/response.h"

namespace kms {
namespace {

Json in_event(const AuditSettings& settings) {
  return {{"recordReads", settings.record_reads}};
}

}  // namespace

void PutAuditSettingsRequest::check() const {
  if (record_reads) return;
  throw Error(ErrorCode::kValidation, "nothing is to be set: give RecordReads, true or false");
}

AuditSettingsResponse put_audit_settings(Call& call, const PutAuditSettingsRequest& request) {
  const std::string& account = call.caller.home.account;
  const AuditSettings before = find_audit_settings(call.transaction, account);
  AuditSettings after = before;
  after.record_reads = request.record_reads.value_or(before.record_reads);
  put_audit_settings(call.transaction, account, after);
  *call.event.additional_data = {{"before", in_event(before)}, {"after", in_event(after)}};
  return {after.record_reads};
}

AuditSettingsResponse get_audit_settings(Call& call, const EmptyRequest& /*request*/) {
  return {find_audit_settings(call.transaction, call.caller.home.account).record_reads};
}

}  // namespace kms
