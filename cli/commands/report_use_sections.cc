// The parts of a report about who uses and may use what, and what opens the vault.
#include <string>
#include <string_view>

#include "cli/ask.h"
#include "cli/commands/lists.h"
#include "cli/commands/report_sections.h"
#include "cli/commands/report_svg.h"
#include "core/base/text.h"
#include "core/ops/kms/keys.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_checkpoints.h"
#include "core/ops/vault/audit_trail.h"
#include "core/ops/vault/audit_usage.h"
#include "core/ops/vault/slots.h"

namespace kms::cli {
namespace {

void add_principals_cell(Html& html, const KeyAccess& each, std::string_view account) {
  html.open("td", {{"class", "names"}});
  html.element("span", each.action, {{"class", "sub"}});
  if (!each.principals) {
    html.element("span", "not known to whoever made this page (kmsctl:ListPrincipalsWithAccess)", {{"class", "sub"}});
  } else if (each.principals->shown.empty()) {
    html.text("nobody");
  } else {
    for (const PrincipalWithAccess& who : each.principals->shown) {
      html.element("span", short_principal(account, who.principal), {{"class", "name"}});
      html.element("span", who.reason, {{"class", "sub"}});
    }
    add_more(html, each.principals->more, "principals");
  }
  html.close();
}

std::string in_words(const std::vector<Tally>& operations) {
  std::vector<std::string> words;
  words.reserve(operations.size());
  for (const Tally& each : operations) words.push_back(cat(each.name, " ", std::to_string(each.count)));
  return in_a_row(words);
}

}  // namespace

void add_use_section(Html& html, const ReportData& data) {
  if (!data.use) return add_left_out(html, permission_of<kms::get_audit_usage>());
  constexpr std::size_t kMonth = 30;
  html.element("h3", "Last 30 days");
  add_day_bars(html, *data.use, kMonth);
  html.element("h3", "Last 365 days");
  add_day_bars(html, *data.use, data.use->days.size());
  if (data.use->unread > 0) {
    html.element("p",
                 cat(std::to_string(data.use->unread),
                     " older events have no index yet and are not counted: kmsctl maintain makes it."),
                 {{"class", "left"}});
  }
}

void add_denials_section(Html& html, const ReportData& data) {
  if (!data.denials) return add_left_out(html, permission_of<kms::list_audit_events>());
  if (data.denials->events == 0) return html.element("p", "Nobody was denied anything in the last 365 days.");
  const std::string events = std::to_string(data.denials->events);
  html.element("p", data.denials->truncated ? cat("Of the newest ", events, " denials; there are older ones.")
                                            : cat(events, " in the last 365 days."));
  open_table(html, {"Principal", "#Denied", "Last", "What for"});
  for (const DeniedPrincipal& each : data.denials->principals.shown) {
    html.open("tr");
    add_cell(html, short_principal(data.head.account, each.principal), "names");
    add_number_cell(html, each.count);
    add_when_cell(html, utc_minutes_of(each.last));
    add_cell(html, in_words(each.operations));
    html.close();
  }
  close_table(html);
  add_more(html, data.denials->principals.more, "principals");
}

void add_access_section(Html& html, const ReportData& data) {
  if (!data.access) return add_left_out(html, permission_of<kms::list_keys>());
  if (data.access->shown.empty()) return html.element("p", "There is no key that somebody could use.");
  html.element("p",
               "By the policies and grants of now; what they allow only under a condition that a request must meet is "
               "left out. Uses are those of the last 365 days.");
  open_table(html, {"Key", "#Uses", "Who may"});
  for (const KeyAccess& each : data.access->shown) {
    html.open("tr");
    add_key_cell(html, each.key, each.tags);
    add_cell(html, each.uses ? std::to_string(*each.uses) : "not known", "count");
    add_principals_cell(html, each, data.head.account);
    html.close();
  }
  close_table(html);
  add_more(html, data.access->more, "keys, which were used less: kmsctl policy who-can says who may use one");
}

void add_slots_section(Html& html, const ReportData& data) {
  if (!data.slots) return add_left_out(html, permission_of<kms::list_slots>());
  open_table(html, {"Slot", "Unlocks as", "Since", "Last used"});
  for (const ListedSlot& slot : data.slots->shown) {
    html.open("tr");
    html.open("td", {{"class", "names"}});
    html.element("span", slot.slot_id, {{"class", "name"}});
    html.element("span", to_text(slot.kind), {{"class", "sub"}});
    if (slot.label) html.element("span", *slot.label, {{"class", "sub"}});
    html.close();
    add_cell(html, short_principal(data.head.account, slot.principal), "names");
    add_when_cell(html, utc_minutes(slot.creation_date));
    add_when_cell(html, slot.last_used ? utc_minutes(*slot.last_used) : "never");
    html.close();
  }
  close_table(html);
  add_more(html, data.slots->more, "slots");
}

void add_checkpoint_section(Html& html, const ReportData& data) {
  if (!data.checkpoint) return add_left_out(html, permission_of<kms::get_audit_checkpoint>());
  html.element("p", cat("The audit trail had ", std::to_string(data.checkpoint->size),
                        " events when this was signed. Whoever keeps both texts can tell later whether it was "
                        "rewritten: kmsctl audit verify --help."));
  html.element("h3", "Checkpoint");
  html.open("pre");
  html.lines(data.checkpoint->checkpoint);
  html.close();
  html.element("h3", "Verifier key");
  html.open("pre");
  html.lines(data.checkpoint->verifier_key);
  html.close();
}

}  // namespace kms::cli
