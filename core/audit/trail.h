#pragma once
// The trail of an account and Region as a transaction sees it: events with numbers from 0 on, without a gap. A number
// is an event's for ever. What calls left behind (core/store/store.h, side records) has numbers once it is flushed.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/audit/event_filter.h"
#include "core/audit/stretch_index.h"
#include "core/model/arn.h"
#include "core/store/store.h"

namespace kms {

struct TrailEntry {
  std::uint64_t number = 0;
  std::string text;  // of the event (core/audit/event_text.h)
};

// Walks over the events that a filter accepts, from a position on: the number of an event, or that of the one that is
// to come next. Of a stretch that has an index it opens what that names, else all. Belongs to its transaction, which
// outlives it.
//
// Times do not rise with the numbers: calls last, and clocks go back. So a walk does not end where it meets an event
// from before `from`, but goes on over the indexes, which know the time of each event: nothing is missed, and older
// events are not opened.
class TrailCursor {
 public:
  enum class Direction : std::uint8_t { kForward, kBackward };
  // Opens `most` events, give or take a stretch, where an index counts as a few; then it rests, and another cursor may
  // go on from its position.
  TrailCursor(const Transaction& transaction, std::string log, EventFilter filter, Direction direction,
              std::uint64_t position, std::uint64_t most);

  // Whether there is a next event: there is none at the end, or when it rests.
  bool has_next();
  std::optional<TrailEntry> next();
  // Where it goes on: behind what next() has answered, in its direction.
  std::uint64_t position() const;
  bool at_end() const;
  // Of stretches that it read all of, for those that come after. May be left behind as side records, or not.
  std::vector<SideRecord> take_indexes() { return std::move(indexes_); }

 private:
  // A piece of a stretch, numbers from `begin` to before `end`.
  struct Piece {
    std::uint64_t begin;
    std::uint64_t end;
  };
  bool backward() const { return direction_ == Direction::kBackward; }
  bool is_through() const { return backward() ? reached_ <= begin_ : reached_ == head_; }
  Piece rest_of_stretch() const;
  void read_more();
  bool has_index(std::uint64_t stretch);
  void add(std::uint64_t number, std::string_view text);
  void read_all(const Piece& piece);
  void read_and_index(const Piece& piece);
  void read_candidates(const Piece& piece);
  void read_run(std::uint64_t first, std::uint64_t last);
  bool is_candidate(std::uint64_t number) const { return candidates_->has(number % kStretch); }
  const Transaction& transaction_;
  const std::string log_;
  const EventFilter filter_;
  const bool asks_;
  const Direction direction_;
  const std::uint64_t begin_;  // of the trail: what was before was pruned
  const std::uint64_t head_;
  const std::uint64_t most_;
  std::uint64_t opened_ = 0;
  std::uint64_t reached_;  // all between where it began and here was looked at
  std::deque<TrailEntry> found_;
  std::vector<SideRecord> indexes_;
  // Of the stretch that it is in, when that is known and has an index.
  std::optional<std::uint64_t> looked_up_;
  std::optional<Positions> candidates_;
};

// The index of a whole stretch, made of its events. VaultDamagedException where one of them cannot be read.
SideRecord index_stretch(const Transaction& transaction, std::string_view log, std::uint64_t stretch);

class Trail {
 public:
  Trail(const Transaction& transaction, const AccountRegion& home);

  const std::string& log() const { return log_; }
  // The number of the oldest event that was not pruned. A cursor passes over what was.
  std::uint64_t begin() const { return transaction_.log_begin(log_); }
  // How many events there were ever: the position behind the newest.
  std::uint64_t head() const { return transaction_.log_size(log_); }
  // From the event before `position` to older ones. `position` is at most head().
  TrailCursor backward(EventFilter filter, std::uint64_t position, std::uint64_t most) const;
  // From the event at `position` to newer ones.
  TrailCursor forward(EventFilter filter, std::uint64_t position, std::uint64_t most) const;

 private:
  const Transaction& transaction_;
  const std::string log_;
};

}  // namespace kms
