#include "core/upkeep/delivery.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/audit/alert_notice.h"
#include "core/audit/event_names.h"
#include "core/base/text.h"
#include "core/records/alerts.h"
#include "core/records/vault.h"
#include "core/service/service_events.h"
#include "core/store/retry.h"
#include "core/upkeep/sightings.h"

namespace kms {
namespace {

constexpr std::size_t kMostWaiting = 1000;  // of an alert
constexpr std::size_t kMostDead = 100;      // likewise
constexpr std::chrono::seconds kShortestPatience{2};
constexpr std::size_t kParcelsAtOnce = 4;
// Longer than who took a few takes to deliver them.
constexpr std::chrono::seconds kTaken{180};
constexpr std::chrono::seconds kFirstPause{10};
constexpr std::chrono::seconds kLongestPause{std::chrono::hours(6)};

std::chrono::seconds pause_after(std::int32_t tries) {
  std::chrono::seconds pause = kFirstPause;
  for (std::int32_t i = 1; i < tries && pause < kLongestPause; ++i) pause *= 3;
  return std::min(pause, kLongestPause);
}

// Also where the clock was ahead when the time was set.
bool is_notice_due(const Notice& notice, Time now) {
  return notice.next <= now || notice.next > now + kLongestPause;
}

std::vector<Notice> sorted_notices(const Transaction& transaction, NoticeState state) {
  std::vector<Notice> notices;
  scan_notices(transaction, state, [&](const Notice& notice) {
    notices.push_back(notice);
    return true;
  });
  std::ranges::sort(notices, {}, &Notice::when);
  return notices;
}

// Says that notices were left out, in place of the last of them.
Notice in_place_of(const Alert& alert, const Notice& last, std::size_t count) {
  Notice notice = last;
  notice.subject = "more";
  AlertNews news{cat(last.alert, "-more-", iso_seconds(last.when)), last.when,
                 cat(std::to_string(count), " more notices were left out: too many wait")};
  news.count = static_cast<std::int64_t>(count);
  notice.text = notice_text(alert, last.account, news);
  return notice;
}

// Those that stay. Of an alert that is gone, none.
std::vector<Notice> leave_out(Transaction& transaction, std::vector<Notice> notices) {
  std::map<std::pair<std::string, std::string>, std::vector<Notice>> by_alert;
  for (Notice& notice : notices) by_alert[{notice.account, notice.alert}].push_back(std::move(notice));
  std::vector<Notice> kept;
  for (auto& [of, own] : by_alert) {
    const auto alert = find_alert(transaction, of.first, of.second);
    const std::size_t most = alert ? kMostWaiting : 0;
    for (std::size_t i = most; i < own.size(); ++i) erase_notice(transaction, NoticeState::kWaiting, own[i]);
    if (alert && own.size() > most) {
      const Notice more = in_place_of(*alert, own.back(), own.size() - most);
      put_notice(transaction, NoticeState::kWaiting, more);
      own[most] = more;
      own.resize(most + 1);
    } else if (own.size() > most) {
      own.resize(most);
    }
    std::ranges::move(own, std::back_inserter(kept));
  }
  std::ranges::sort(kept, {}, &Notice::when);
  return kept;
}

// Nothing where another notice took its place, or where somebody else has it by now.
std::optional<Notice> find_taken(const Transaction& transaction, const Parcel& parcel) {
  auto notice = find_notice(transaction, NoticeState::kWaiting, parcel.notice);
  if (notice && notice->text == parcel.notice.text && notice->tries == parcel.notice.tries) return notice;
  return std::nullopt;
}

void wait_until(Transaction& transaction, Notice notice, Time when) {
  notice.next = when;
  put_notice(transaction, NoticeState::kWaiting, notice);
  const auto next = find_next_delivery(transaction);
  if (!next || when < *next) put_next_delivery(transaction, when);
}

void give_up(const Context& context, Transaction& transaction, const Notice& notice) {
  erase_notice(transaction, NoticeState::kWaiting, notice);
  std::vector<Notice> dead = sorted_notices(transaction, NoticeState::kDead);
  std::erase_if(dead, [&](const Notice& each) { return each.account != notice.account || each.alert != notice.alert; });
  if (dead.size() >= kMostDead) erase_notice(transaction, NoticeState::kDead, dead.front());
  put_notice(transaction, NoticeState::kDead, notice);
  append_vault_event(
      context, transaction, find_home(transaction), VaultEvent::kGiveUpAlertNotice, context.clock.now(),
      {{"account", notice.account}, {"alert", notice.alert}, {"tries", notice.tries}, {"failure", notice.failure}});
}

}  // namespace

bool is_delivery_due(const Context& context) {
  const Time now = context.clock.now();
  const auto next = find_next_delivery(*context.store.begin(Access::kRead));
  return next && (*next <= now || *next > now + kLongestPause);
}

std::vector<Parcel> take_parcels(const Context& context, std::size_t most) {
  std::vector<Parcel> parcels;
  transact(context.store, [&](Transaction& transaction) {
    parcels.clear();
    const Time now = context.clock.now();
    std::optional<Time> next = count_sightings(transaction, now);
    for (Notice& notice : leave_out(transaction, sorted_notices(transaction, NoticeState::kWaiting))) {
      if (is_notice_due(notice, now) && parcels.size() < most) {
        ++notice.tries;
        notice.next = now + kTaken;
        put_notice(transaction, NoticeState::kWaiting, notice);
        parcels.push_back({notice, find_alert(transaction, notice.account, notice.alert)->destination});
      }
      next = next ? std::min(*next, notice.next) : notice.next;
    }
    put_next_delivery(transaction, next);
  });
  return parcels;
}

void settle(const Context& context, const Parcel& parcel, const std::optional<std::string>& failure) {
  transact(context.store, [&](Transaction& transaction) {
    auto notice = find_taken(transaction, parcel);
    if (!notice) return;
    if (!failure) return erase_notice(transaction, NoticeState::kWaiting, *notice);
    notice->failure = *failure;
    if (notice->tries >= kMostTries) return give_up(context, transaction, *notice);
    wait_until(transaction, *notice, context.clock.now() + pause_after(notice->tries));
  });
}

void put_back(const Context& context, std::span<const Parcel> parcels) {
  if (parcels.empty()) return;
  transact(context.store, [&](Transaction& transaction) {
    for (const Parcel& parcel : parcels) {
      auto notice = find_taken(transaction, parcel);
      if (!notice) continue;
      --notice->tries;
      wait_until(transaction, *notice, context.clock.now());
    }
  });
}

DeliveryReport deliver_due(const Context& context, std::chrono::milliseconds budget) {
  DeliveryReport report;
  if (context.delivery == nullptr) return report;
  const auto end = std::chrono::steady_clock::now() + budget;
  const auto left = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  };
  while (left().count() > 0 && is_delivery_due(context)) {
    const std::vector<Parcel> parcels = take_parcels(context, kParcelsAtOnce);
    for (std::size_t i = 0; i < parcels.size(); ++i) {
      const Parcel& parcel = parcels[i];
      if (left().count() <= 0) {
        put_back(context, std::span(parcels).subspan(i));
        return report;
      }
      const auto patience = std::clamp<std::chrono::milliseconds>(left(), kShortestPatience, kDeliveryPatience);
      const auto failure =
          context.delivery->deliver(parcel.destination, parcel.notice.alert, parcel.notice.text, patience);
      settle(context, parcel, failure);
      ++(failure ? report.failed : report.delivered);
    }
    if (parcels.empty()) break;
  }
  return report;
}

}  // namespace kms
