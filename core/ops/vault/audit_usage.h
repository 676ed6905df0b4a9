#pragma once
// Who uses what, how often: action kmsctl:GetAuditUsage. Counts over the audit trail of an account and Region, which
// its indexes answer without opening the events.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/trail_usage.h"
#include "core/base/enum_names.h"
#include "core/ops/kms/fields.h"

namespace kms {

template <>
struct EnumNames<UsageKind> {
  static constexpr auto kAll = std::to_array<EnumName<UsageKind>>({{UsageKind::kKey, "key"},
                                                                   {UsageKind::kPrincipal, "principal"},
                                                                   {UsageKind::kOperation, "operation"},
                                                                   {UsageKind::kDay, "day"},
                                                                   {UsageKind::kError, "error"}});
};

struct GetAuditUsageRequest {
  std::string key_id;
  UsageKind by = UsageKind::kKey;
  std::string start_time;
  std::string end_time;
  bool uses_only = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id,
          {.min = 1, .max = 2048, .help = "Only events about this key", .condition = {ConditionKind::kAlias}});
    visit("By", by, {.help = "What is counted together: key, principal, operation, day or error; key"});
    visit("StartTime", start_time, {.min = 1, .max = 64, .help = "Only events from then on (ISO 8601, UTC)"});
    visit("EndTime", end_time, {.min = 1, .max = 64, .help = "Only events before then (ISO 8601, UTC)"});
    visit("UsesOnly", uses_only, {.help = "Only uses of key material, as Encrypt and Sign, and nothing that manages"});
  }
  void check() const;
  std::string_view key_reference() const { return key_id; }
};

struct AuditUsage {
  std::string name;
  std::int64_t count = 0;
  std::int64_t errors = 0;
  Time last_time = {};
  std::vector<std::int64_t> daily_counts;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Name", name, {.help = "What these events have in common; of others: how many groups"});
    visit("Count", count, {.help = "How many events"});
    visit("Errors", errors, {.help = "How many of them failed or were denied"});
    visit("LastTime", last_time, {.help = "When the last one was"});
    visit("DailyCounts", daily_counts, {.help = "How many on FirstDay and each day after it, in UTC"});
  }
};
struct GetAuditUsageResponse {
  std::vector<AuditUsage> groups;
  std::optional<AuditUsage> others;
  std::int64_t count = 0;
  std::int64_t errors = 0;
  std::string first_day;
  std::int64_t unread = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Groups", groups, {.help = "The most frequent first, at most 1000; days in their order"});
    visit("Others", others, {.help = "The groups that are not among these, together"});
    visit("Count", count, {.help = "How many events there are, each once"});
    visit("Errors", errors, {.help = "How many of them failed or were denied"});
    visit("FirstDay", first_day, {.help = "Where DailyCounts begin: with StartTime, and at most 90 days back"});
    visit("Unread", unread,
          {.help = "How many events of the trail were not looked at, since they have no index yet: the same call once "
                   "more goes on"});
  }
};
GetAuditUsageResponse get_audit_usage(Call& call, const GetAuditUsageRequest& request);

}  // namespace kms
