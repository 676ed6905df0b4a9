#include "cli/commands/report_data.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "cli/ask.h"
#include "cli/commands/report_keys.h"
#include "cli/commands/trail_checkpoints.h"
#include "cli/commands/usage_question.h"
#include "cli/terminal_stream.h"
#include "core/audit/event_text.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_trail.h"
#include "core/ops/vault/audit_usage.h"
#include "core/ops/vault/key_details.h"
#include "core/ops/vault/upkeep.h"

namespace kms::cli {
namespace {

using std::chrono::days;

constexpr std::int64_t kMostDenials = 2000;  // events
constexpr std::size_t kMostDenied = 20;      // principals
constexpr std::size_t kMostUsers = 5;
constexpr std::size_t kMostPrincipals = 20;
constexpr std::size_t kMostSlots = 100;

// On one line of the terminal behind standard error, if there is one; it is gone at the end.
class ReportProgress {
 public:
  explicit ReportProgress(Session& session) : shown_(session.terminal().error_is_terminal()) {}
  ~ReportProgress() {
    if (shown_) draw("\r\033[K");
  }
  ReportProgress(const ReportProgress&) = delete;
  ReportProgress& operator=(const ReportProgress&) = delete;
  ReportProgress(ReportProgress&&) = delete;
  ReportProgress& operator=(ReportProgress&&) = delete;

  void step(std::string_view what) const {
    if (shown_) draw(cat("\r\033[Kreport: ", what));
  }

 private:
  bool shown_;
};

// Asks the same of one key after the other until that is refused: a refusal is an event, and one of them says as much
// as fifty. A key that is gone meanwhile has no answer.
class UntilRefused {
 public:
  template <class Question>
  auto operator()(const Question& question) -> std::optional<decltype(question())> {
    if (refused_) return std::nullopt;
    try {
      auto answer = if_allowed(question);
      refused_ = !answer;
      return answer;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kNotFound) throw;
      return std::nullopt;
    }
  }

 private:
  bool refused_ = false;
};

ReportHead head_of(Session& session) {
  ReportHead head{{}, session.home().account, session.home().region, session.clock().now(), session.principal()};
  head.vault_id = if_allowed([&] { return ask<kms::get_vault_status>(session, Json::object()).vault_id; });
  return head;
}

std::optional<std::vector<KeyDetails>> list_of_keys(Session& session, const ReportProgress& progress) {
  return if_allowed([&] {
    std::vector<KeyDetails> keys;
    ask_pages<kms::list_key_details>(session, Json::object(), [&](ListKeyDetailsResponse page) {
      keys.insert(keys.end(), std::make_move_iterator(page.keys.begin()), std::make_move_iterator(page.keys.end()));
      progress.step(cat("keys, ", std::to_string(keys.size())));
      return true;
    });
    return keys;
  });
}

std::int64_t first_day_of_report(Time now) {
  return std::chrono::floor<days>(now).time_since_epoch().count() - kReportDays + 1;
}

// Of the days that are looked back on.
Json trail_question(Time now) {
  return {{"StartTime", iso_seconds(Time(days(first_day_of_report(now))))}};
}

std::optional<GetAuditUsageResponse> usage_by(Session& session, UsageKind by, Json request) {
  request["By"] = to_text(by);
  request["UsesOnly"] = true;
  return if_allowed([&] { return answer_as<kms::get_audit_usage>(call_usage(session, request)); });
}

std::optional<DailyUse> use_by_day(Session& session, Time now) {
  const auto usage = usage_by(session, UsageKind::kDay, trail_question(now));
  if (!usage) return std::nullopt;
  DailyUse out;
  out.first_day = first_day_of_report(now);
  out.days.resize(static_cast<std::size_t>(kReportDays));
  out.unread = usage->unread;
  for (const AuditUsage& day : usage->groups) {
    const auto time = parse_time(day.name);
    if (!time) continue;
    const auto at = std::chrono::floor<days>(*time).time_since_epoch().count() - out.first_day;
    if (at < 0 || at >= kReportDays) continue;  // a clock that was ahead once
    out.days.at(static_cast<std::size_t>(at)) = {day.count - day.errors, day.errors};
  }
  return out;
}

// Adds up denied events, of whom and of what.
class DenialCount {
 public:
  void add(const EventLine& line) {
    Denied& denied = by_principal_[line.principal];
    ++denied.count;
    ++denied.operations[line.operation];
    denied.last = std::max(denied.last, line.time);
  }
  Bounded<DeniedPrincipal> principals() const {
    std::vector<DeniedPrincipal> out;
    out.reserve(by_principal_.size());
    for (const auto& [principal, denied] : by_principal_) {
      out.push_back({principal, denied.count, denied.last, tallies_of(denied.operations)});
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const DeniedPrincipal& one, const DeniedPrincipal& other) { return one.count > other.count; });
    return bounded(std::move(out), kMostDenied);
  }

 private:
  struct Denied {
    std::int64_t count = 0;
    std::string last = {};
    std::map<std::string, std::int64_t> operations = {};
  };
  std::map<std::string, Denied> by_principal_;
};

std::optional<Denials> denials_of(Session& session, Time now) {
  Json request = trail_question(now);
  request["Denied"] = true;
  return if_allowed([&] {
    Denials out;
    DenialCount count;
    ask_pages<kms::list_audit_events>(session, request, [&](const ListAuditEventsResponse& page) {
      for (const JsonBox& event : page.events) count.add(line_of(*event));
      out.events += std::ssize(page.events);
      out.truncated = page.truncated;
      return out.events < kMostDenials;
    });
    out.principals = count.principals();
    return out;
  });
}

void add_users(Session& session, Bounded<PendingDeletion>& pending, Time now) {
  UntilRefused ask_each;
  for (PendingDeletion& each : pending.shown) {
    Json request = trail_question(now);
    request["KeyId"] = each.arn;
    request["By"] = to_text(UsageKind::kPrincipal);
    request["UsesOnly"] = true;
    const auto usage = ask_each([&] { return answer_as<kms::get_audit_usage>(call_usage(session, request)); });
    if (!usage) continue;
    std::vector<KeyUser> users;
    users.reserve(usage->groups.size());
    for (const AuditUsage& group : usage->groups) users.push_back({group.name, group.count, group.last_time});
    std::stable_sort(users.begin(), users.end(),
                     [](const KeyUser& one, const KeyUser& other) { return one.last > other.last; });
    each.users = bounded(std::move(users), kMostUsers);
    if (usage->others) each.users->more += kMostUsers;
  }
}

void add_access(Session& session, Bounded<KeyAccess>& access) {
  UntilRefused ask_who;
  UntilRefused ask_tags;
  for (KeyAccess& each : access.shown) {
    auto answer = ask_who([&] {
      return ask<kms::list_principals_with_access>(session, {{"Action", each.action}, {"KeyId", each.arn}});
    });
    if (answer) each.principals = bounded(std::move(answer->principals), kMostPrincipals);
    each.tags = ask_tags([&] { return ask<kms::list_resource_tags>(session, {{"KeyId", each.arn}}).tags; });
  }
}

std::optional<Bounded<KeyAccess>> access_of(Session& session, const std::vector<KeyDetails>& keys, Time now) {
  std::optional<std::vector<Tally>> uses;
  if (const auto usage = usage_by(session, UsageKind::kKey, trail_question(now))) {
    uses.emplace();
    uses->reserve(usage->groups.size());
    for (const AuditUsage& group : usage->groups) uses->push_back({group.name, group.count - group.errors});
  }
  auto access = most_used_keys(keys, uses);
  add_access(session, access);
  return access;
}

}  // namespace

ReportData gather_report(Session& session) {
  const ReportProgress progress(session);
  ReportData data;
  data.head = head_of(session);
  const Time now = data.head.made;
  const auto keys = list_of_keys(session, progress);
  progress.step("use");
  data.use = use_by_day(session, now);
  if (keys) {
    data.keys = numbers_of_keys(*keys, now);
    data.calendar = calendar_of_keys(*keys, now);
    progress.step("pending deletions");
    data.pending = pending_deletions(*keys);
    add_users(session, *data.pending, now);
    progress.step("who can use what");
    data.access = access_of(session, *keys, now);
  }
  progress.step("denials");
  data.denials = denials_of(session, now);
  data.slots = if_allowed([&] { return bounded(ask<kms::list_slots>(session, Json::object()).slots, kMostSlots); });
  progress.step("checkpoint");
  data.checkpoint = if_allowed([&] { return take_checkpoint(session, {}, {}); });
  return data;
}

}  // namespace kms::cli
