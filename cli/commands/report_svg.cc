#include "cli/commands/report_svg.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "cli/commands/lists.h"
#include "core/audit/trail_usage.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// In units of the drawing, which is stretched to the room that there is.
constexpr std::int64_t kDayWidth = 10;
constexpr std::int64_t kGap = 2;
constexpr std::int64_t kHeight = 100;
constexpr std::int64_t kShareWidth = 100;

std::int64_t all_of_day(const DayUse& day) {
  return day.uses + day.errors;
}

// At least one unit for what is there at all.
std::int64_t height_of(std::int64_t count, std::int64_t most) {
  return count == 0 ? 0 : std::max<std::int64_t>(1, count * kHeight / most);
}

void add_bar(Html& html, std::int64_t at, std::int64_t bottom, std::int64_t height, std::string_view kind) {
  if (height == 0) return;
  html.empty("rect", {{"class", kind},
                      {"x", std::to_string(at)},
                      {"y", std::to_string(bottom - height)},
                      {"width", std::to_string(kDayWidth - kGap)},
                      {"height", std::to_string(height)}});
}

std::string told_day(std::int64_t day, const DayUse& use) {
  std::string text = cat(name_of_day(day), ": ", count_of(use.uses, "use", "uses"));
  if (use.errors > 0) text += cat(", ", std::to_string(use.errors), " failed");
  return text;
}

struct Span {
  std::size_t first = 0;  // index into the days
  std::int64_t most = 0;  // of a day
};

Span span_of(const DailyUse& use, std::size_t count) {
  Span span{use.days.size() - std::min(count, use.days.size()), 0};
  for (std::size_t i = span.first; i < use.days.size(); ++i) span.most = std::max(span.most, all_of_day(use.days[i]));
  return span;
}

std::string told_span(const DailyUse& use, const Span& span) {
  DayUse sum;
  std::size_t busiest = span.first;
  for (std::size_t i = span.first; i < use.days.size(); ++i) {
    sum.uses += use.days[i].uses;
    sum.errors += use.days[i].errors;
    if (all_of_day(use.days[i]) > all_of_day(use.days[busiest])) busiest = i;
  }
  if (all_of_day(sum) == 0) return "No key was used.";
  return cat(count_of(sum.uses, "use", "uses"), ", ", std::to_string(sum.errors), " failed. The busiest day was ",
             told_day(use.first_day + static_cast<std::int64_t>(busiest), use.days[busiest]), ".");
}

}  // namespace

void add_day_bars(Html& html, const DailyUse& use, std::size_t count) {
  const Span span = span_of(use, count);
  const std::string told = told_span(use, span);
  const auto shown = static_cast<std::int64_t>(use.days.size() - span.first);
  html.element("p", told, {{"class", "told"}});
  html.open("div", {{"class", "chart"}});
  html.element("div", cat("most on a day: ", std::to_string(span.most)), {{"class", "scale"}});
  html.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                    {"class", "days"},
                    {"role", "img"},
                    {"aria-label", cat("Bars of ", std::to_string(shown), " days. ", told)},
                    {"viewBox", cat("0 0 ", std::to_string(shown * kDayWidth), " ", std::to_string(kHeight))},
                    {"preserveAspectRatio", "none"}});
  for (std::int64_t i = 0; i < shown; ++i) {
    const DayUse& day = use.days[span.first + static_cast<std::size_t>(i)];
    if (all_of_day(day) == 0) continue;
    const std::int64_t whole = height_of(all_of_day(day), span.most);
    const std::int64_t failed = std::min(whole, height_of(day.errors, span.most));
    html.open("g");
    html.element("title", told_day(use.first_day + static_cast<std::int64_t>(span.first) + i, day));
    add_bar(html, i * kDayWidth, kHeight, whole - failed, "uses");
    add_bar(html, i * kDayWidth, kHeight - whole + failed, failed, "errors");
    html.close();
  }
  html.close();
  html.open("div", {{"class", "axis"}});
  const auto first = use.first_day + static_cast<std::int64_t>(span.first);
  html.element("span", name_of_day(first));
  html.element("span", name_of_day(first + shown - 1));
  html.close();
  html.close();
}

void add_share_bar(Html& html, std::int64_t part, std::int64_t whole) {
  const std::int64_t width = whole == 0 || part == 0 ? 0 : std::max<std::int64_t>(1, part * kShareWidth / whole);
  html.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                    {"class", "share"},
                    {"aria-hidden", "true"},
                    {"viewBox", cat("0 0 ", std::to_string(kShareWidth), " 10")},
                    {"preserveAspectRatio", "none"}});
  html.empty("rect", {{"class", "uses"}, {"x", "0"}, {"y", "0"}, {"width", std::to_string(width)}, {"height", "10"}});
  html.close();
}

}  // namespace kms::cli
