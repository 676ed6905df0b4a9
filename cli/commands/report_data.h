#pragma once
// What a report says of a vault, as plain values: report_page.h makes a page of it. Of what has no value whoever made
// the report may know nothing. Lists have bounds, since a page is for people.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"
#include "core/base/clock.h"
#include "core/ops/kms/tags.h"
#include "core/ops/vault/access.h"
#include "core/ops/vault/audit_checkpoints.h"
#include "core/ops/vault/slots.h"

namespace kms::cli {

// The first ones of a list, and how many more there are.
template <class Entry>
struct Bounded {
  std::vector<Entry> shown = {};
  std::int64_t more = 0;
};

struct Tally {
  std::string name = {};
  std::int64_t count = 0;
};

struct ReportHead {
  std::optional<std::string> vault_id = {};
  std::string account = {};
  std::string region = {};
  Time made = {};
  std::string principal = {};  // ARN
};

// A key as a line names it.
struct KeyName {
  std::string name = {};  // its first alias; empty when it has none, or none is known
  std::string id = {};
  std::string description = {};
};

// Keys of people; those that the vault manages itself are a number.
struct KeyNumbers {
  std::int64_t total = 0;
  std::int64_t managed = 0;
  std::int64_t undescribed = 0;  // of the total: no more is known than that they are there
  std::vector<Tally> states = {};
  std::vector<Tally> specs = {};
  std::vector<Tally> ages = {};  // from young to old
};

enum class CalendarEvent : std::uint8_t { kRotation, kExpiry, kDestruction };
struct CalendarEntry {
  Time when = {};
  CalendarEvent what = CalendarEvent::kRotation;
  KeyName key = {};
};

struct DayUse {
  std::int64_t uses = 0;    // that succeeded
  std::int64_t errors = 0;  // that failed or were denied
};
struct DailyUse {
  std::int64_t first_day = 0;     // since 1970, in UTC
  std::vector<DayUse> days = {};  // that one and each after it, today as the last
  std::int64_t unread = 0;        // events that have no index yet, and count nowhere
};

struct DeniedPrincipal {
  std::string principal = {};
  std::int64_t count = 0;
  std::string last = {};  // as events have it: ISO 8601
  std::vector<Tally> operations = {};
};
struct Denials {
  Bounded<DeniedPrincipal> principals = {};
  std::int64_t events = 0;
  bool truncated = false;  // there are older ones
};

struct KeyUser {
  std::string principal = {};
  std::int64_t uses = 0;
  Time last = {};
};
struct PendingDeletion {
  KeyName key = {};
  std::string arn = {};
  std::optional<Time> when = {};  // none while replicas are waited for
  std::optional<Bounded<KeyUser>> users = {};
};

struct KeyAccess {
  KeyName key = {};
  std::string arn = {};
  std::string action = {};  // the use that matters most: kms:Decrypt, kms:Sign ...
  std::optional<std::int64_t> uses = {};
  std::optional<Bounded<PrincipalWithAccess>> principals = {};
  std::optional<std::vector<Tag>> tags = {};
};

struct ReportData {
  ReportHead head = {};
  std::optional<KeyNumbers> keys = {};
  std::optional<Bounded<CalendarEntry>> calendar = {};
  std::optional<DailyUse> use = {};
  std::optional<Denials> denials = {};
  std::optional<Bounded<PendingDeletion>> pending = {};
  std::optional<Bounded<KeyAccess>> access = {};  // by uses, where those are known
  std::optional<Bounded<ListedSlot>> slots = {};
  std::optional<GetAuditCheckpointResponse> checkpoint = {};
};

inline constexpr std::int64_t kReportDays = 365;  // that are looked back on

// Asks for all of it, a bounded number of times whatever the vault has; at a terminal it says what it is asking for.
// Throws what a call throws that is not refused for want of a permission.
ReportData gather_report(Session& session);

}  // namespace kms::cli
