// alert: whom the vault tells when something happens.
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/alert_destination.h"
#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/vault/alerts.h"

namespace kms::cli {
namespace {

constexpr const char* kAlertGroup = "Alerts";
constexpr OptionRow kAlertArgument{"name", "Name"};

struct NewAlert {
  OperationOptions alert = {
      row_of<kms::create_alert>(),
      {kAlertArgument,
       {"--on", "Condition"},
       {"-k,--key", "KeyId", Reading::kValue, "Only what is about this key: its id, ARN or alias"},
       {"--principal", "Principal"},
       {"--count", "Count"},
       {"--replace", "Replace"}}};
  std::optional<std::chrono::seconds> within;
  std::optional<std::chrono::days> days;
  DestinationOptions destination;

  template <class Visitor>
  void fields(Visitor& visit) {
    alert.fields(visit);
    visit("--within", within, {.help = "The time in which it has to happen so often: 5m"});
    visit("--days", days, {.help = "Of a condition that is about days: how many"});
    destination.fields(visit);
  }
};

void add_alert(Session& session, const NewAlert& options) {
  Json request = options.alert.request(session);
  if (options.within) request["WithinSeconds"] = options.within->count();
  if (options.days) request["Days"] = options.days->count();
  request.update(members_of(options.destination));
  session.call(name_of<kms::create_alert>(), std::move(request));
}

std::string shown_destination(const AlertDescription& alert) {
  std::string text(to_text(alert.channel));
  if (alert.target) text += cat(" ", *alert.target);
  for (const std::string& argument : alert.arguments) text += cat(" ", argument);
  return text;
}

// What it is about beyond its condition.
std::string shown_subject(const AlertDescription& alert, const std::string& account) {
  std::vector<std::string> parts;
  if (alert.key) parts.push_back(short_resource(account, *alert.key));
  if (alert.principal) parts.push_back(short_principal(account, *alert.principal));
  if (alert.count && alert.within_seconds) {
    parts.push_back(cat(std::to_string(*alert.count), "x in ", std::to_string(*alert.within_seconds), " s"));
  }
  if (alert.days) parts.push_back(cat(std::to_string(*alert.days), alert.days == 1 ? " day" : " days"));
  std::string text;
  for (const std::string& part : parts) text += cat(text.empty() ? "" : ", ", part);
  return text;
}

void alert_rows(Listing& rows, const ListAlertsResponse& answer, Session& session) {
  for (const AlertDescription& alert : answer.alerts) {
    rows.add({alert.name, std::string(to_text(alert.condition)), shown_subject(alert, session.home().account),
              shown_destination(alert)});
  }
}

struct AlertName {
  std::string name;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("name", name, {.required = true, .help = "Name of the alert"});
  }
};

struct ShownAlert : AlertName {
  bool wide = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    AlertName::fields(visit);
    add_wide(visit, wide);
  }
};

// Without the name of the alert, which the sentence begins with for who reads it elsewhere.
std::string sentence_of(const NoticeDescription& notice) {
  const std::size_t name = notice.text.find(": ");
  return name == std::string::npos ? notice.text : notice.text.substr(name + 2);
}

void show_notices(Session& session, std::string_view title, const std::vector<NoticeDescription>& notices, bool wide) {
  if (notices.empty()) return;
  session.out() << "\n" << title << "\n";
  Listing listing({{"TIME"}, {"TRIES"}, {"NEXT", 1}, {"WHAT", 0, Cut::kAsNeeded, 20}, {"FAILURE", 2}});
  for (const NoticeDescription& notice : notices) {
    listing.add({shown_time(notice.time),
                 std::to_string(notice.tries),
                 notice.next_try ? shown_time(*notice.next_try) : std::string(),
                 sentence_of(notice),
                 {notice.failure.value_or(""), Style::kBad}});
  }
  listing.print(session.out(), screen_of(session.options(), wide));
}

void show_alert(Session& session, const ShownAlert& options) {
  const Json request{{"Name", options.name}};
  if (!shows_people(session, options.wide)) return print_call(session, row_of<kms::describe_alert>(), request);
  const auto answer = ask<kms::describe_alert>(session, request);
  const AlertDescription& alert = answer.alert;
  const std::string& account = session.home().account;
  const std::string about = shown_subject(alert, account);
  session.out() << alert.name << ": " << to_text(alert.condition) << (about.empty() ? "" : " (") << about
                << (about.empty() ? "" : ")") << "\nto " << shown_destination(alert) << "\nmade by "
                << short_principal(account, alert.created_by) << ", " << shown_time(alert.creation_date) << "\n";
  show_notices(session, "On their way:", answer.waiting, options.wide);
  show_notices(session, "Given up (kmsctl alert retry " + alert.name + " tries again):", answer.undeliverable,
               options.wide);
}

void try_alert(Session& session, const AlertName& options) {
  const auto answer = ask<kms::test_alert>(session, {{"Name", options.name}});
  if (!answer.delivered) {
    session.set_hint(cat("kmsctl alert show ", options.name));
    throw Error(ErrorCode::kFile, cat("the alert ", options.name, " was not delivered: ", answer.failure.value_or("")));
  }
  session.err() << "kmsctl: a test of " << options.name << " was delivered\n";
}

void retry_alert(Session& session, const AlertName& options) {
  const auto answer = ask<kms::retry_alert>(session, {{"Name", options.name}});
  session.err() << "kmsctl: " << answer.notices << (answer.notices == 1 ? " notice is" : " notices are")
                << " delivered again\n";
}

}  // namespace

void add_alert_commands(Commands& commands) {
  constexpr const char* kGroup = kAlertGroup;
  commands.push_back(command<NewAlert>("alert add", "Tell somebody when something happens", kGroup, add_alert));
  commands.push_back(list_command<kms::list_alerts>({"alert list", "List the alerts", kGroup, {}},
                                                    {{"NAME"}, {"ON"}, {"ABOUT", 2}, {"TO", 1, Cut::kAsNeeded, 12}},
                                                    alert_rows));
  commands.push_back(command<ShownAlert>("alert show", "Show an alert, and what it has not been able to tell", kGroup,
                                         show_alert, &row_of<kms::describe_alert>()));
  commands.push_back(operation_command<kms::delete_alert>(
      {"alert remove", "Remove an alert, and what it has not told yet", kGroup, {kAlertArgument}}));
  commands.push_back(command<AlertName>("alert test", "Deliver a test of an alert, now", kGroup, try_alert));
  commands.push_back(
      command<AlertName>("alert retry", "Deliver again what an alert could not tell", kGroup, retry_alert));
}

}  // namespace kms::cli
