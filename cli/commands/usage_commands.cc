// usage: how often keys were used, by whom, for what; counted over the audit trail.
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_of.h"
#include "cli/commands/audit_questions.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/usage_question.h"
#include "cli/field_values.h"
#include "cli/output.h"
#include "cli/sparkline.h"
#include "core/base/enum_names.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"

namespace kms::cli {
namespace {

constexpr std::size_t kBars = 32;  // of a sparkline, each a day or some: 30 days back are 31
constexpr const char* kUsualSince = "30d";

struct UsageOptions {
  FieldValues request;
  bool wide = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    request.fields(visit, row_of<kms::get_audit_usage>(), ListForm::kSeveralWords, names_of_filters());
    add_wide(visit, wide);
  }
};

std::string_view header_of(UsageKind by) {
  switch (by) {
    case UsageKind::kKey:
      return "KEY";
    case UsageKind::kPrincipal:
      return "WHO";
    case UsageKind::kOperation:
      return "OPERATION";
    case UsageKind::kDay:
      return "DAY";
    case UsageKind::kError:
      return "ERROR";
  }
  return {};
}

std::string shown_name(UsageKind by, std::string_view account, const std::string& name) {
  if (by == UsageKind::kKey) return short_resource(account, name);
  if (by == UsageKind::kPrincipal) return short_principal(account, name);
  return by == UsageKind::kError ? short_result(name) : name;
}

std::vector<Cell> row_of_usage(const AuditUsage& usage, UsageKind by, std::string name) {
  const bool counts_errors = by != UsageKind::kError && usage.errors > 0;
  return {std::move(name),
          std::to_string(usage.count),
          {counts_errors ? std::to_string(usage.errors) : std::string(), Style::kBad},
          by == UsageKind::kDay ? std::string() : shown_time(usage.last_time),
          by == UsageKind::kDay ? std::string() : sparkline(usage.daily_counts, kBars, shows_unicode())};
}

void show_usage_table(Session& session, const GetAuditUsageResponse& answer, UsageKind by, bool wide) {
  const std::string& account = session.home().account;
  Listing listing({{header_of(by), 0, Cut::kAsNeeded, 12}, {"COUNT"}, {"ERRORS", 1}, {"LAST", 2}, {"DAYS", 3}});
  for (const AuditUsage& group : answer.groups) {
    listing.add(row_of_usage(group, by, shown_name(by, account, group.name)));
  }
  if (answer.others) listing.add(row_of_usage(*answer.others, by, answer.others->name));
  listing.print(session.out(), screen_of(session.options(), wide));
}

// What is counted together. What is no text the service refuses.
UsageKind kind_asked(const Json& request) {
  const auto by = request.find("By");
  if (by == request.end() || !by->is_string()) return UsageKind::kKey;
  const auto& given = by->get_ref<const std::string&>();
  if (const auto kind = from_text<UsageKind>(given)) return *kind;
  std::string all;
  for (const auto& each : EnumNames<UsageKind>::kAll) all += cat(all.empty() ? "" : ", ", each.second);
  throw Error(ErrorCode::kUsage, cat("--by '", given, "': one of ", all));
}

void show_usage(Session& session, const UsageOptions& options) {
  const bool people = shows_people(session, options.wide);
  Json request = audit_request(session, options.request, {{"StartTime", kUsualSince}});
  const UsageKind by = kind_asked(request);
  Json answer = call_usage(session, request);
  note_unread(session, answer);
  if (!people) return print_answer_of(session, row_of<kms::get_audit_usage>(), std::move(answer));
  show_usage_table(session, answer_as<kms::get_audit_usage>(std::move(answer)), by, options.wide);
}

}  // namespace

void add_usage_commands(Commands& commands) {
  commands.push_back(command<UsageOptions>("usage", "Count what was done, by key, principal, operation, day or error",
                                           "Audit", show_usage, &row_of<kms::get_audit_usage>()));
}

}  // namespace kms::cli
