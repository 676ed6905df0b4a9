#include <initializer_list>
#include <string>

#include "cli/commands/report_sections.h"
#include "core/base/text.h"
#include "core/base/time_text.h"

namespace kms::cli {

void add_left_out(Html& html, std::string_view action) {
  html.element("p", cat("Left out: whoever made this page may not ask for it (", action, ")."), {{"class", "left"}});
}

void add_more(Html& html, std::int64_t more, std::string_view what) {
  if (more > 0) html.element("p", cat("and ", std::to_string(more), " more ", what), {{"class", "more"}});
}

void add_key_cell(Html& html, const KeyName& key, const std::optional<std::vector<Tag>>& tags) {
  html.open("td", {{"class", "names"}});
  html.element("span", key.name.empty() ? key.id : key.name, {{"class", "name"}});
  if (!key.name.empty()) html.element("span", key.id, {{"class", "sub"}});
  if (!key.description.empty()) html.element("span", key.description, {{"class", "sub"}});
  for (const Tag& tag : tags.value_or(std::vector<Tag>())) {
    html.element("span", cat(tag.key, "=", tag.value), {{"class", "sub"}});
  }
  html.close();
}

void add_cell(Html& html, std::string_view text, std::string_view kind) {
  if (kind.empty()) {
    html.element("td", text);
  } else {
    html.element("td", text, {{"class", kind}});
  }
}

void add_number_cell(Html& html, std::int64_t number) {
  add_cell(html, std::to_string(number), "count");
}

void open_table(Html& html, std::initializer_list<std::string_view> headers) {
  html.open("div", {{"class", "wide"}});
  html.open("table");
  html.open("thead");
  html.open("tr");
  for (const std::string_view header : headers) {
    if (header.starts_with('#')) {
      html.element("th", header.substr(1), {{"class", "count"}, {"scope", "col"}});
    } else {
      html.element("th", header, {{"scope", "col"}});
    }
  }
  html.close();
  html.close();
  html.open("tbody");
}

void close_table(Html& html) {
  html.close();
  html.close();
  html.close();
}

void add_when_cell(Html& html, std::string_view text) {
  const std::size_t day = text.find(' ');
  if (day == std::string_view::npos) return add_cell(html, text);
  html.open("td", {{"class", "when"}});
  html.element("span", text.substr(0, day), {{"class", "day"}});
  html.text(text.substr(day));
  html.close();
}

std::string utc_minutes(Time time) {
  constexpr std::size_t kBetween = 10;
  constexpr std::size_t kToMinutes = 16;
  std::string text = iso_seconds(time).substr(0, kToMinutes);
  if (text.size() > kBetween) text[kBetween] = ' ';
  return text;
}

std::string utc_minutes_of(const std::string& text) {
  const auto time = parse_time(text);
  return time ? utc_minutes(*time) : text;
}

}  // namespace kms::cli
