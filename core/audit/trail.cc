#include "core/audit/trail.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/error.h"

namespace kms {
namespace {

constexpr std::uint64_t kPiece = 256;     // of a stretch, where most of what is read is also listed
constexpr std::ptrdiff_t kBatch = 64;     // of events that an index names, as many as are read before one is asked for
constexpr std::uint64_t kGap = 3;         // numbers from one event to another in one run: a page of a segment
constexpr std::uint64_t kIndexCost = 16;  // events that could be opened in the time that an index takes

}  // namespace

TrailCursor::TrailCursor(const Transaction& transaction, std::string log, EventFilter filter, Direction direction,
                         std::uint64_t position, std::uint64_t most)
    : transaction_(transaction),
      log_(std::move(log)),
      filter_(std::move(filter)),
      asks_(filter_.asks_for_anything()),
      direction_(direction),
      begin_(transaction.log_begin(log_)),
      head_(transaction.log_size(log_)),
      most_(most),
      reached_(direction == Direction::kForward ? std::clamp(position, begin_, head_) : std::min(position, head_)) {}

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
  if (backward()) return {std::max(begin_, stretch * kStretch), reached_};
  return {reached_, std::min((stretch + 1) * kStretch, head_)};
}

void TrailCursor::read_more() {
  Piece piece = rest_of_stretch();
  if (!asks_) {
    if (backward()) piece.begin = std::max(piece.begin, piece.end - std::min(piece.end, kPiece));
    if (!backward()) piece.end = std::min(piece.end, piece.begin + kPiece);
    return read_all(piece);
  }
  if (has_index(piece.begin / kStretch)) return read_candidates(piece);
  read_and_index(piece);
}

bool TrailCursor::has_index(std::uint64_t stretch) {
  if (looked_up_ == stretch) return candidates_.has_value();
  looked_up_ = stretch;
  candidates_.reset();
  if ((stretch + 1) * kStretch > head_) return false;
  const auto index = StretchIndex::find(transaction_, log_, stretch);
  if (!index) return false;
  opened_ += kIndexCost;
  candidates_ = index->candidates(filter_);
  return true;
}

void TrailCursor::add(std::uint64_t number, std::string_view text) {
  if (backward()) {
    found_.push_front({number, std::string(text)});
  } else {
    found_.push_back({number, std::string(text)});
  }
}

void TrailCursor::read_all(const Piece& piece) {
  transaction_.read_log(log_, piece.begin, [&](std::uint64_t number, std::string_view text) {
    add(number, text);
    return number + 1 < piece.end;
  });
  opened_ += piece.end - piece.begin;
  reached_ = backward() ? piece.begin : piece.end;
}

void TrailCursor::read_and_index(const Piece& piece) {
  StretchIndexBuilder index;
  transaction_.read_log(log_, piece.begin, [&](std::uint64_t number, std::string_view text) {
    const EventParts parts(text);
    if (filter_.accepts(parts)) add(number, text);
    index.add(parts);
    return number + 1 < piece.end;
  });
  if (index.complete()) indexes_.push_back(index.record(log_, piece.begin / kStretch));
  opened_ += piece.end - piece.begin;
  reached_ = backward() ? piece.begin : piece.end;
}

// The next ones of the piece, in runs: what lies between two that are close is in the same page of the log, and costs
// less than to look for the page again.
void TrailCursor::read_candidates(const Piece& piece) {
  std::vector<std::uint64_t> wanted;
  candidates_->for_each([&](std::size_t position) {
    const std::uint64_t number = piece.begin / kStretch * kStretch + position;
    if (number >= piece.begin && number < piece.end) wanted.push_back(number);
  });
  const bool rest = std::ssize(wanted) <= kBatch;
  if (!rest && backward()) wanted.erase(wanted.begin(), wanted.end() - kBatch);
  if (!rest) wanted.resize(kBatch);
  for (std::size_t first = 0; first < wanted.size();) {
    std::size_t last = first;
    while (last + 1 < wanted.size() && wanted[last + 1] - wanted[last] <= kGap) ++last;
    read_run(wanted[first], wanted[last]);
    first = last + 1;
  }
  if (rest) {
    reached_ = backward() ? piece.begin : piece.end;
  } else {
    reached_ = backward() ? wanted.front() : wanted.back() + 1;
  }
}

void TrailCursor::read_run(std::uint64_t first, std::uint64_t last) {
  transaction_.read_log(log_, first, [&](std::uint64_t number, std::string_view text) {
    if (is_candidate(number) && filter_.accepts(EventParts(text))) add(number, text);
    return number < last;
  });
  opened_ += last - first + 1;
}

SideRecord index_stretch(const Transaction& transaction, std::string_view log, std::uint64_t stretch) {
  StretchIndexBuilder index;
  transaction.read_log(log, stretch * kStretch, [&](std::uint64_t /*number*/, std::string_view text) {
    index.add(EventParts(text));
    return !index.complete();
  });
  if (!index.complete()) throw Error(ErrorCode::kVaultDamaged, "a log of the vault ends early");
  return index.record(log, stretch);
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
