// The parts of a report about keys: how many there are, what is to come, and what is about to be destroyed.
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cli/ask.h"
#include "cli/commands/lists.h"
#include "cli/commands/report_sections.h"
#include "cli/commands/report_svg.h"
#include "core/base/text.h"
#include "core/ops/kms/keys.h"
#include "core/ops/table.h"

namespace kms::cli {
namespace {

void add_tallies(Html& html, std::string_view title, const std::vector<Tally>& tallies, std::int64_t total) {
  html.open("div");
  open_table(html, {title, "#Keys", ""});
  for (const Tally& each : tallies) {
    html.open("tr");
    add_cell(html, each.name);
    add_number_cell(html, each.count);
    html.open("td");
    add_share_bar(html, each.count, total);
    html.close();
    html.close();
  }
  close_table(html);
  html.close();
}

std::string told_numbers(const KeyNumbers& keys) {
  std::string text = cat(std::to_string(keys.total), keys.total == 1 ? " key" : " keys");
  if (keys.managed > 0) text += cat(", and ", std::to_string(keys.managed), " that kmsctl manages itself");
  if (keys.undescribed > 0) {
    text +=
        cat("; of ", std::to_string(keys.undescribed), " whoever made this page may know no more (kms:DescribeKey)");
  }
  return cat(text, ".");
}

std::string month_of(Time time) {
  static constexpr auto kMonths =
      std::to_array<std::string_view>({"January", "February", "March", "April", "May", "June", "July", "August",
                                       "September", "October", "November", "December"});
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  return cat(kMonths.at(static_cast<unsigned>(date.month()) - 1), " ", std::to_string(static_cast<int>(date.year())));
}

void add_month_row(Html& html, std::string_view month) {
  html.open("tr");
  html.element("th", month, {{"class", "month"}, {"colspan", "3"}, {"scope", "rowgroup"}});
  html.close();
}

void add_event_cell(Html& html, CalendarEvent what) {
  switch (what) {
    case CalendarEvent::kRotation:
      return add_cell(html, "rotates");
    case CalendarEvent::kExpiry:
      return add_cell(html, "material expires", "alarm");
    case CalendarEvent::kDestruction:
      return add_cell(html, "is destroyed", "alarm");
  }
}

void add_users_cell(Html& html, const PendingDeletion& each, std::string_view account) {
  html.open("td", {{"class", "names"}});
  if (!each.users) {
    html.element("span", "not known to whoever made this page (kmsctl:GetAuditUsage)", {{"class", "sub"}});
  } else if (each.users->shown.empty()) {
    html.text("nobody");
  } else {
    for (const KeyUser& user : each.users->shown) {
      html.element("span", short_principal(account, user.principal), {{"class", "name"}});
      html.element("span", cat(std::to_string(user.uses), " times, last on ", utc_minutes(user.last)),
                   {{"class", "sub"}});
    }
    add_more(html, each.users->more, "principals");
  }
  html.close();
}

}  // namespace

void add_keys_section(Html& html, const ReportData& data) {
  if (!data.keys) return add_left_out(html, permission_of<kms::list_keys>());
  html.element("p", told_numbers(*data.keys));
  const std::int64_t known = data.keys->total - data.keys->undescribed;
  if (known == 0) return;
  html.open("div", {{"class", "beside"}});
  add_tallies(html, "State", data.keys->states, known);
  add_tallies(html, "Spec", data.keys->specs, known);
  add_tallies(html, "Age", data.keys->ages, known);
  html.close();
}

void add_calendar_section(Html& html, const ReportData& data) {
  if (!data.calendar) return add_left_out(html, permission_of<kms::list_keys>());
  if (data.calendar->shown.empty()) {
    return html.element("p", "Nothing rotates, expires or is destroyed in the next twelve months.");
  }
  open_table(html, {"When", "What", "Key"});
  std::string month;
  for (const CalendarEntry& entry : data.calendar->shown) {
    if (month_of(entry.when) != month) {
      month = month_of(entry.when);
      add_month_row(html, month);
    }
    html.open("tr");
    add_when_cell(html, utc_minutes(entry.when));
    add_event_cell(html, entry.what);
    add_key_cell(html, entry.key);
    html.close();
  }
  close_table(html);
  add_more(html, data.calendar->more, "after these");
}

void add_pending_section(Html& html, const ReportData& data) {
  if (!data.pending) return add_left_out(html, permission_of<kms::list_keys>());
  if (data.pending->shown.empty()) return html.element("p", "No key is about to be destroyed.");
  open_table(html, {"Destroyed on", "Key", "Who used it in the last 365 days"});
  for (const PendingDeletion& each : data.pending->shown) {
    html.open("tr");
    if (each.when) {
      add_when_cell(html, utc_minutes(*each.when));
    } else {
      add_cell(html, "when its replicas are gone");
    }
    add_key_cell(html, each.key);
    add_users_cell(html, each, data.head.account);
    html.close();
  }
  close_table(html);
  add_more(html, data.pending->more, "keys, which are destroyed later");
}

}  // namespace kms::cli
