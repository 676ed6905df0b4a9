// What a report writes where others have a say: text of HTML, and pages made of values that want out of it.
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "cli/commands/html_text.h"
#include "cli/commands/report_page.h"
#include "cli/commands/report_svg.h"
#include "core/base/text.h"

using kms::cat;
using kms::Time;
using kms::cli::Html;
using kms::cli::html_escaped;
using kms::cli::report_page;
using kms::cli::ReportData;

namespace {

constexpr const char* kWantsOut = "<script>\"'&";
constexpr const char* kStaysIn = "&lt;script&gt;&quot;&#39;&amp;";

std::size_t times_in(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++count;
  return count;
}

// Each text that others have a say in.
ReportData hostile_data() {
  const std::string bad = kWantsOut;
  const kms::cli::KeyName key{bad, bad, bad};
  ReportData data;
  data.head = {bad, bad, bad, Time(), bad};
  data.keys = {3, 0, 0, {{bad, 1}}, {{bad, 1}}, {{bad, 1}}};
  data.calendar = {{{Time(), kms::cli::CalendarEvent::kRotation, key}}, 0};
  data.denials = {{{{bad, 1, bad, {{bad, 1}}}}, 0}, 1, false};
  data.pending = {{{key, bad, Time(), {{{{bad, 1, Time()}}, 0}}}}, 0};
  data.access = {{{key, bad, bad, 1, {{{{bad, bad}}, 0}}, {{{bad, bad}}}}}, 0};
  kms::ListedSlot slot;
  slot.slot_id = slot.principal = bad;
  slot.label = bad;
  data.slots = {{slot}, 0};
  data.checkpoint.emplace();
  data.checkpoint->checkpoint = data.checkpoint->verifier_key = bad;
  return data;
}

}  // namespace

TEST_SUITE("cli/report text") {
  TEST_CASE("what others wrote is text, also in an attribute, and obeys nobody") {
    CHECK(html_escaped(kWantsOut) == kStaysIn);
    CHECK(html_escaped("line\nand \x1b[31m red") == "line\\nand \\u001b[31m red");
    CHECK(html_escaped("turned \u202e around") == "turned \\u202e around");
    CHECK(html_escaped("\xff\xfe") == "\\xff\\xfe");
    CHECK(html_escaped("no character \uffff here") == "no character \ufffd here");
    CHECK(html_escaped("Schlüssel — 鍵") == "Schlüssel — 鍵");
    Html html;
    html.element("p", kWantsOut, {{"title", "\" onload=\"x"}});
    CHECK(html.take() == cat("<!DOCTYPE html>\n<p title=\"&quot; onload=&quot;x\">", kStaysIn, "</p>\n"));
  }

  TEST_CASE("a document with an open element is none") {
    Html html;
    html.open("p");
    CHECK_THROWS_AS((void)html.take(), std::logic_error);
    html.close();
    CHECK(html.take().ends_with("<p></p>\n"));
  }

  TEST_CASE("no text of a page gets out of its element") {
    const std::string page = report_page(hostile_data());
    CHECK(times_in(page, "<script") == 0);
    CHECK(times_in(page, "\"'&") == 0);
    CHECK_MESSAGE(times_in(page, kStaysIn) == 32, page);
  }

  TEST_CASE("the style is as it was written: it has nothing that would be escaped") {
    const std::string page = report_page({});
    const auto from = page.find("<style>");
    const std::string style = page.substr(from, page.find("</style>") - from);
    CHECK(style.find('&') == std::string::npos);
    CHECK(style.find("url(") == std::string::npos);
  }

  TEST_CASE("a page of somebody who may know nothing says so in each part") {
    const std::string page = report_page({});
    CHECK(times_in(page, "Left out: whoever made this page may not ask for it") == 8);
    CHECK(page.find("may not kmsctl:GetVaultStatus") != std::string::npos);
  }

  TEST_CASE("bars say each day, and the whole in words for who does not see them") {
    kms::cli::DailyUse use;
    use.first_day = 20000;  // 2024-10-04
    use.days = {{2, 0}, {0, 0}, {1, 999}};
    Html html;
    kms::cli::add_day_bars(html, use, 2);
    const std::string two = html.take();
    CHECK(two.find("2024-10-04") == std::string::npos);
    CHECK(two.find(
              "aria-label=\"Bars of 2 days. 1 use, 999 failed. The busiest day was 2024-10-06: 1 use, 999 failed.") !=
          std::string::npos);
    CHECK(two.find("<title>2024-10-06: 1 use, 999 failed</title>") != std::string::npos);
    CHECK(times_in(two, "<rect") == 2);  // one of a thousand shows
    Html more;
    kms::cli::add_day_bars(more, use, 1000);
    CHECK(times_in(more.take(), "<g>") == 2);
    Html none;
    kms::cli::add_day_bars(none, {20000, {{}, {}}, 0}, 2);
    CHECK(none.take().find("No key was used.") != std::string::npos);
  }
}
