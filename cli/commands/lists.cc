#include "cli/commands/lists.h"

#include <algorithm>

#include "cli/time_format.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/model/arn.h"
#include "core/model/principal.h"

namespace kms::cli {

namespace {

// "2026-11-26 11:04:05", in the zone of whoever looks.
std::string shown_seconds(Time time) {
  constexpr std::size_t kToSeconds = 19;
  constexpr std::size_t kBetween = 10;
  std::string text = time_text(time).substr(0, kToSeconds);
  text[kBetween] = ' ';
  return text;
}

}  // namespace

bool shows_people(const Session& session, bool wide) {
  return shows_people(session.options(), wide);
}

bool shows_people(const GlobalOptions& options, bool wide) {
  const bool as_answered = !options.query.empty() || !options.output.empty();
  if (wide && (options.output_named || !options.query.empty())) {
    throw Error(ErrorCode::kUsage, "--wide is the table for people, --output and --query are for programs: give one");
  }
  return wide || (options.to_terminal && !as_answered);
}

std::string shown_time(Time time) {
  constexpr std::size_t kToMinutes = 16;
  return shown_seconds(time).substr(0, kToMinutes);
}

std::string shown_event_time(const std::string& text) {
  const auto time = parse_time(text);
  return time ? shown_seconds(*time) : text;
}

std::string short_principal(std::string_view account, std::string_view arn) {
  if (account_of(arn) != account) return std::string(arn);
  return std::string(arn.substr(arn.rfind(':') + 1));
}

std::string short_resource(std::string_view account, std::string_view arn) {
  const auto named = parse_kms_arn(arn);
  constexpr std::string_view kKey = "key/";
  if (named && named->home.account == account) {
    return named->resource.starts_with(kKey) ? named->resource.substr(kKey.size()) : named->resource;
  }
  return short_principal(account, arn);
}

std::string count_of(std::int64_t count, std::string_view one, std::string_view many) {
  return cat(std::to_string(count), " ", count == 1 ? one : many);
}

std::vector<Cell> tag_lines(const std::vector<Tag>& tags) {
  std::vector<Cell> lines;
  lines.reserve(tags.size());
  for (const Tag& tag : tags) lines.emplace_back(cat(tag.key, "=", tag.value));
  return lines;
}

std::string in_a_row(const std::vector<std::string>& words, std::string_view before_last) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += cat(i == 0 ? std::string_view() : i + 1 == words.size() ? before_last : std::string_view(", "), words[i]);
  }
  return out;
}

}  // namespace kms::cli
