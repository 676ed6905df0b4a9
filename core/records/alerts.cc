#include "core/records/alerts.h"

#include <algorithm>

#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kCondition = "condition";
constexpr std::string_view kAlertKey = "key";
constexpr std::string_view kPrincipal = "principal";
constexpr std::string_view kAlertCount = "count";
constexpr std::string_view kWithin = "within_seconds";
constexpr std::string_view kDays = "days";
constexpr std::string_view kChannel = "channel";
constexpr std::string_view kTarget = "target";
constexpr std::string_view kArguments = "arguments";
constexpr std::string_view kCreatedBy = "created_by";
constexpr std::string_view kCreated = "created";
constexpr Memo<std::vector<Alert>> kAlertsOfAccount{"alerts"};

std::string alerts_of(std::string_view account) {
  return cat("alerts/", account);
}

Alert alert_of(std::string_view name, std::string_view stored) {
  const StoredRecord record(stored);
  Alert alert;
  alert.name = name;
  alert.condition = record.name_of<AlertCondition>(kCondition);
  alert.key = record.text_or_empty(kAlertKey);
  alert.principal = record.text_or_empty(kPrincipal);
  alert.count = record.small_number(kAlertCount, 0);
  alert.within = std::chrono::seconds(record.small_number(kWithin, 0));
  alert.days = record.small_number(kDays, 0);
  alert.destination = {record.name_of<AlertChannel>(kChannel), record.text_or_empty(kTarget), record.list(kArguments)};
  alert.created_by = record.text(kCreatedBy);
  alert.created = record.time(kCreated);
  return alert;
}

}  // namespace

std::shared_ptr<const std::vector<Alert>> list_alerts(const Transaction& transaction, std::string_view account) {
  return transaction.remembered(kAlertsOfAccount, {account}, [&]() -> std::vector<Alert> {
    std::vector<Alert> alerts;
    transaction.scan(alerts_of(account), {}, [&](std::string_view name, std::string_view stored) {
      alerts.push_back(alert_of(name, stored));
      return true;
    });
    std::ranges::sort(alerts, {}, &Alert::name);
    return alerts;
  });
}

std::optional<Alert> find_alert(const Transaction& transaction, std::string_view account, std::string_view name) {
  const auto stored = transaction.get(alerts_of(account), name);
  if (!stored) return std::nullopt;
  return alert_of(name, *stored);
}

void put_alert(Transaction& transaction, std::string_view account, const Alert& alert) {
  const Json stored{{kCondition, to_text(alert.condition)},
                    {kAlertKey, alert.key},
                    {kPrincipal, alert.principal},
                    {kAlertCount, alert.count},
                    {kWithin, alert.within.count()},
                    {kDays, alert.days},
                    {kChannel, to_text(alert.destination.channel)},
                    {kTarget, alert.destination.target},
                    {kArguments, alert.destination.arguments},
                    {kCreatedBy, alert.created_by},
                    {kCreated, milliseconds(alert.created)}};
  transaction.put(alerts_of(account), alert.name, stored.dump());
}

void erase_alert(Transaction& transaction, std::string_view account, std::string_view name) {
  transaction.erase(alerts_of(account), name);
}

}  // namespace kms
