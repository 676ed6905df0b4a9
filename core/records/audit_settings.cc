#include "core/records/audit_settings.h"

#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kAuditSettings = "audit-settings";
constexpr std::string_view kRecordReads = "record_reads";
constexpr Memo<AuditSettings> kSettingsOfAccount{"audit settings"};

}  // namespace

AuditSettings find_audit_settings(const Transaction& transaction, std::string_view account) {
  return *transaction.remembered(kSettingsOfAccount, {account}, [&]() -> AuditSettings {
    const auto stored = transaction.get(kAuditSettings, account);
    if (!stored) return {};
    return {StoredRecord(*stored).flag(kRecordReads, true)};
  });
}

void put_audit_settings(Transaction& transaction, std::string_view account, const AuditSettings& settings) {
  transaction.put(kAuditSettings, account, Json{{kRecordReads, settings.record_reads}}.dump());
}

}  // namespace kms
