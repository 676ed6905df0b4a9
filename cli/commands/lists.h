#pragma once
// Lists of the commands for people. One rule for all: a person at a terminal is shown a table, and whoever reads a pipe
// or a file gets the JSON that the operation answers. --output and --query mean what the operation answers wherever it
// goes, --wide the table, in full.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/ask.h"
#include "cli/listing.h"
#include "cli/output.h"
#include "core/base/clock.h"
#include "core/ops/kms/tags.h"

namespace kms::cli {

// Adds --wide, as a part of the options of a command.
template <class Visitor>
void add_wide(Visitor& visit, bool& wide) {
  visit("--wide", wide, {.help = "Show the table in full, also where standard output is no terminal"});
}

// By the rule above. Throws kUsage where --wide contradicts --output or --query.
bool shows_people(const Session& session, bool wide);
bool shows_people(const GlobalOptions& options, bool wide);  // of a command with an --output of its own

// Calls the operation and prints what it answers, page by page where it has pages. For a person, `add` makes rows of
// `listing` of each answer.
template <auto kHandler, class Add>
void show_list(Session& session, Json request, bool wide, Listing listing, const Add& add) {
  constexpr bool kPaged = requires(ResponseOf<kHandler> answer) {
    answer.truncated;
  };
  const bool table = shows_people(session, wide);
  if constexpr (kPaged) {
    if (!table) {
      Pages pages(session, row_of<kHandler>(), std::move(request));
      return print_pages(session, pages);
    }
    ask_pages<kHandler>(session, std::move(request), [&](const ResponseOf<kHandler>& page) {
      add(listing, page);
      return true;
    });
  } else {
    if (!table) return print_call(session, row_of<kHandler>(), std::move(request));
    add(listing, ask<kHandler>(session, std::move(request)));
  }
  listing.print(session.out(), screen_of(session.options(), wide));
}

// "2026-11-26 11:04" in the zone of whoever looks, as all times here.
std::string shown_time(Time time);
std::string shown_event_time(const std::string& text);  // of an event of the trail, with seconds
// root, user/NAME and so on of principals of `account`; the ARN of others.
std::string short_principal(std::string_view account, std::string_view arn);
// The id of a key of `account`, alias/NAME and so on; the ARN of what is of another.
std::string short_resource(std::string_view account, std::string_view arn);

// "1 key", "3 keys".
std::string count_of(std::int64_t count, std::string_view one, std::string_view many);
std::vector<Cell> tag_lines(const std::vector<Tag>& tags);  // KEY=VALUE
// "a, b and c", with " and " in front of the last one; with commas alone when nothing is said.
std::string in_a_row(const std::vector<std::string>& words, std::string_view before_last = ", ");

}  // namespace kms::cli
