#pragma once
// What alerts have to tell, from the commit of what they tell of until it has arrived. Records that nothing is
// remembered of, so that they go with the event of a call that only reads (core/store/store.h, SideRecord).
//   collection "outbox", item ACCOUNT/ALERT/SUBJECT/MINUTE     a notice on its way
//   collection "outbox-dead", the same items                   one that was given up
//   collection "sightings", item ACCOUNT/ALERT/SUBJECT/EVENT   what an alert counts before it has something to tell
//   collection "outbox-next", item "time"                      when somebody is to look here again
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/store/store.h"

namespace kms {

struct Notice {
  std::string account;
  std::string alert;
  // What tells it from other notices of the alert: those of one subject and minute are one, the last.
  std::string subject;
  Time when;                 // of what it tells
  std::string text;          // a JSON object on a line: what the destination gets
  std::int32_t tries = 0;    // begun ones too: whoever tries may end before he knows
  Time next = {};            // of the next try
  std::string failure = {};  // of the last
  bool operator==(const Notice&) const = default;
};
enum class NoticeState : std::uint8_t { kWaiting, kDead };

// With what makes somebody look: a new notice, to be tried at once.
std::vector<SideRecord> notice_records(const Notice& notice);
void put_notice(Transaction& transaction, NoticeState state, const Notice& notice);
void erase_notice(Transaction& transaction, NoticeState state, const Notice& notice);
// As it is now; nothing where it is not there.
std::optional<Notice> find_notice(const Transaction& transaction, NoticeState state, const Notice& like);
void scan_notices(const Transaction& transaction, NoticeState state, const std::function<bool(const Notice&)>& visit);

// One of the things that an alert counts.
struct Sighting {
  std::string account;
  std::string alert;
  std::string subject;
  std::string id;  // of the event
  Time when;
  std::string what;   // happened, in a sentence
  std::string event;  // JSON
};
std::vector<SideRecord> sighting_records(const Sighting& sighting);
void erase_sighting(Transaction& transaction, const Sighting& sighting);
void scan_sightings(const Transaction& transaction, const std::function<bool(const Sighting&)>& visit);

// Nothing while nothing waits.
std::optional<Time> find_next_delivery(const Transaction& transaction);
void put_next_delivery(Transaction& transaction, std::optional<Time> when);

// For what else an alert remembers of a thing that it has told of: of a key, the date.
std::optional<Time> find_told(const Transaction& transaction, std::string_view account, std::string_view alert,
                              std::string_view thing);
void put_told(Transaction& transaction, std::string_view account, std::string_view alert, std::string_view thing,
              Time date);
// All of an alert that is not there any more.
void erase_notices_of(Transaction& transaction, std::string_view account, std::string_view alert);

}  // namespace kms
