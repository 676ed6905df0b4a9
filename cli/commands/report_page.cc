#include "cli/commands/report_page.h"

#include <array>
#include <string_view>

#include "cli/commands/html_text.h"
#include "cli/commands/report_sections.h"
#include "cli/commands/report_style.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::string_view kNothingFromElsewhere = "default-src 'none'; style-src 'unsafe-inline'";

struct Section {
  std::string_view id;
  std::string_view title;
  void (*add)(Html& html, const ReportData& data);
};
constexpr auto kSections = std::to_array<Section>({{"keys", "Keys", add_keys_section},
                                                   {"calendar", "Rotation and expiry", add_calendar_section},
                                                   {"use", "Use by day", add_use_section},
                                                   {"denials", "Denials", add_denials_section},
                                                   {"pending", "Pending deletions", add_pending_section},
                                                   {"access", "Who can use what", add_access_section},
                                                   {"slots", "Slots", add_slots_section},
                                                   {"checkpoint", "Audit trail", add_checkpoint_section}});

void add_page_head(Html& html, const ReportHead& head) {
  html.open("head");
  html.empty("meta", {{"charset", "utf-8"}});
  html.empty("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", kNothingFromElsewhere}});
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.empty("meta", {{"name", "generator"}, {"content", "kmsctl " KMSCTL_VERSION}});
  html.element("title", cat("Vault report, ", head.account, " ", head.region, ", ", utc_minutes(head.made)));
  html.open("style");
  html.lines(kReportStyle);
  html.close();
  html.close();
}

void add_fact(Html& html, std::string_view name, std::string_view value) {
  html.element("dt", name);
  html.element("dd", value);
}

void add_title(Html& html, const ReportHead& head) {
  html.element("h1", "Vault report");
  html.open("dl");
  add_fact(html, "Vault",
           head.vault_id ? std::string_view(*head.vault_id)
                         : "left out: whoever made this page may not kmsctl:GetVaultStatus");
  add_fact(html, "Account", head.account);
  add_fact(html, "Region", head.region);
  add_fact(html, "Made", cat(utc_minutes(head.made), " UTC"));
  add_fact(html, "By", head.principal);
  add_fact(html, "With", "kmsctl " KMSCTL_VERSION);
  html.close();
  html.open("nav");
  for (const Section& section : kSections) html.element("a", section.title, {{"href", cat("#", section.id)}});
  html.close();
}

}  // namespace

std::string report_page(const ReportData& data) {
  Html html;
  html.open("html", {{"xmlns", "http://www.w3.org/1999/xhtml"}, {"lang", "en"}});
  add_page_head(html, data.head);
  html.open("body");
  add_title(html, data.head);
  for (const Section& section : kSections) {
    html.open("section", {{"id", section.id}});
    html.element("h2", section.title);
    section.add(html, data);
    html.close();
  }
  html.element("footer", "Times and days are in UTC. Principals of this account go without their ARN.");
  html.close();
  html.close();
  return html.take();
}

}  // namespace kms::cli
