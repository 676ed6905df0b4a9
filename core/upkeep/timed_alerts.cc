#include "core/upkeep/timed_alerts.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/audit/alert_notice.h"
#include "core/audit/event.h"
#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/records/alerts.h"
#include "core/records/checkpoints.h"
#include "core/records/due.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/outbox.h"
#include "core/records/vault.h"

namespace kms {
namespace {

struct Watch {
  Transaction& transaction;
  const std::string& account;
  const Alert& alert;
  Time now;

  // Unless it was told of the thing with this date before.
  void tell(const std::string& thing, Time date, AlertNews news) const {
    if (find_told(transaction, account, alert.name, thing) == date) return;
    put_told(transaction, account, alert.name, thing, date);
    constexpr std::size_t kSize = 16;
    const std::string of = cat(account, "\n", alert.name, "\n", thing, "\n", iso_seconds(date));
    const Bytes digest = crypto::digest(crypto::Hash::kSha256, as_bytes(of));
    const std::string subject = encode_hex(ByteView(digest).first(kSize));
    news.id = subject;
    news.time = now;
    const Notice notice{account, alert.name, subject, now, notice_text(alert, account, news), 0, now, {}};
    for (const SideRecord& record : notice_records(notice)) add(transaction, record);
  }
};

std::string days_of(const Alert& alert) {
  return cat(std::to_string(alert.days), alert.days == 1 ? " day" : " days");
}

void watch_dates(const Watch& watch, DueKind kind, Time until, std::string_view what) {
  std::vector<Due> found;
  scan_due(watch.transaction, kind, until, [&](const Due& due) {
    const bool meant = watch.alert.key.empty() || watch.alert.key == key_arn(due.home, due.key);
    if (meant && due.home.account == watch.account) found.push_back(due);
    return true;
  });
  for (const Due& due : found) {
    AlertNews news;
    news.key = key_arn(due.home, due.key);
    news.text = cat(what, " ", news.key, " at ", iso_seconds(due.when));
    news.due = due.when;
    watch.tell(news.key, due.when, news);
  }
}

// From the last checkpoint on, or from when the alert was made.
void watch_checkpoints(const Watch& watch) {
  for (const std::string& region : find_regions(watch.transaction)) {
    const AccountRegion home{watch.account, region};
    if (watch.transaction.log_size(audit_log(home)) == 0) continue;
    const auto last = find_checkpoint_time(watch.transaction, home);
    const Time since = std::max(last.value_or(watch.alert.created), watch.alert.created);
    if (watch.now - since < std::chrono::days(watch.alert.days)) continue;
    AlertNews news;
    news.text = cat("the trail of ", watch.account, " in ", region, " has had no checkpoint for ", days_of(watch.alert),
                    last ? cat(", the last was at ", iso_seconds(*last)) : std::string());
    watch.tell(region, since, news);
  }
}

void look(const Watch& watch) {
  const auto days = std::chrono::days(watch.alert.days);
  switch (watch.alert.condition) {
    case AlertCondition::kMaterialExpiring:
      return watch_dates(watch, DueKind::kExpiry, watch.now + days, "imported material expires of");
    case AlertCondition::kRotationOverdue:
      return watch_dates(watch, DueKind::kRotation, watch.now - days, "a rotation was due of");
    case AlertCondition::kCheckpointOverdue:
      return watch_checkpoints(watch);
    default:
      return;  // core/audit/alerting.cc
  }
}

}  // namespace

void raise_timed_alerts(Transaction& transaction, Time now) {
  for (const Account& account : list_accounts(transaction)) {
    const auto alerts = list_alerts(transaction, account.id);
    for (const Alert& alert : *alerts) look({transaction, account.id, alert, now});
  }
}

}  // namespace kms
