#include "core/records/audit_settings.h"

#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kAuditSettings = "audit-settings";
constexpr std::string_view kRecordReads = "record_reads";
constexpr std::string_view kKeepDays = "keep_days";
constexpr Memo<AuditSettings> kSettingsOfAccount{"audit settings"};

}  // namespace

AuditSettings find_audit_settings(const Transaction& transaction, std::string_view account) {
  return *transaction.remembered(kSettingsOfAccount, {account}, [&]() -> AuditSettings {
    const auto stored = transaction.get(kAuditSettings, account);
    if (!stored) return {};
    const StoredRecord record(*stored);
    AuditSettings settings;
    settings.record_reads = record.flag(kRecordReads, true);
    if (record.has(kKeepDays)) settings.keep_days = record.small_number(kKeepDays, 0);
    return settings;
  });
}

void put_audit_settings(Transaction& transaction, std::string_view account, const AuditSettings& settings) {
  Json record{{kRecordReads, settings.record_reads}};
  if (settings.keep_days) record[kKeepDays] = *settings.keep_days;
  transaction.put(kAuditSettings, account, record.dump());
}

}  // namespace kms
