#include "core/records/outbox.h"

#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kOutbox = "outbox";
constexpr std::string_view kDeadNotices = "outbox-dead";
constexpr std::string_view kSightings = "sightings";
constexpr std::string_view kNextDelivery = "outbox-next";
constexpr std::string_view kNextTime = "time";

constexpr std::string_view kAccountOf = "account";
constexpr std::string_view kAlertOf = "alert";
constexpr std::string_view kSubject = "subject";
constexpr std::string_view kIdOf = "id";
constexpr std::string_view kEventOf = "event";
constexpr std::string_view kWhenSeen = "when";
constexpr std::string_view kText = "text";
constexpr std::string_view kTries = "tries";
constexpr std::string_view kNextTry = "next";
constexpr std::string_view kFailure = "failure";

std::string_view collection_of(NoticeState state) {
  return state == NoticeState::kWaiting ? kOutbox : kDeadNotices;
}

std::string notice_item(const Notice& notice) {
  const auto minute = std::chrono::floor<std::chrono::minutes>(notice.when).time_since_epoch().count();
  return cat(notice.account, "/", notice.alert, "/", notice.subject, "/", std::to_string(minute));
}

std::string sighting_item(const Sighting& sighting) {
  return cat(sighting.account, "/", sighting.alert, "/", sighting.subject, "/", sighting.id);
}

std::string value_of(const Notice& notice) {
  return Json{{kAccountOf, notice.account},           {kAlertOf, notice.alert},  {kSubject, notice.subject},
              {kWhenSeen, milliseconds(notice.when)}, {kText, notice.text},      {kTries, notice.tries},
              {kNextTry, milliseconds(notice.next)},  {kFailure, notice.failure}}
      .dump();
}

Notice notice_of(std::string_view stored) {
  const StoredRecord record(stored);
  return {record.text(kAccountOf), record.text(kAlertOf),          record.text(kSubject), record.time(kWhenSeen),
          record.text(kText),      record.small_number(kTries, 0), record.time(kNextTry), record.text(kFailure)};
}

std::string told_by(std::string_view account, std::string_view alert) {
  return cat("told/", account, "/", alert);
}

std::string value_of(Time next) {
  return Json{{kNextTime, milliseconds(next)}}.dump();
}

SideRecord look_at(Time when) {
  return {std::string(kNextDelivery), std::string(kNextTime), value_of(when)};
}

template <class Of>
void erase_items(Transaction& transaction, std::string_view collection, const Of& of) {
  std::vector<std::string> items;
  transaction.scan(collection, {}, [&](std::string_view item, std::string_view /*value*/) {
    if (of(item)) items.emplace_back(item);
    return true;
  });
  for (const std::string& item : items) transaction.erase(collection, item);
}

}  // namespace

std::vector<SideRecord> notice_records(const Notice& notice) {
  return {{std::string(kOutbox), notice_item(notice), value_of(notice)}, look_at(notice.next)};
}

void put_notice(Transaction& transaction, NoticeState state, const Notice& notice) {
  transaction.put_unremembered(collection_of(state), notice_item(notice), value_of(notice));
}

void erase_notice(Transaction& transaction, NoticeState state, const Notice& notice) {
  transaction.erase(collection_of(state), notice_item(notice));
}

std::optional<Notice> find_notice(const Transaction& transaction, NoticeState state, const Notice& like) {
  const auto stored = transaction.get(collection_of(state), notice_item(like));
  if (!stored) return std::nullopt;
  return notice_of(*stored);
}

void scan_notices(const Transaction& transaction, NoticeState state, const std::function<bool(const Notice&)>& visit) {
  transaction.scan(collection_of(state), {},
                   [&](std::string_view /*item*/, std::string_view stored) { return visit(notice_of(stored)); });
}

std::vector<SideRecord> sighting_records(const Sighting& sighting) {
  const Json stored{{kAccountOf, sighting.account},
                    {kAlertOf, sighting.alert},
                    {kSubject, sighting.subject},
                    {kIdOf, sighting.id},
                    {kText, sighting.what},
                    {kEventOf, sighting.event},
                    {kWhenSeen, milliseconds(sighting.when)}};
  return {{std::string(kSightings), sighting_item(sighting), stored.dump()}, look_at(sighting.when)};
}

void erase_sighting(Transaction& transaction, const Sighting& sighting) {
  transaction.erase(kSightings, sighting_item(sighting));
}

void scan_sightings(const Transaction& transaction, const std::function<bool(const Sighting&)>& visit) {
  transaction.scan(kSightings, {}, [&](std::string_view /*item*/, std::string_view stored) {
    const StoredRecord record(stored);
    return visit({record.text(kAccountOf), record.text(kAlertOf), record.text(kSubject), record.text(kIdOf),
                  record.time(kWhenSeen), record.text(kText), record.text(kEventOf)});
  });
}

std::optional<Time> find_next_delivery(const Transaction& transaction) {
  const auto stored = transaction.get(kNextDelivery, kNextTime);
  if (!stored) return std::nullopt;
  return StoredRecord(*stored).time(kNextTime);
}

void put_next_delivery(Transaction& transaction, std::optional<Time> when) {
  if (!when) return transaction.erase(kNextDelivery, kNextTime);
  transaction.put_unremembered(kNextDelivery, kNextTime, value_of(*when));
}

std::optional<Time> find_told(const Transaction& transaction, std::string_view account, std::string_view alert,
                              std::string_view thing) {
  const auto stored = transaction.get(told_by(account, alert), thing);
  if (!stored) return std::nullopt;
  return StoredRecord(*stored).time(kWhenSeen);
}

void put_told(Transaction& transaction, std::string_view account, std::string_view alert, std::string_view thing,
              Time date) {
  transaction.put_unremembered(told_by(account, alert), thing, Json{{kWhenSeen, milliseconds(date)}}.dump());
}

void erase_notices_of(Transaction& transaction, std::string_view account, std::string_view alert) {
  const std::string front = cat(account, "/", alert, "/");
  const auto is_its = [&](std::string_view item) { return item.starts_with(front); };
  for (const std::string_view each : {kOutbox, kDeadNotices, kSightings}) erase_items(transaction, each, is_its);
  erase_items(transaction, told_by(account, alert), [](std::string_view /*item*/) { return true; });
}

}  // namespace kms
