#include "core/ops/vault/alerts.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/audit/alert_notice.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/alerts.h"
#include "core/records/outbox.h"
#include "core/service/response.h"

namespace kms {
namespace {

constexpr std::chrono::seconds kTestPatience{10};

bool is_alert_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

[[noreturn]] void refuse_alert(std::string_view why) {
  throw Error(ErrorCode::kValidation, std::string(why));
}

std::string principal_of(const Call& call, const std::string& text) {
  if (text.empty()) return {};
  if (const auto arn = principal_arn(call.caller.home.account, text)) return *arn;
  refuse_alert(cat("'", text, "' names no principal: it is user/NAME, role/NAME, root, or an ARN"));
}

void require_numbers_fit(const CreateAlertRequest& request, const AlertNumbers& usual) {
  const std::string_view condition = to_text(request.condition);
  if (usual.count == 0 && (request.count || request.within_seconds)) {
    refuse_alert(cat("the condition ", condition, " counts nothing: leave out how often, and within which time"));
  }
  if (usual.days == 0 && request.days)
    refuse_alert(cat("the condition ", condition, " is not about days: leave them out"));
}

bool is_about_keys(AlertCondition condition) {
  return condition != AlertCondition::kFailedUnlock && condition != AlertCondition::kClockWentBack &&
         condition != AlertCondition::kCheckpointOverdue && condition != AlertCondition::kAuditGap;
}

bool is_about_principals(AlertCondition condition) {
  switch (condition) {
    case AlertCondition::kUseOfKeyPendingDeletion:
    case AlertCondition::kDeletionOfUsedKey:
    case AlertCondition::kAccessDenied:
    case AlertCondition::kRootUse:
    case AlertCondition::kAccessWidened:
    case AlertCondition::kQuotaReached:
      return true;
    default:
      return false;
  }
}

void require_subjects_fit(const CreateAlertRequest& request) {
  const std::string_view condition = to_text(request.condition);
  if (!request.key_id.empty() && !is_about_keys(request.condition)) {
    refuse_alert(cat("the condition ", condition, " is about no key: leave it out"));
  }
  if (!request.principal.empty() && !is_about_principals(request.condition)) {
    refuse_alert(cat("the condition ", condition, " is about no principal: leave it out"));
  }
}

// What runs or is written to here is the agent's own.
void require_may_name(const Call& call, const AlertDestination& destination) {
  if (destination.channel != AlertChannel::kProgram && destination.channel != AlertChannel::kFile) return;
  const bool here = call.caller.listener.empty() || call.caller.listener == "unix";
  if (here && call.caller.is_root()) return;
  throw Error(ErrorCode::kAccessDenied,
              cat("a ", to_text(destination.channel),
                  " of this machine is named by the root of the account alone, and over no network"));
}

AlertDestination destination_of(const Call& call, const CreateAlertRequest& request) {
  AlertDestination destination{request.channel, request.target, request.arguments};
  const std::string_view channel = to_text(request.channel);
  if (request.channel != AlertChannel::kProgram && !request.arguments.empty()) {
    refuse_alert(cat("Arguments are a program's; the channel is ", channel));
  }
  if (request.channel == AlertChannel::kSyslog && !request.target.empty())
    refuse_alert("the channel syslog has no Target");
  if (request.channel != AlertChannel::kSyslog && request.target.empty()) {
    refuse_alert(cat("the channel ", channel, " needs a Target"));
  }
  require_may_name(call, destination);
  if (call.context.delivery == nullptr) return destination;
  if (const auto why = call.context.delivery->unfit(destination)) {
    refuse_alert(cat("nothing can be delivered to this ", channel, ": ", *why));
  }
  return destination;
}

Alert alert_of(const Call& call, const CreateAlertRequest& request) {
  const AlertNumbers usual = usual_numbers(request.condition);
  require_numbers_fit(request, usual);
  require_subjects_fit(request);
  Alert alert;
  alert.name = request.name;
  alert.condition = request.condition;
  if (call.key) alert.key = call.key->arn();
  alert.principal = principal_of(call, request.principal);
  alert.count = request.count.value_or(usual.count);
  alert.within = request.within_seconds ? std::chrono::seconds(*request.within_seconds) : usual.within;
  alert.days = request.days.value_or(usual.days);
  alert.destination = destination_of(call, request);
  alert.created_by = call.caller.principal;
  alert.created = call.now();
  return alert;
}

template <class T>
std::optional<T> unless_empty(T value) {
  if (value == T{}) return std::nullopt;
  return value;
}

AlertDescription described(const Alert& alert) {
  return {alert.name,
          alert.condition,
          unless_empty(alert.key),
          unless_empty(alert.principal),
          unless_empty(alert.count),
          unless_empty(static_cast<std::int32_t>(alert.within.count())),
          unless_empty(alert.days),
          alert.destination.channel,
          unless_empty(shown_target(alert.destination)),
          alert.destination.arguments,
          alert.created_by,
          alert.created};
}

Alert require_alert(const Call& call, const std::string& name) {
  auto alert = find_alert(call.transaction, call.caller.home.account, name);
  if (!alert) throw Error(ErrorCode::kNotFound, cat("There is no alert of the name ", name, "."));
  return *std::move(alert);
}

std::string text_of(const Notice& notice) {
  const Json parsed = Json::parse(notice.text, nullptr, /*allow_exceptions=*/false);
  return parsed.is_object() ? parsed.value("text", "") : "";
}

std::vector<NoticeDescription> notices_of(const Call& call, const Alert& alert, NoticeState state) {
  std::vector<NoticeDescription> notices;
  scan_notices(call.transaction, state, [&](const Notice& notice) {
    if (notice.account != call.caller.home.account || notice.alert != alert.name) return true;
    const bool waits = state == NoticeState::kWaiting;
    notices.push_back({notice.when, text_of(notice), notice.tries, waits ? std::optional(notice.next) : std::nullopt,
                       unless_empty(notice.failure)});
    return true;
  });
  std::ranges::sort(notices, {}, &NoticeDescription::time);
  return notices;
}

}  // namespace

const Pattern kAlertName{"^[a-zA-Z0-9._-]+$", is_alert_name};

EmptyResponse create_alert(Call& call, const CreateAlertRequest& request) {
  const std::string& account = call.caller.home.account;
  const Alert alert = alert_of(call, request);
  const auto others = list_alerts(call.transaction, account);
  const bool known = std::ranges::any_of(*others, [&](const Alert& each) { return each.name == alert.name; });
  if (known && !request.replace) {
    throw Error(ErrorCode::kAlreadyExists, cat("There is an alert of the name ", alert.name, " already."));
  }
  if (!known && others->size() >= kMostAlerts) {
    throw Error(ErrorCode::kLimitExceeded, cat("The account has ", std::to_string(kMostAlerts), " alerts already."));
  }
  put_alert(call.transaction, account, alert);
  *call.event.additional_data = {{"target", shown_target(alert.destination)}};
  return {};
}

EmptyResponse delete_alert(Call& call, const AlertRequest& request) {
  const Alert alert = require_alert(call, request.name);
  erase_alert(call.transaction, call.caller.home.account, alert.name);
  erase_notices_of(call.transaction, call.caller.home.account, alert.name);
  return {};
}

ListAlertsResponse list_alerts(Call& call, const EmptyRequest& /*request*/) {
  ListAlertsResponse answer;
  const auto alerts = list_alerts(call.transaction, call.caller.home.account);
  for (const Alert& alert : *alerts) {
    answer.alerts.push_back(described(alert));
  }
  return answer;
}

DescribeAlertResponse describe_alert(Call& call, const AlertRequest& request) {
  const Alert alert = require_alert(call, request.name);
  return {described(alert), notices_of(call, alert, NoticeState::kWaiting),
          notices_of(call, alert, NoticeState::kDead)};
}

TestAlertResponse test_alert(Call& call, const AlertRequest& request) {
  const Alert alert = require_alert(call, request.name);
  call.event.read_only = false;
  AlertDelivery* const delivery = call.context.delivery;
  if (delivery == nullptr) throw Error(ErrorCode::kUnsupportedOperation, "nothing here delivers alerts");
  AlertNews news{call.event.event_id, call.now(), cat("a test, asked for by ", call.caller.principal)};
  news.test = true;
  const auto tried = call.outside.elsewhere<std::optional<std::string>>(
      "test", [delivery, alert, notice = notice_text(alert, call.caller.home.account, news)] {
        return delivery->deliver(alert.destination, alert.name, notice, kTestPatience);
      });
  if (!tried) return {};
  return {!tried->has_value(), *tried};
}

RetryAlertResponse retry_alert(Call& call, const AlertRequest& request) {
  const Alert alert = require_alert(call, request.name);
  std::vector<Notice> dead;
  std::vector<Notice> waiting;
  const auto collect = [&](std::vector<Notice>& into) {
    return [&](const Notice& notice) {
      if (notice.account == call.caller.home.account && notice.alert == alert.name) into.push_back(notice);
      return true;
    };
  };
  scan_notices(call.transaction, NoticeState::kDead, collect(dead));
  scan_notices(call.transaction, NoticeState::kWaiting, collect(waiting));
  for (const Notice& notice : dead) erase_notice(call.transaction, NoticeState::kDead, notice);
  waiting.insert(waiting.end(), dead.begin(), dead.end());
  for (Notice& notice : waiting) {
    notice.tries = 0;
    notice.next = call.now();
    for (const SideRecord& record : notice_records(notice)) add(call.transaction, record);
  }
  return {static_cast<std::int32_t>(waiting.size())};
}

}  // namespace kms
