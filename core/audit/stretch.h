#pragma once
// An index of a log: what is known of each stretch of it, so that a list that looks for little passes over whole
// stretches without opening them. The entries from number 1024 k on, up to 1024 of them, are stretch k; once all of it
// is there it does not change, and who has read all of it may leave a summary: the times between which its events are,
// how they ended, and a tag of eight bytes for each operation, principal and resource that they name. Stretches without
// a summary are read: no call has to keep the index.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/event_parts.h"
#include "core/store/store.h"

namespace kms {

inline constexpr std::uint64_t kStretch = 1024;

// What events have to be to be listed. The texts are as as_in_event() has them; one that is empty asks for
// nothing.
struct EventFilter {
  std::string operation;
  std::string principal;  // ARN
  std::string resource;   // ARN
  std::string from;       // as EventParts::time(): from then on
  std::string until;      // before then
  std::string id = {};
  std::optional<bool> failed = {};
  std::optional<bool> denied = {};
  std::optional<bool> read_only = {};

  bool asks_for_anything() const;
  bool accepts(const EventParts& event) const;
};

class StretchSummary {
 public:
  void add(const EventParts& event);
  // Of one that was found: false when none of its events can be one that the filter accepts. Tags may collide: true
  // promises nothing.
  bool may_hold(const EventFilter& filter) const;

  // Null when there is none.
  static std::unique_ptr<StretchSummary> find(const Transaction& transaction, std::string_view log,
                                              std::uint64_t stretch);
  SideRecord record(std::string_view log, std::uint64_t stretch) const;

 private:
  bool has(char kind, std::string_view text) const;
  bool any_ = false;          // whether an event was added
  std::uint8_t endings_ = 0;  // a bit for each way that events ended
  std::string earliest_;
  std::string latest_;
  std::vector<std::uint64_t> tags_;  // of one that was found, sorted
};

}  // namespace kms
