// audit tail: the newest events, a line each, and those that come after them.
#include <algorithm>
#include <chrono>
#include <deque>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>

#include "cli/ask.h"
#include "cli/colour.h"
#include "cli/command_of.h"
#include "cli/commands/audit_questions.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/standard_streams.h"
#include "cli/text_width.h"
#include "core/audit/event_text.h"
#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_trail.h"

namespace kms::cli {
namespace {

constexpr std::int64_t kMostLines = 100'000;
constexpr std::int64_t kPage = 1000;
constexpr std::chrono::seconds kBetweenQuestions{1};

struct TailOptions {
  std::int64_t lines = 10;
  bool follow = false;
  std::string output;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-n,--lines", lines, {.least = 0, .most = kMostLines, .help = "How many of the newest; 10 when left out"});
    visit(
        "-f,--follow", follow,
        {.help = "Go on with what comes, asking once a second, which keeps an agent from its idle timeout. A question "
                 "that finds something has its event, which is left out here"});
    visit("--output", output, {.among = {"jsonl"}, .help = "jsonl: events as they are stored, one a line"});
  }
};

// Whether an event is that of the question of somebody who follows the trail.
bool is_of_follower(const Json& event) {
  if (event.value("eventName", "") != name_of<kms::list_audit_events>()) return false;
  const auto request = event.find("requestParameters");
  return request != event.end() && request->is_object() && request->value("follow", false);
}

std::string padded(std::string text, std::size_t width) {
  text.append(width - std::min(width, text_width(text)), ' ');
  return text;
}

class TailPrinter {
 public:
  TailPrinter(Session& session, bool as_stored)
      : session_(session), as_stored_(as_stored), screen_(screen_of(session.options(), false)) {}

  void print(const StoredEvent& stored) {
    if (as_stored_) {
      session_.out() << stored.text << '\n';
    } else {
      print_line(stored);
    }
  }

 private:
  // NUMBER  TIME  WHO  EVENT  ALIAS OR KEY  RESULT: as wide as most are, so that they stand below each other.
  void print_line(const StoredEvent& stored) {
    constexpr std::size_t kNumber = 6;
    constexpr std::size_t kWho = 12;
    constexpr std::size_t kWhat = 18;
    constexpr std::size_t kKey = 36;
    constexpr std::size_t kShortKey = 16;
    constexpr std::size_t kNarrow = 110;  // columns, where a whole id of a key leaves no room
    const std::string account = session_.home().account;
    const Json event = decode(stored.text);
    const EventLine line = line_of(event);
    const std::string number = std::to_string(stored.number);
    const bool narrow = screen_.width != 0 && screen_.width < kNarrow;
    std::string subject = plain(subject_of(event, account));
    if (subject.empty()) subject = "-";
    if (narrow) subject = cut_to(subject, kShortKey);
    std::ostream& out = session_.out();
    out << std::string(kNumber - std::min(kNumber, number.size()), ' ') << number << "  "
        << plain(shown_event_time(line.time)) << "  " << padded(plain(short_principal(account, line.principal)), kWho)
        << "  " << padded(plain(line.operation), kWhat) << "  " << padded(subject, narrow ? kShortKey : kKey) << "  ";
    const Style style = line.result == "ok" ? Style::kPlain : Style::kBad;
    write_styled(out, plain(short_result(line.result)), style, screen_.colour);
    out << '\n';
  }
  static std::string plain(std::string_view text) { return escape_controls(text, LineEnds::kEscaped); }

  Session& session_;
  const bool as_stored_;
  const Screen screen_;
};

// Prints the newest `count` events. The number of the event that is to come next.
std::int64_t print_newest(Session& session, TailPrinter& printer, std::int64_t count) {
  std::int64_t next = 0;
  std::deque<StoredEvent> kept;
  Json question{{"Stored", true}, {"Limit", std::clamp<std::int64_t>(count, 1, kPage)}};
  for (bool more = true; more;) {
    auto page = ask<kms::list_audit_events>(session, question);
    auto& events = page.records.value();
    if (next == 0 && !events.empty()) next = events.back().number + 1;
    for (auto event = events.rbegin(); event != events.rend() && std::cmp_less(kept.size(), count); ++event) {
      if (!is_of_follower(decode(event->text))) kept.push_front(std::move(*event));
    }
    more = page.truncated && std::cmp_less(kept.size(), count);
    if (more) question["Marker"] = page.next_marker.value();
    question["Limit"] = kPage;
  }
  for (const StoredEvent& event : kept) printer.print(event);
  return next;
}

// What came from number `next` on; advances it.
void print_new(Session& session, TailPrinter& printer, std::int64_t& next) {
  Json question{{"Stored", true}, {"Follow", true}, {"FirstNumber", next}};
  for (bool more = true; more;) {
    const auto page = ask<kms::list_audit_events>(session, question);
    for (const StoredEvent& event : page.records.value()) {
      next = event.number + 1;
      printer.print(event);
    }
    more = page.truncated;
    if (more) question["Marker"] = page.next_marker.value();
  }
}

void hand_over(Session& session) {
  if (!session.out().flush()) flush_output();
}

void tail_events(Session& session, const TailOptions& options) {
  refuse_answer_form(session, "lines");
  TailPrinter printer(session, !options.output.empty());
  std::int64_t next = print_newest(session, printer, options.lines);
  if (!options.follow) return;
  hand_over(session);
  while (session.terminal().pause(kBetweenQuestions)) {
    print_new(session, printer, next);
    hand_over(session);
  }
  throw Error(ErrorCode::kFile, "nobody reads standard output any more");  // main() ends by SIGPIPE
}

}  // namespace

void add_audit_tail_command(Commands& commands) {
  commands.push_back(command<TailOptions>("audit tail", "Show the newest events, a line each", "Audit", tail_events));
}

}  // namespace kms::cli
