#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command_of.h"
#include "cli/commands/audit_questions.h"
#include "cli/commands/lists.h"
#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/field_values.h"
#include "cli/keep_time.h"
#include "cli/output.h"
#include "cli/pages.h"
#include "core/audit/event_parts.h"
#include "core/audit/event_text.h"
#include "core/base/error.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_settings.h"
#include "core/ops/vault/audit_trail.h"

namespace kms::cli {
namespace {

constexpr const char* kJsonLines = "jsonl";

struct TrailOptions {
  FieldValues request;
  PageOptions pages;
  bool wide = false;
  std::string output;

  template <class Visitor>
  void fields(Visitor& visit) {
    request.fields(visit, row_of<kms::list_audit_events>(), ListForm::kSeveralWords, names_of_filters());
    pages.fields(visit);
    add_wide(visit, wide);
    std::vector<std::string> forms(kOutputFormats.begin(), kOutputFormats.end());
    forms.emplace_back(kJsonLines);
    visit("--output", output,
          {.among = std::move(forms),
           .help = "jsonl (events as they are stored, one a line), json, text, table, yaml or yaml-stream"});
  }
};

Json summary_of(const Json& event) {
  EventLine line = line_of(event);
  return {{"Time", std::move(line.time)},
          {"Event", std::move(line.operation)},
          {"Principal", std::move(line.principal)},
          {"Result", std::move(line.result)},
          {"Resource", std::move(line.resource)}};
}

// Of an answer: the list of events; what says how the list goes on is no list.
void summarize(Json& member) {
  if (!member.is_array()) return;
  for (Json& event : member) event = summary_of(event);
}

// What can be seen of an event on a line; `account` is the caller's.
std::vector<Cell> row_of_event(EventLine line, std::string_view account) {
  const Style style = line.result == "ok" ? Style::kPlain : Style::kBad;
  return {shown_event_time(line.time),
          short_principal(account, line.principal),
          line.operation,
          {short_result(std::move(line.result)), style},
          short_resource(account, line.resource)};
}

// Of an answer with the texts of the trail, which live in it.
std::vector<std::string_view> texts_of(const Json& answer) {
  std::vector<std::string_view> texts;
  const auto records = answer.find("Records");
  if (records == answer.end()) return texts;
  texts.reserve(records->size());
  for (const Json& record : *records) texts.emplace_back(record.at("Text").get_ref<const std::string&>());
  return texts;
}

// Where the list goes on that stops before its end: of several pages, or of the one that was asked for. Taken out.
std::string take_token(Json& answer) {
  for (const char* name : {"NextToken", "NextMarker"}) {
    const auto found = answer.find(name);
    if (found == answer.end()) continue;
    std::string token = found->get<std::string>();
    answer.erase(found);
    return token;
  }
  return {};
}

// What to type for more; a list that goes on from a number goes on to newer events.
void hint_at_more(Session& session, const std::string& token, Direction direction) {
  if (token.empty()) return;
  session.err() << "kmsctl: hint: " << (direction == Direction::kBackward ? "older" : "newer")
                << " ones: --starting-token " << token << '\n';
}

void show_events(Session& session, Json answer, bool wide, Direction direction) {
  Listing listing({{"TIME"},
                   {"WHO", 1, Cut::kAsNeeded, 12},
                   {"EVENT", 0, Cut::kAsNeeded, 10},
                   {"RESULT", 2, Cut::kAsNeeded, 12},
                   {"RESOURCE", 3, Cut::kAsNeeded, 9}});
  const std::string token = take_token(answer);
  for (const std::string_view text : texts_of(answer)) {
    listing.add(row_of_event(line_of(EventParts(text)), session.home().account));
  }
  listing.print(session.out(), screen_of(session.options(), wide));
  hint_at_more(session, token, direction);
}

void print_lines(Session& session, Json answer, Direction direction) {
  const std::string token = take_token(answer);
  for (const std::string_view text : texts_of(answer)) session.out() << text << '\n';
  hint_at_more(session, token, direction);
}

// What the operation answers without Stored, in which events would be parsed to be written again.
void print_events(Session& session, const Json& answer) {
  OrderedJson rest = OrderedJson::object();
  for (const auto& [name, value] : answer.items()) {
    if (name != "Events" && name != "Records") rest[name] = value;
  }
  print_json_texts(session.out(), "Events", texts_of(answer), rest);
}

// As the options say, which are those of the session with the --output of this command.
GlobalOptions form_of(const Session& session, const std::string& output) {
  GlobalOptions form = session.options();
  if (output.empty()) return form;
  if (output == kJsonLines && !form.query.empty()) {
    throw Error(ErrorCode::kUsage, "--query selects of an answer, --output jsonl prints events as stored: give one");
  }
  form.output = output;
  form.output_named = true;
  return form;
}

// The first page has the newest events.
void list_events(Session& session, const TrailOptions& options) {
  const GlobalOptions form = form_of(session, options.output);
  Json request = audit_request(session, options.request);
  const bool lines = options.output == kJsonLines;
  const bool texts = request.value("Stored", false);
  if (options.wide && texts) throw Error(ErrorCode::kUsage, "--wide is the table of events, --stored their texts");
  const bool people = shows_people(form, options.wide) && !texts;
  const bool plain = !lines && !people && !request.contains("Stored") && prints_plain_json(form);
  if (lines || people || plain) request["Stored"] = true;
  const Direction direction = request.contains("FirstNumber") ? Direction::kForward : Direction::kBackward;
  Json answer = call_list(session, row_of<kms::list_audit_events>(), std::move(request), options.pages, direction);
  if (lines) return print_lines(session, std::move(answer), direction);
  if (people) return show_events(session, std::move(answer), options.wide, direction);
  if (plain) return print_events(session, answer);
  if (form.output == "table" && form.query.empty() && !texts) {
    for (Json& member : answer) summarize(member);
  }
  print_answer_of(session.out(), row_of<kms::list_audit_events>(), std::move(answer), form);
}

// What the trail keeps. A value is said in a word: a flag alone could not say no.
struct SettingsOptions {
  std::optional<ReadOnly> record_reads;
  std::optional<KeepTime> keep;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--record-reads", record_reads,
          {.help = "Whether looking at the trail leaves an event, where it is allowed. What is refused always does"});
    visit("--keep", keep,
          {.least = kShortestKeep,
           .most = kLongestKeep,
           .help = "For how long events stay: 400d, 52w, 2y, or forever, the default. Upkeep prunes older ones, as "
                   "audit prune does, when it has seen twice, a day apart, that they are: a shorter time erases "
                   "nothing at once"});
  }
};

void set_audit(Session& session, const SettingsOptions& options) {
  Json request = Json::object();
  if (options.record_reads) request["RecordReads"] = options.record_reads == ReadOnly::kTrue;
  if (options.keep && options.keep->days) request["KeepDays"] = options.keep->days->count();
  if (options.keep && !options.keep->days) request["KeepForever"] = true;
  if (request.empty()) {
    throw Error(ErrorCode::kUsage,
                "nothing is to be set: give --record-reads true, --record-reads false, --keep 400d or --keep forever");
  }
  print_call(session, row_of<kms::put_audit_settings>(), std::move(request));
}

}  // namespace

void add_audit_commands(Commands& commands) {
  commands.push_back(command<TrailOptions>("audit list", "List what was done, newest last", "Audit", list_events,
                                           &row_of<kms::list_audit_events>()));
  commands.push_back(command<SettingsOptions>("audit set", "Change what the trail keeps, and for how long", "Audit",
                                              set_audit, &row_of<kms::put_audit_settings>()));
  commands.push_back(
      operation_command<kms::get_audit_settings>({"audit settings", "Show what the trail keeps", "Audit", {}}));
}

}  // namespace kms::cli
