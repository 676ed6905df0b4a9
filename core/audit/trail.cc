#include "core/audit/trail.h"

#include <algorithm>
#include <utility>

namespace kms {
namespace {

constexpr std::uint64_t kPiece = 256;  // of a stretch, where most of what is read is also listed

}  // namespace

TrailCursor::TrailCursor(const Transaction& transaction, std::string log, EventFilter filter, Direction direction,
                         std::uint64_t position, std::uint64_t most)
    : transaction_(transaction),
      log_(std::move(log)),
      filter_(std::move(filter)),
      asks_(filter_.asks_for_anything()),
      direction_(direction),
      head_(transaction.log_size(log_)),
      most_(most),
      reached_(std::min(position, head_)) {}

bool TrailCursor::has_next() {
  while (found_.empty() && !is_through() && opened_ < most_) read_more();
  return !found_.empty();
}

std::optional<TrailEntry> TrailCursor::next() {
  if (!has_next()) return std::nullopt;
  TrailEntry entry = std::move(found_.front());
  found_.pop_front();
  return entry;
}

std::uint64_t TrailCursor::position() const {
  if (found_.empty()) return reached_;
  return backward() ? found_.front().number + 1 : found_.front().number;
}

bool TrailCursor::at_end() const {
  return found_.empty() && is_through();
}

// In its direction.
TrailCursor::Piece TrailCursor::rest_of_stretch() const {
  const std::uint64_t stretch = (backward() ? reached_ - 1 : reached_) / kStretch;
  if (backward()) return {stretch * kStretch, reached_};
  return {reached_, std::min((stretch + 1) * kStretch, head_)};
}

void TrailCursor::read_more() {
  Piece piece = rest_of_stretch();
  if (!asks_) {
    if (backward()) piece.begin = std::max(piece.begin, piece.end - std::min(piece.end, kPiece));
    if (!backward()) piece.end = std::min(piece.end, piece.begin + kPiece);
    (void)read(piece);
    return;
  }
  const std::uint64_t stretch = piece.begin / kStretch;
  const bool complete = (stretch + 1) * kStretch <= head_;
  const auto known = complete ? StretchSummary::find(transaction_, log_, stretch) : nullptr;
  if (known && !known->may_hold(filter_)) {
    reached_ = backward() ? piece.begin : piece.end;
    return;
  }
  const StretchSummary summary = read(piece);
  if (!known && piece.end - piece.begin == kStretch) summaries_.push_back(summary.record(log_, stretch));
}

StretchSummary TrailCursor::read(const Piece& piece) {
  const auto add = [&](std::uint64_t number, std::string_view text) {
    if (backward()) {
      found_.push_front({number, std::string(text)});
    } else {
      found_.push_back({number, std::string(text)});
    }
  };
  StretchSummary summary;
  transaction_.read_log(log_, piece.begin, [&](std::uint64_t number, std::string_view text) {
    if (!asks_) {
      add(number, text);
    } else {
      const EventParts parts(text);
      if (filter_.accepts(parts)) add(number, text);
      summary.add(parts);
    }
    return number + 1 < piece.end;
  });
  opened_ += piece.end - piece.begin;
  reached_ = backward() ? piece.begin : piece.end;
  return summary;
}

Trail::Trail(const Transaction& transaction, const AccountRegion& home)
    : transaction_(transaction), log_(audit_log(home)) {}

TrailCursor Trail::backward(EventFilter filter, std::uint64_t position, std::uint64_t most) const {
  return {transaction_, log_, std::move(filter), TrailCursor::Direction::kBackward, position, most};
}

TrailCursor Trail::forward(EventFilter filter, std::uint64_t position, std::uint64_t most) const {
  return {transaction_, log_, std::move(filter), TrailCursor::Direction::kForward, position, most};
}

}  // namespace kms
