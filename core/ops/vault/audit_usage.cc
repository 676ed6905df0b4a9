#include "core/ops/vault/audit_usage.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/audit/event_text.h"
#include "core/audit/trail.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"

namespace kms {
namespace {

constexpr std::size_t kMostGroups = 1000;
constexpr std::int64_t kMostDays = 90;
constexpr std::uint64_t kMostUnindexed = 128 * kStretch;  // events in a trail that none went through before

using Group = std::pair<std::string, UsageCount>;

std::optional<Time> time_from(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto time = parse_time(text);
  if (!time) {
    throw Error(ErrorCode::kValidation, cat("'", text, "' is no time: give 2026-01-31 or 2026-01-31T12:00:00Z"));
  }
  return time;
}

// Events have whole seconds.
std::optional<std::int64_t> seconds_from(std::string_view text) {
  const auto time = time_from(text);
  if (!time) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
}

// The days that are counted each: from the first to the last one.
struct Days {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

Days days_of(const Call& call, const GetAuditUsageRequest& request) {
  using std::chrono::days;
  const auto day_of = [](Time time) { return std::chrono::floor<days>(time).time_since_epoch().count(); };
  const auto until = time_from(request.end_time);
  const auto from = time_from(request.start_time);
  Days range;
  range.last = day_of(until ? *until - std::chrono::milliseconds(1) : call.now());
  range.first = range.last - kMostDays + 1;
  if (from) range.first = std::clamp<std::int64_t>(day_of(*from), range.first, range.last);
  return range;
}

UsageQuestion question_of(const Call& call, const GetAuditUsageRequest& request, const Days& days) {
  UsageQuestion question{request.by};
  if (call.key) question.resource = as_in_event(call.key->arn());
  if (request.uses_only) {
    for (const Operation& operation : call.context.operations) {
      if (operation.tracks_use) question.operations.emplace_back(operation.name);
    }
  }
  question.from = seconds_from(request.start_time);
  question.until = seconds_from(request.end_time);
  question.first_day = days.first;
  return question;
}

AuditUsage answered(std::string name, const UsageCount& counted, const Days& days) {
  AuditUsage usage{std::move(name),
                   static_cast<std::int64_t>(counted.count),
                   static_cast<std::int64_t>(counted.errors),
                   Time(std::chrono::seconds(counted.last)),
                   {}};
  usage.daily_counts.resize(static_cast<std::size_t>(days.last - days.first + 1));
  for (const auto& [day, count] : counted.days) {
    if (day <= days.last)
      usage.daily_counts.at(static_cast<std::size_t>(day - days.first)) += static_cast<std::int64_t>(count);
  }
  return usage;
}

// As it was before as_in_event().
std::string name_from(const std::string& text) {
  const Json name = Json::parse(cat("\"", text, "\""), nullptr, /*allow_exceptions=*/false);
  return name.is_string() ? name.get<std::string>() : text;
}

// The most frequent first; of days the newest, in their order.
void order_groups(std::vector<Group>& groups, UsageKind by) {
  const auto by_name = [](const Group& one, const Group& other) { return one.first > other.first; };
  const auto by_count = [](const Group& one, const Group& other) {
    if (one.second.count != other.second.count) return one.second.count > other.second.count;
    return one.first < other.first;
  };
  if (by == UsageKind::kDay) {
    std::sort(groups.begin(), groups.end(), by_name);
    std::reverse(groups.begin(),
                 groups.begin() + std::min(std::ssize(groups), static_cast<std::ptrdiff_t>(kMostGroups)));
  } else {
    std::sort(groups.begin(), groups.end(), by_count);
  }
}

void tell_groups(GetAuditUsageResponse& answer, TrailUsage::Groups counted, UsageKind by, const Days& days) {
  std::vector<Group> groups(std::make_move_iterator(counted.begin()), std::make_move_iterator(counted.end()));
  order_groups(groups, by);
  UsageCount others;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i < kMostGroups) {
      answer.groups.push_back(answered(name_from(groups[i].first), groups[i].second, days));
    } else {
      others.add(groups[i].second);
    }
  }
  if (groups.size() > kMostGroups) {
    answer.others = answered(cat(std::to_string(groups.size() - kMostGroups), " others"), others, days);
  }
}

}  // namespace

void GetAuditUsageRequest::check() const {
  const auto from = time_from(start_time);
  const auto until = time_from(end_time);
  if (from && until && *from >= *until) {
    throw Error(ErrorCode::kValidation, cat("nothing is from ", start_time, " on and before ", end_time));
  }
}

GetAuditUsageResponse get_audit_usage(Call& call, const GetAuditUsageRequest& request) {
  const Trail trail(call.transaction, call.caller.home);
  const Days days = days_of(call, request);
  TrailUsage usage(question_of(call, request, days));
  UsageReading reading = count_usage(call.transaction, trail.log(), usage, kMostUnindexed);
  GetAuditUsageResponse answer;
  answer.count = static_cast<std::int64_t>(usage.total().count);
  answer.errors = static_cast<std::int64_t>(usage.total().errors);
  answer.first_day = name_of_day(days.first);
  answer.unread = static_cast<std::int64_t>(reading.unread);
  tell_groups(answer, usage.take_groups(), request.by, days);
  call.notes = std::move(reading.indexes);
  return answer;
}

}  // namespace kms
