#include "cli/commands/lists.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/arn.h"
#include "core/model/principal.h"

namespace kms::cli {

bool shows_people(const Session& session, bool wide) {
  const GlobalOptions& options = session.options();
  const bool as_answered = !options.query.empty() || !options.output.empty();
  if (wide && (options.output_named || !options.query.empty())) {
    throw Error(ErrorCode::kUsage, "--wide is the table for people, --output and --query are for programs: give one");
  }
  return wide || (options.to_terminal && !as_answered);
}

std::string shown_time(Time time) {
  constexpr std::size_t kToMinutes = 16;
  return shown_event_time(iso_seconds(time)).substr(0, kToMinutes);
}

std::string shown_event_time(std::string text) {
  constexpr std::size_t kToSeconds = 19;
  text.resize(std::min(text.size(), kToSeconds));
  if (const auto between = text.find('T'); between != std::string::npos) text[between] = ' ';
  return text;
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
