#pragma once
// Alerts: what the vault tells somebody of when it happens. Actions kmsctl:CreateAlert and so on. A notice goes into
// the outbox in the commit of what it tells of, and is delivered later (core/upkeep/delivery.h): so an alert that
// cannot be delivered keeps nobody from anything.
//
// A program and a file of this machine are the agent's own: the root of the vault's account alone may name them, over
// the socket or in a process that opened the vault itself.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/alert.h"
#include "core/ops/kms/fields.h"

namespace kms {

extern const Pattern kAlertName;  // letters, digits, . _ and -
inline constexpr Rule kAlertNameRule{
    .required = true, .min = 1, .max = 64, .pattern = &kAlertName, .help = "Name of the alert"};

struct CreateAlertRequest {
  std::string name;
  AlertCondition condition = AlertCondition::kKeyDestroyed;
  std::string key_id;
  std::string principal;
  std::optional<std::int32_t> count;
  std::optional<std::int32_t> within_seconds;
  std::optional<std::int32_t> days;
  AlertChannel channel = AlertChannel::kSyslog;
  std::string target;
  std::vector<std::string> arguments;
  bool replace = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Name", name, kAlertNameRule);
    visit("Condition", condition, {.required = true, .help = "What it watches for"});
    visit("KeyId", key_id,
          {.min = 1, .max = 2048, .help = "Only what is about this key", .condition = {ConditionKind::kAlias}});
    visit("Principal", principal, {.min = 1, .max = 2048, .help = "Only what this principal does"});
    visit("Count", count, {.min = 1, .max = 10000, .help = "How often it has to happen, of what happens by somebody"});
    visit("WithinSeconds", within_seconds, {.min = 1, .max = 86400, .help = "In how many seconds so often"});
    visit("Days", days, {.min = 1, .max = 3650, .help = "Of a condition that is about days: how many"});
    visit("Channel", channel, {.required = true, .help = "How it tells"});
    visit("Target", target,
          {.min = 1, .max = 4096, .sensitive = true, .help = "Path of the program or file, or the URL"});
    visit("Arguments", arguments, {.max = 64, .sensitive = true, .help = "Of a program"}, {.max = 4096});
    visit("Replace", replace, {.help = "Take the place of an alert of this name; its notices stay"});
  }
  std::string_view key_reference() const { return key_id; }
};
EmptyResponse create_alert(Call& call, const CreateAlertRequest& request);

struct AlertRequest {
  std::string name;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Name", name, kAlertNameRule);
  }
};
// With the notices of it.
EmptyResponse delete_alert(Call& call, const AlertRequest& request);

struct AlertDescription {
  std::string name;
  AlertCondition condition = AlertCondition::kKeyDestroyed;
  std::optional<std::string> key;
  std::optional<std::string> principal;
  std::optional<std::int32_t> count;
  std::optional<std::int32_t> within_seconds;
  std::optional<std::int32_t> days;
  AlertChannel channel = AlertChannel::kSyslog;
  std::optional<std::string> target;
  std::vector<std::string> arguments;
  std::string created_by;
  Time creation_date;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Name", name, {.help = "Name of the alert"});
    visit("Condition", condition, {.help = "What it watches for"});
    visit("KeyArn", key, {.help = "The key that it is about, where it is about one"});
    visit("Principal", principal, {.help = "The ARN of the principal that it is about, where it is about one"});
    visit("Count", count, {.help = "How often it has to happen"});
    visit("WithinSeconds", within_seconds, {.help = "In how many seconds so often"});
    visit("Days", days, {.help = "How many days it is about"});
    visit("Channel", channel, {.help = "How it tells"});
    visit("Target", target, {.help = "Path of the program or file; of a URL, the host alone"});
    visit("Arguments", arguments, {.help = "Of a program"});
    visit("CreatedBy", created_by, {.help = "ARN of who made it"});
    visit("CreationDate", creation_date, {.help = "When"});
  }
};
struct ListAlertsResponse {
  std::vector<AlertDescription> alerts;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Alerts", alerts, {.help = "All of the account, by name"});
  }
};
ListAlertsResponse list_alerts(Call& call, const EmptyRequest& request);

struct NoticeDescription {
  Time time;
  std::string text;
  std::int32_t tries = 0;
  std::optional<Time> next_try;
  std::optional<std::string> failure;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Time", time, {.help = "When what it tells of happened"});
    visit("Text", text, {.help = "What happened"});
    visit("Tries", tries, {.help = "How often it was tried to deliver it"});
    visit("NextTry", next_try, {.help = "When that is tried again"});
    visit("Failure", failure, {.help = "Why the last try failed"});
  }
};
struct DescribeAlertResponse {
  AlertDescription alert;
  std::vector<NoticeDescription> waiting;
  std::vector<NoticeDescription> undeliverable;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Alert", alert, {.help = "The alert"});
    visit("Waiting", waiting, {.help = "Notices that are on their way, oldest first"});
    visit("Undeliverable", undeliverable, {.help = "Notices that were given up, oldest first; RetryAlert tries again"});
  }
};
DescribeAlertResponse describe_alert(Call& call, const AlertRequest& request);

struct TestAlertResponse {
  bool delivered = false;
  std::optional<std::string> failure;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Delivered", delivered, {.help = "Whether a notice of a test has arrived"});
    visit("Failure", failure, {.help = "Why not"});
  }
};
// Delivers a notice that says that it is a test, now, and past the outbox.
TestAlertResponse test_alert(Call& call, const AlertRequest& request);

struct RetryAlertResponse {
  std::int32_t notices = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Notices", notices, {.help = "How many are tried again at once"});
  }
};
RetryAlertResponse retry_alert(Call& call, const AlertRequest& request);

}  // namespace kms
